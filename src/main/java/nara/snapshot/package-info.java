/** The sealed file that a restart begins with, and the verticle that writes and reads it. */
@MayKnow({"bounds", "bus", "event", "event.json", "file", "identity", "ledger", "trust"})
package nara.snapshot;

import nara.MayKnow;
