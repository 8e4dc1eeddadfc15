/**
 * Events as JSON: the strict reading of all JSON from the network, and writing it byte for byte as
 * the reference does. Plain Java.
 */
@MayKnow({"bounds", "event", "identity"})
package nara.event.json;

import nara.MayKnow;
