package nara.recovery;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest.FetchFailed;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.wire.MeshFailure;

/** The sample and slices rungs: fixed tasks, divided among the peers; a failed one moves on. */
final class CallPool extends CallQueue<CallPool.Task> implements RungExecution {
  /** A query with the peer that gets it next. */
  static final class Task implements Call {
    private final Query query;
    private final Set<String> failedBy = new HashSet<>();
    private Peer peer;
    private int attempts;

    private Task(Query query, Peer peer) {
      this.query = query;
      this.peer = peer;
    }

    @Override
    public Peer peer() {
      return peer;
    }

    @Override
    public Query query() {
      return query;
    }
  }

  private final List<Peer> peers;
  private final Set<String> unsupported = new HashSet<>();
  private int nextPeer;
  private int plannedTasks;
  private int lostTasks;
  private int attempts;
  private int failures;
  private int responses;
  private String lastFailure = "";

  /**
   * An empty pool.
   *
   * @param peers not empty
   */
  CallPool(List<Peer> peers, PeerScores peerScores, RecoveryConfig config, int firstCallId) {
    super(peerScores, config, firstCallId);
    this.peers = List.copyOf(peers);
  }

  /** Adds a task for the next peer in turn. */
  void add(Query query) {
    waiting.add(new Task(query, peers.get(plannedTasks % peers.size())));
    plannedTasks++;
  }

  @Override
  public List<PlanCommand> startCalls(Instant now) {
    List<PlanCommand> planCommands = new ArrayList<>();
    while (hasRoom() && !waiting.isEmpty()) {
      Task task = waiting.poll();
      // The task's peer may have failed others since it was assigned.
      if (eligible(task, task.peer) || reassign(task)) {
        task.attempts++;
        attempts++;
        planCommands.add(start(task));
      } else {
        lostTasks++;
      }
    }
    return planCommands;
  }

  @Override
  public boolean onCallEnded(int callId, FetchOutcome outcome) {
    Optional<Task> ended = end(callId, outcome);
    ended.ifPresent(
        task -> {
          switch (outcome) {
            case PageFetched page -> responses++;
            case FetchFailed failed -> onFailed(task, failed);
          }
        });
    return ended.isPresent();
  }

  private void onFailed(Task task, FetchFailed failed) {
    failures++;
    lastFailure = task.peer.name() + ": " + failed.reason();
    task.failedBy.add(task.peer.name());
    if (failed.failure() == MeshFailure.UNSUPPORTED) {
      unsupported.add(task.peer.name());
    }
    if (task.attempts < config.callTries() && reassign(task)) {
      waiting.add(task);
    } else {
      lostTasks++;
    }
  }

  /** Assigns a peer that has not failed this task; the same one again only when it is alone. */
  private boolean reassign(Task task) {
    for (int i = 0; i < peers.size(); i++) {
      Peer candidate = peers.get(nextPeer++ % peers.size());
      if (eligible(task, candidate)) {
        task.peer = candidate;
        return true;
      }
    }
    return peers.size() == 1 && task.attempts < config.callTries() && responds(task.peer);
  }

  private boolean eligible(Task task, Peer peer) {
    return !task.failedBy.contains(peer.name()) && responds(peer);
  }

  private boolean responds(Peer peer) {
    return !unsupported.contains(peer.name()) && peerScores.usable(peer.name());
  }

  @Override
  public boolean finished() {
    return waiting.isEmpty() && inFlight.isEmpty();
  }

  @Override
  public int plannedCalls() {
    return plannedTasks;
  }

  @Override
  public int completedCalls() {
    return plannedTasks - waiting.size() - inFlight.size();
  }

  @Override
  public boolean failed() {
    return failures * 2 > attempts || responses == 0;
  }

  @Override
  public String lossDescription() {
    return lostTasks == 0
        ? ""
        : "no peer answered %d of %d calls".formatted(lostTasks, plannedTasks);
  }

  @Override
  public List<Peer> peersForNextRung() {
    return peers.stream().filter(peer -> !peerScores.hasResponded(peer.name())).toList();
  }

  @Override
  public String summary() {
    String sentence = responses + " of " + attempts + " calls answered";
    if (lostTasks > 0) {
      sentence += ", " + lostTasks + " given up";
    }
    return failures == 0 ? sentence : sentence + "; the last failure: " + lastFailure;
  }
}
