/**
 * Which events a node believes: verdicts, policies, the quarantine for events without a known key,
 * and the verticle through which all events enter the ledger.
 */
@MayKnow({"bounds", "bus", "event", "event.json", "identity", "ledger", "trust.verifier"})
package nara.trust;

import nara.MayKnow;
