package nara.discovery;

/**
 * An address to ask whether a nara is there.
 *
 * @param address {@code host} or {@code host:port}
 * @param expectedName the name that must answer there, or empty for whoever does
 * @param source where the address is from
 */
record PingTarget(String address, String expectedName, Neighbour.Source source) {}
