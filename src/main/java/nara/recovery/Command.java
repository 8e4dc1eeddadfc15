package nara.recovery;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import nara.ledger.Query;
import nara.mesh.MeshRequest;

/** What the plan wants done. */
public sealed interface Command {
  /** Come back at that time, unless something else ends the wait. */
  record WaitUntil(Instant time) implements Command {}

  /** Look for neighbours in all sources. */
  record Discover() implements Command {}

  /**
   * Ask a peer over the mesh.
   *
   * @param call its number, by which its end is told
   * @param patience how long the peer may bring nothing
   */
  record Fetch(int call, MeshRequest.Peer peer, Query query, Duration timeout, Duration patience)
      implements Command {}

  /**
   * Compare the ledger with a peer's and fetch what is lacking.
   *
   * @param call its number, by which its end is told
   * @param timeout for each exchange
   */
  record Reconcile(int call, MeshRequest.Peer peer, Duration timeout) implements Command {}

  /** Ask neighbours over the plaza about these subjects. */
  record AskPlaza(Map<String, List<String>> subjectsByNeighbour) implements Command {}

  /** Fetch checkpoints from these peers. */
  record SyncCheckpoints(List<MeshRequest.Peer> peers) implements Command {}

  /** Ask these peers for the keys that events wait for, then judge those events. */
  record SeekKeys(List<MeshRequest.Peer> peers) implements Command {}

  /** Seed average ping times from the ledger. */
  record SeedPings() implements Command {}

  /** A stage begins; the one before it ends. */
  record Enter(String stage) implements Command {}

  /** The stage that was entered last ends. */
  record Leave(String outcome, String reason) implements Command {}

  /** It is over. */
  record Finish(Outcome outcome, List<String> reasons) implements Command {}

  /** How a recovery ends. */
  enum Outcome {
    /** Everybody who was asked answered. */
    COMPLETE("complete"),
    /** Something that was there could not be had; the reasons say what. */
    PARTIAL("partial"),
    /** Nobody answered. */
    ISOLATED("isolated");

    private final String label;

    Outcome(String label) {
      this.label = label;
    }

    /** The name in reports. */
    public String label() {
      return label;
    }
  }
}
