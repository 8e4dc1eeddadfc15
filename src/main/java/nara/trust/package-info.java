/**
 * What may be believed: verdicts, the verifiers, the trust policy, checkpoint voters.
 *
 * <p>May know {@code event} and {@code identity}.
 */
package nara.trust;
