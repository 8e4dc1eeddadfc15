package nara.recovery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.mesh.MeshFailure;
import nara.mesh.MeshLimits;
import nara.mesh.MeshRequest.FetchFailed;
import nara.mesh.MeshRequest.FetchOutcome;
import nara.mesh.MeshRequest.Fetched;
import nara.mesh.MeshRequest.NotReconciled;
import nara.mesh.MeshRequest.Peer;
import nara.mesh.MeshRequest.ReconcileOutcome;
import nara.mesh.MeshRequest.Reconciled;

/**
 * Compares what a node already has with each neighbour, and fetches what is lacking.
 *
 * <p>Whoever was compared to the end has nothing more to give. The others, most of whom cannot
 * reconcile at all, are left to the next rung.
 */
final class ReconcileRung implements Work {
  private final List<Peer> peers;
  private final Roster roster;
  private final Duration timeout;
  private final int firstCall;
  private final Map<Peer, ReconcileOutcome> outcomes = new LinkedHashMap<>();
  private boolean begun;

  ReconcileRung(List<Peer> peers, Roster roster, RecoveryConfig config, int firstCall) {
    this.peers = List.copyOf(peers);
    this.roster = roster;
    this.timeout = config.timeout(MeshLimits.FETCH_HASHES);
    this.firstCall = firstCall;
  }

  /** All at once: the mesh lets them wait for each other. */
  @Override
  public List<Command> begin() {
    List<Command> commands = new ArrayList<>();
    for (int i = 0; !begun && i < peers.size(); i++) {
      commands.add(new Command.Reconcile(firstCall + i, peers.get(i), timeout));
    }
    begun = true;
    return commands;
  }

  @Override
  public boolean ended(int call, FetchOutcome outcome) {
    return false;
  }

  @Override
  public boolean ended(int call, ReconcileOutcome outcome) {
    int index = call - firstCall;
    if (index < 0 || index >= peers.size() || outcomes.containsKey(peers.get(index))) {
      return false;
    }
    Peer peer = peers.get(index);
    outcomes.put(peer, outcome);
    switch (outcome) {
      case Reconciled reconciled -> {
        roster.ended(peer, answered(reconciled));
        if (!reconciled.whole()) {
          roster.ended(peer, new FetchFailed(MeshFailure.MALFORMED, reconciled.trouble()));
        }
      }
      case NotReconciled not -> roster.ended(peer, new FetchFailed(not.failure(), not.reason()));
    }
    return true;
  }

  private static FetchOutcome answered(Reconciled reconciled) {
    return new Fetched(
        reconciled.comparedBytes() + reconciled.fetchedBytes(),
        reconciled.offered().received(),
        0,
        0,
        Optional.empty(),
        false,
        List.of(),
        reconciled.offered(),
        Duration.ZERO);
  }

  @Override
  public boolean over() {
    return outcomes.size() == peers.size();
  }

  /** Whether nobody could be compared with, so that nothing is known of what is lacking. */
  @Override
  public boolean failed() {
    return outcomes.values().stream().noneMatch(Reconciled.class::isInstance);
  }

  /** Nothing: the neighbours that were not compared to the end are still to be asked. */
  @Override
  public String loss() {
    return "";
  }

  /** The peers whose events may still be lacking. */
  @Override
  public List<Peer> unanswered() {
    return peers.stream().filter(peer -> !whole(outcomes.get(peer))).toList();
  }

  private static boolean whole(ReconcileOutcome outcome) {
    return outcome instanceof Reconciled reconciled && reconciled.whole();
  }

  @Override
  public int nextCall() {
    return firstCall + peers.size();
  }

  @Override
  public int planned() {
    return peers.size();
  }

  @Override
  public int settled() {
    return outcomes.size();
  }

  @Override
  public String summary() {
    int exchanges = 0;
    long lacking = 0;
    long bytes = 0;
    String trouble = "";
    for (Map.Entry<Peer, ReconcileOutcome> each : outcomes.entrySet()) {
      switch (each.getValue()) {
        case Reconciled r -> {
          exchanges += r.rounds() + r.fetches();
          lacking += r.lacking();
          bytes += r.comparedBytes();
          trouble = r.whole() ? trouble : each.getKey().name() + ": " + r.trouble();
        }
        case NotReconciled not -> trouble = each.getKey().name() + ": " + not.reason();
      }
    }
    String sentence =
        "%d of %d neighbours compared to the end in %d exchanges; %d events were lacking, %d bytes beside them"
            .formatted(peers.size() - unanswered().size(), peers.size(), exchanges, lacking, bytes);
    return trouble.isEmpty() ? sentence : sentence + "; " + trouble;
  }
}
