/**
 * Range-based set reconciliation by the public specification of the negentropy protocol, version 1:
 * two who hold nearly the same items find out which they do not share, by comparing fingerprints of
 * ranges and looking closer only where these differ.
 *
 * <p>Plain Java, which knows nothing of events: an item is a time and 32 bytes. May know nothing of
 * the other packages.
 */
package nara.reconcile;
