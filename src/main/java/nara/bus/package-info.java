/**
 * How verticles talk: typed requests over the event bus, by reference within one JVM.
 *
 * <p>Addresses and messages stand beside each other in the package of the verticle that answers
 * them. May know nothing of the other packages.
 */
package nara.bus;
