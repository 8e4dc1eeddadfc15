package nara.node.config;

/**
 * A configuration key. The reader records each key that it reads, and a test compares the list with
 * the documentation.
 *
 * @param path dotted, such as {@code mesh.port}
 * @param defaultText the default as JSON, or in words when it depends on something
 * @param allowed the allowed values, in words
 */
public record ConfigKey(String path, String defaultText, String allowed) {}
