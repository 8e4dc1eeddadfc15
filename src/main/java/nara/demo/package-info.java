/**
 * The demo network on loopback: citizens, their signed history, neighbours that hold parts of it,
 * and a broker. For the demo and for benchmarks; no node uses it.
 *
 * <p>May know {@code node}.
 */
package nara.demo;
