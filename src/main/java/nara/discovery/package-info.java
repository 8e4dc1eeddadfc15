/**
 * Who is there: sources of neighbours (configured peers, an address scan, the local Tailscale
 * daemon, presence on the plaza) and the neighbourhood that they add up to.
 *
 * <p>May know {@code event}, {@code identity} and {@code bus}; asks the mesh by its messages.
 */
package nara.discovery;
