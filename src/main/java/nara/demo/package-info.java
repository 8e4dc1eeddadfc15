/**
 * A made-up network on loopback: citizens, their signed history, neighbours that hold parts of it.
 * For the demonstration and for benchmarks; nothing here is used by a node.
 *
 * <p>May know {@code node}.
 */
package nara.demo;
