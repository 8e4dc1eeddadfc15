/**
 * Fuzzing: what reads bytes from the network or from files gets bytes that nobody meant to send.
 *
 * <p>Each target stands beside the code it tests, as {@code *Fuzz}. {@code scripts/fuzz} runs them
 * with Jazzer, guided by coverage; {@link nara.fuzz.FuzzCorpusTest} repeats the kept inputs.
 */
package nara.fuzz;
