/**
 * The event: a container and seven payloads, with their content strings, ids, hashes and JSON.
 *
 * <p>Plain Java; may know {@code identity} and {@code bounds}. The bytes as received are kept
 * beside the decoded fields.
 */
package nara.event;
