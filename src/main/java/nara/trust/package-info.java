/**
 * Which events a node believes: verdicts, policies, the quarantine for events without a known key,
 * and the verticle through which all events enter the ledger.
 *
 * <p>May know {@code event}, {@code identity}, {@code bus} and {@code ledger}.
 */
package nara.trust;
