/**
 * Fuzzing: the readers of bytes from the network and from files get damaged and invented bytes.
 *
 * <p>Each target stands beside the code it tests, as {@code *Fuzz}. {@code scripts/fuzz} runs them
 * with Jazzer, guided by coverage; {@link nara.fuzz.FuzzCorpusTest} repeats the kept inputs.
 */
package nara.fuzz;
