/** Agrees on checkpoints: proposals, votes, two rounds, finals. */
@MayKnow({"bus", "discovery", "event..", "identity", "ledger", "mqtt", "mqtt.wire", "trust.."})
package nara.checkpoint.consensus;

import nara.MayKnow;
