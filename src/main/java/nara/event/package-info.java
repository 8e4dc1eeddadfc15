/**
 * The event: one container, seven payloads, their content strings, ids and hashes.
 *
 * <p>An event keeps the bytes that it came with beside the decoded values.
 */
@MayKnow({"bounds", "identity"})
package nara.event;

import nara.MayKnow;
