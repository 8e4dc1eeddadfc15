/** This node's clock compared with the clocks of its neighbours. */
@MayKnow({"bounds", "bus", "identity"})
package nara.clock;

import nara.MayKnow;
