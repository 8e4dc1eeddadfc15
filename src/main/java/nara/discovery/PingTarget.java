package nara.discovery;

import nara.mesh.wire.PeerAddress;

/**
 * An address to ping.
 *
 * @param address {@code host} or {@code host:port}
 * @param expectedName the name that must answer, or empty for any
 * @param source of the address
 */
record PingTarget(String address, String expectedName, Neighbour.Source source) {
  String host() {
    return PeerAddress.hostOf(address);
  }
}
