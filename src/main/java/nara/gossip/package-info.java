/**
 * Gossip: what this node knows goes on from hand to hand, and what it missed is caught up on.
 *
 * <p>May know {@code event}, {@code identity} and {@code bus}, and the messages of {@code ledger},
 * {@code trust}, {@code mesh}, {@code plaza}, {@code discovery} and {@code recovery}.
 */
package nara.gossip;
