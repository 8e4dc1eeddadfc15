/**
 * Gossip: exchanges of recent events with a few peers, and the background sync of missed ones.
 *
 * <p>May know {@code event}, {@code identity} and {@code bus}, and the messages of {@code ledger},
 * {@code trust}, {@code mesh}, {@code mqtt}, {@code presence}, {@code discovery} and {@code
 * recovery}.
 */
package nara.gossip;
