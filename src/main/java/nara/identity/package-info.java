/**
 * Who a nara is: soul, id, key pair, personality, and the keyring of the others' keys.
 *
 * <p>May know nothing of the other packages.
 */
package nara.identity;
