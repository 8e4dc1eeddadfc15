package nara.mesh.wire;

/** The paths, content types and headers of the mesh, as both ends write them. */
public final class MeshPaths {
  public static final String PING = "/ping";
  public static final String COORDINATES = "/coordinates";
  public static final String PEER_QUERY = "/peer/query";
  public static final String CHECKPOINTS = "/api/checkpoints/all";
  public static final String SYNC = "/events/sync";
  public static final String ZINE = "/gossip/zine";
  public static final String SEND_EVENT = "/dm";

  /** Messages between the services of two naras, such as the stash. */
  public static final String MESSAGE = "/mesh/message";

  /** Passes on a journey. */
  public static final String WORLD_RELAY = "/world/relay";

  public static final String IMPORT = "/api/events/import";

  /** An addition of ours: one message of a reconciliation, see {@code docs/reconcile.md}. */
  public static final String RECONCILE = "/events/reconcile";

  /** An addition of ours: events by their hashes. */
  public static final String FETCH = "/events/fetch";

  public static final String JSON = "application/json";
  public static final String OCTET_STREAM = "application/octet-stream";

  /** The name of the sender of a request that is not signed. */
  public static final String FROM_HEADER = "X-Nara-From";

  /**
   * The port where the sender of a request responds to pings. A peer that does not know the
   * sender's key pings this port at the request's source address. An addition of ours: others
   * ignore it.
   */
  public static final String PORT_HEADER = "X-Nara-Port";

  private MeshPaths() {}

  /** Whether a text with the status 404 comes from the management port of a nara. */
  public static boolean isOfManagementPort(String text) {
    return text.startsWith("{") && text.contains("there is no such path");
  }
}
