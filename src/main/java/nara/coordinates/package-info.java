/** Network coordinates: how far naras are from each other, estimated from round trips. */
@MayKnow({"event.json", "identity"})
package nara.coordinates;

import nara.MayKnow;
