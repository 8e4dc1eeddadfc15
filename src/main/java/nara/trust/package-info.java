/**
 * Verdicts, policies, key evidence and quarantine. All events of others enter the ledger through
 * TrustVerticle.
 */
@MayKnow({"bounds", "bus", "event", "event.json", "identity", "ledger", "trust.verifier"})
package nara.trust;

import nara.MayKnow;
