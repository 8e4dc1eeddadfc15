package nara.node.config;

/**
 * A key that the configuration knows. The reader notes each one it asks for, so that the
 * documentation can be checked against what is really read.
 *
 * @param path dotted, such as {@code mesh.port}
 * @param defaultText what holds without it, as it would be written; or in words when it depends
 * @param allowed the values it may have, in words
 */
public record ConfigKey(String path, String defaultText, String allowed) {}
