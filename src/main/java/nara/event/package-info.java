/**
 * The event: one container, seven payloads, their content strings, ids, hashes and JSON.
 *
 * <p>Plain Java; may know {@code identity} only. Bytes as received are kept beside what was
 * decoded.
 */
package nara.event;
