/**
 * What this node says itself: signed, taken into its own ledger like everybody's, and told to those
 * who carry it out.
 *
 * <p>May know {@code event}, {@code identity}, {@code bus} and the messages of {@code trust}.
 */
package nara.emit;
