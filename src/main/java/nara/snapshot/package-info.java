/**
 * The ledger on disk: a sealed file that a restart begins from, and the one verticle that writes
 * and reads it.
 *
 * <p>May know {@code event}, {@code identity}, {@code bus}, {@code ledger} and {@code trust}. The
 * files of its core know no Vert.x.
 */
package nara.snapshot;
