/**
 * The plaza: the MQTT connection, presence on it, and recovery over it.
 *
 * <p>May know {@code event}, {@code identity} and {@code bus}, and the messages of others.
 */
package nara.plaza;
