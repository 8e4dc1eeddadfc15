/** Announcements of this node and of others, with or without a broker. */
@MayKnow({"bus", "event", "event.json", "identity", "trust"})
package nara.presence;

import nara.MayKnow;
