/**
 * The soak: real nodes in processes of their own, for hours, while some are killed and restarted
 * and hostile peers do what they can. {@code scripts/soak} runs it.
 */
package nara.soak;
