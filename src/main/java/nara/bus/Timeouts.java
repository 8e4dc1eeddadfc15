package nara.bus;

import java.time.Duration;

/**
 * Timeouts of requests over the local bus. They end the wait for a part that is stuck; a part that
 * works replies long before. Configured timeouts and those of the network stand elsewhere.
 */
public final class Timeouts {
  // Queries: the shorter the timeout, the less a late reply is worth.

  /** A status page, a howdy and a newspaper do without a result that comes later. */
  public static final Duration STATUS = Duration.ofSeconds(5);

  /** A round of gossip continues without a late reply; a plaza peer no longer waits for it. */
  public static final Duration GOSSIP = Duration.ofSeconds(10);

  /** A mesh peer waits for this query of the ledger. The peer gives up soon after. */
  public static final Duration PEER_QUERY = Duration.ofSeconds(20);

  /** One step of the consensus or of a change of leader, or one event from the plaza. */
  public static final Duration STEP = Duration.ofSeconds(30);

  /** Any other local request: a part replies in milliseconds, at worst in seconds. */
  public static final Duration LOCAL = Duration.ofSeconds(60);

  /** The plaza gives up a publish that the broker does not acknowledge after half of this. */
  public static final Duration PUBLISH = Duration.ofMinutes(1);

  // Requests that verify and merge events.

  /** Verifies and merges up to 5,000 events: the slowest verifier takes under ten seconds. */
  public static final Duration MERGE = Duration.ofMinutes(2);

  /**
   * Added to the network timeout of a mesh or plaza request, because it merges events before it
   * replies. Longer than {@link #MERGE}, so that the mesh reports a stuck merge itself.
   */
  public static final Duration MERGE_ALLOWANCE = Duration.ofMinutes(3);

  /**
   * The same for a fetch on another cluster member. Shorter than {@link #MERGE_ALLOWANCE}, so that
   * a second member can take over before the coordinator gives up.
   */
  public static final Duration MEMBER_MERGE_ALLOWANCE = Duration.ofSeconds(100);

  /** A member searches 100 keys, 8 at once for 5 s each, and then verifies their events. */
  public static final Duration MEMBER_KEY_SEARCH = Duration.ofMinutes(3);

  /** A file's batch, or a snapshot without a seal: the slowest verifier takes minutes for all. */
  public static final Duration IMPORT = Duration.ofMinutes(10);

  // Requests that wait for many peers.

  /** Added to a ping's network timeout: the ping may wait for others to the same peer. */
  public static final Duration MESH_ALLOWANCE = Duration.ofSeconds(60);

  /** A reconciliation bounds itself, but waits seconds for each one before it. */
  public static final Duration RECONCILE = Duration.ofMinutes(10);

  /** Checkpoints of five peers, page by page, and a key search on all members. */
  public static final Duration CHECKPOINTS = Duration.ofMinutes(15);

  /** A scan of 65,536 addresses, 50 at once; discovery bounds its own pings. */
  public static final Duration DISCOVERY = Duration.ofHours(2);

  private Timeouts() {}
}
