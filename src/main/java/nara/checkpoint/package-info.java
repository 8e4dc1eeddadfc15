/**
 * Checkpoints: fetching them from neighbours, and agreeing on new ones.
 *
 * <p>May know {@code event}, {@code identity} and {@code bus}, the judge's verifier, and the
 * messages of ledger, trust, mesh, plaza and discovery.
 */
package nara.checkpoint;
