/**
 * Between two recoveries: when the node looks for neighbours, and which of them it recovers for.
 */
@MayKnow({"bounds", "bus", "discovery", "mesh.client", "mesh.wire", "recovery.report"})
package nara.recovery.watch;

import nara.MayKnow;
