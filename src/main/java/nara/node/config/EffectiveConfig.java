package nara.node.config;

/**
 * All keys of a configuration with their effective values, for people.
 *
 * @param json an object with one object for each section; secrets are masked
 */
public record EffectiveConfig(String json) {}
