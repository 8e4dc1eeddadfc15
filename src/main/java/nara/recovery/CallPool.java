package nara.recovery;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest.FetchFailed;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.mesh.client.MeshRequest.Peer;

/** The sample and slices rungs: fixed tasks, divided among the peers; a failed one moves on. */
final class CallPool extends CallQueue<CallPool.Task> implements RungExecution {
  /** A query, the peer that gets it next, and a peer for each failed attempt. */
  record Task(Query query, Peer peer, List<String> failedBy) implements Call {}

  private final List<Peer> peers;
  private int nextPeer;
  private int plannedTasks;
  private int lostTasks;
  private int failures;
  private int responses;
  private String lastFailure = "";

  /** A pool without tasks; {@code peers} is not empty. */
  CallPool(List<Peer> peers, PeerScores scores, RecoveryConfig config, IntSupplier callIds) {
    super(scores, config, callIds);
    this.peers = List.copyOf(peers);
  }

  /** Adds a task for the next peer in turn. */
  void add(Query query) {
    waiting.add(new Task(query, peers.get(plannedTasks % peers.size()), List.of()));
    plannedTasks++;
  }

  @Override
  public List<PlanCommand> startCalls(Instant now) {
    List<PlanCommand> commands = new ArrayList<>();
    while (hasRoom() && !waiting.isEmpty()) {
      Task task = waiting.poll();
      // The task's peer may have failed others since it was assigned.
      (eligible(task, task.peer) ? Optional.of(task) : reassign(task))
          .ifPresentOrElse(next -> commands.add(start(next)), () -> lostTasks++);
    }
    return commands;
  }

  @Override
  public boolean onCallEnded(int callId, FetchOutcome outcome) {
    Optional<Task> ended = end(callId, outcome);
    ended.ifPresent(
        task -> {
          switch (outcome) {
            case PageFetched page -> responses++;
            case FetchFailed failed -> onFailed(task, failed.reason());
          }
        });
    return ended.isPresent();
  }

  private void onFailed(Task task, String reason) {
    failures++;
    lastFailure = task.peer.name() + ": " + reason;
    List<String> failedBy = new ArrayList<>(task.failedBy);
    failedBy.add(task.peer.name());
    Optional<Task> next =
        failedBy.size() < config.callTries()
            ? reassign(new Task(task.query, task.peer, failedBy))
            : Optional.empty();
    next.ifPresentOrElse(waiting::add, () -> lostTasks++);
  }

  /** Assigns a peer that has not failed this task; the same one again only when it is alone. */
  private Optional<Task> reassign(Task task) {
    for (int i = 0; i < peers.size(); i++) {
      Peer candidate = peers.get(nextPeer++ % peers.size());
      if (eligible(task, candidate)) {
        return Optional.of(new Task(task.query, candidate, task.failedBy));
      }
    }
    boolean again =
        peers.size() == 1
            && task.failedBy.size() < config.callTries()
            && peerScores.usable(task.peer.name());
    return again ? Optional.of(task) : Optional.empty();
  }

  private boolean eligible(Task task, Peer peer) {
    return !task.failedBy.contains(peer.name()) && peerScores.usable(peer.name());
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
    return failures > responses || responses == 0;
  }

  @Override
  public String lossDescription() {
    return lostTasks == 0
        ? ""
        : "no peer answered %d of %d calls".formatted(lostTasks, plannedTasks);
  }

  @Override
  public List<Peer> peersForNextRung() {
    return peers.stream().filter(peer -> !peerScores.of(peer.name()).hasResponded()).toList();
  }

  @Override
  public String summary() {
    return "%d of %d calls answered%s%s"
        .formatted(
            responses,
            responses + failures,
            lostTasks == 0 ? "" : ", " + lostTasks + " abandoned",
            failures == 0 ? "" : "; the last failure: " + lastFailure);
  }
}
