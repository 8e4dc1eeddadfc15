/**
 * The identity of a nara: soul, id, key pair, personality, and the keyring of the others' keys.
 *
 * <p>Plain Java; may know {@code bounds} only.
 */
package nara.identity;
