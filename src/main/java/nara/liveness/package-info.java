/**
 * Liveness: which neighbours are online, how far away they are, and when they are forgotten.
 *
 * <p>May know {@code event}, {@code identity} and {@code bus}, and the messages of {@code ledger},
 * {@code trust}, {@code mesh}, {@code mqtt}, {@code presence}, {@code discovery}, {@code recovery}
 * and {@code opinion}.
 */
package nara.liveness;
