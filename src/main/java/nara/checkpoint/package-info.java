/**
 * Checkpoints: fetching them from neighbours; later, agreeing on new ones.
 *
 * <p>May know {@code event} and {@code bus}, and the messages of mesh and trust.
 */
package nara.checkpoint;
