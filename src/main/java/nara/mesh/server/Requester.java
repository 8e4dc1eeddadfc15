package nara.mesh.server;

/**
 * The sender that a request is charged to.
 *
 * @param name the authenticated sender, or empty
 * @param address the source address of the connection, without port
 */
record Requester(String name, String address) {
  /** The key of its own share: the name, or the address when the request is not signed. */
  String key() {
    // A name may look like an address: the prefix keeps them apart.
    return name.isEmpty() ? address : "name " + name;
  }
}
