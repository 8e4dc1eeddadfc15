/**
 * One node: its configuration, read and checked as a whole, and the deployment of its verticles.
 *
 * <p>May know all verticles; nobody but {@code cli} knows it.
 */
package nara.node;
