/**
 * Discovery of neighbours from all sources: configured peers, an address scan, the local Tailscale
 * daemon, and presence.
 *
 * <p>May know {@code identity}, {@code bus}, {@code bounds}, {@code presence} and the mesh's
 * messages.
 */
package nara.discovery;
