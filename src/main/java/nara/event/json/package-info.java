/**
 * The strict JSON reader that all input goes through, and the writer that prints JSON as Go does.
 */
@MayKnow({"bounds", "event", "identity"})
package nara.event.json;

import nara.MayKnow;
