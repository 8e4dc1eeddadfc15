/**
 * The event bus: typed requests and notifications by reference within one JVM, timeouts, timers.
 *
 * <p>Addresses and messages stand in the package of the verticle that serves them. May know nothing
 * of the other packages.
 */
package nara.bus;
