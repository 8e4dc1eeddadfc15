/**
 * The negentropy protocol, version 1: range-based set reconciliation. {@code docs/reconcile.md}
 * says how this project uses it.
 */
@MayKnow({"identity"})
package nara.negentropy;

import nara.MayKnow;
