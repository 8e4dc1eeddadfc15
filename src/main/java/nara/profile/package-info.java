/**
 * What a nara tells others about itself: its status with looks, host, buzz and coordinate.
 *
 * <p>The fields are the wire contract section 4. Colours and coordinates are computed as the
 * reference does; emoji lists are this project's own.
 */
@MayKnow({"coordinates", "event", "event.json", "identity", "ledger"})
package nara.profile;

import nara.MayKnow;
