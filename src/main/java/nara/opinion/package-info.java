/**
 * Opinions: status and history of the other naras, formed from the ledger after the recovery.
 *
 * <p>May know the messages of {@code ledger}, {@code presence} and {@code recovery}.
 */
package nara.opinion;
