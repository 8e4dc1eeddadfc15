/**
 * The mesh: signed HTTP between naras, as a client and as a server.
 *
 * <p>May know {@code event}, {@code identity}, {@code bus}, and the messages of trust and ledger.
 */
package nara.mesh;
