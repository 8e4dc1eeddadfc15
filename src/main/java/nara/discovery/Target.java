package nara.discovery;

/**
 * An address to ask whether a nara is there.
 *
 * @param address {@code host} or {@code host:port}
 * @param expected the name that must answer there, or empty for whoever does
 * @param source where the address is from
 */
record Target(String address, String expected, Neighbour.Source source) {}
