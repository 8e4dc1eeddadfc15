/**
 * Upkeep: what this node notices of its neighbours goes into its memory as observations and pings,
 * and who has not been seen for long is no neighbour any more.
 *
 * <p>May know {@code event}, {@code identity}, {@code bus} and {@code emit}, and the messages of
 * ledger, trust, mesh, plaza, discovery, recovery and opinion.
 */
package nara.upkeep;
