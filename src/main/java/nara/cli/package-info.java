/**
 * The command line: commands, files of events, progress and reports on a terminal.
 *
 * <p>May know {@code node}, and the plain Java of the other packages: it looks into files without a
 * node. Nobody knows it.
 */
package nara.cli;
