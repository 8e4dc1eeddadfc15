/**
 * Range-based set reconciliation, negentropy protocol version 1: two sides with nearly equal sets
 * find the difference.
 *
 * <p>An item is a time and 32 bytes; the package knows nothing of events.
 */
@MayKnow("identity")
package nara.negentropy;

import nara.MayKnow;
