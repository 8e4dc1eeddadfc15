/**
 * The ledger: a set of events with its indexes, its queries, its retention rules and what is
 * derived from it; and the one verticle that changes it.
 *
 * <p>May know {@code event}, {@code reconcile} and {@code bus}.
 */
package nara.ledger;
