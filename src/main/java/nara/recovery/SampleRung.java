package nara.recovery;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest.FetchFailed;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.mesh.client.MeshRequest.Peer;

/**
 * Fetches random samples, as the reference does: the sampled capacity in calls of one page, divided
 * among the peers; a failed one moves on.
 *
 * <p>A sample that is not full is the whole ledger of its peer. Any other peer may hold more, so
 * the next rung asks it.
 */
final class SampleRung extends CallQueue<SampleRung.Task> implements RungExecution {
  /** A call, the peer that gets it next, and the peer of each failed attempt. */
  record Task(Query query, Peer peer, List<String> failedBy) implements Call {}

  /** The peers that share the calls, and those that replace one that fails or holds nothing. */
  private final List<Peer> peers;

  private final Deque<Peer> spares;
  private final Set<String> readWhole = new HashSet<>();
  private int nextPeer;
  private int plannedTasks;
  private int lostTasks;
  private int failures;
  private int responses;
  private String lastFailure = "";

  /** A rung that has not started; {@code peers} is not empty and comes in order of preference. */
  SampleRung(
      List<Peer> all, PeerScores scores, RecoveryConfig config, String me, IntSupplier callIds) {
    super(scores, config, callIds);
    int shared = Math.min(all.size(), config.maxPeers());
    this.peers = new ArrayList<>(all.subList(0, shared));
    this.spares = new ArrayDeque<>(all.subList(shared, all.size()));
    int size = Math.min(config.samplePage(), Query.MAX_EVENTS);
    int calls = Math.max(shared, Math.ceilDiv(config.sampleCapacity(), size));
    for (int i = 0; i < calls; i++) {
      add(new Query.Sample(size, me, 0, Query.Filter.ALL), peers.get(i % shared));
    }
  }

  private void add(Query query, Peer peer) {
    waiting.add(new Task(query, peer, List.of()));
    plannedTasks++;
  }

  /** Lets another peer take the place of one that failed or holds nothing. */
  private Optional<Peer> replace(Peer peer) {
    int place = peers.indexOf(peer);
    if (place < 0 || spares.isEmpty()) {
      return Optional.empty();
    }
    peers.set(place, spares.poll());
    return Optional.of(peers.get(place));
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
            case PageFetched page -> onResponse(task, page);
            case FetchFailed failed -> onFailed(task, failed.reason());
          }
        });
    return ended.isPresent();
  }

  private void onResponse(Task task, PageFetched page) {
    responses++;
    boolean full = page.events() >= ((Query.Sample) task.query).size();
    if (!full && peerScores.of(task.peer.name()).claimsAtMost(page.events())) {
      readWhole.add(task.peer.name());
    }
    if (page.events() == 0) {
      replace(task.peer).ifPresent(other -> add(task.query, other));
    }
  }

  private void onFailed(Task task, String reason) {
    failures++;
    if (!peerScores.usableAsLastResort(task.peer.name())) {
      replace(task.peer);
    }
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
            && peerScores.usableAsLastResort(task.peer.name());
    return again ? Optional.of(task) : Optional.empty();
  }

  private boolean eligible(Task task, Peer peer) {
    return !task.failedBy.contains(peer.name()) && peerScores.usableAsLastResort(peer.name());
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
    return peers.stream()
        .filter(peer -> !readWhole.contains(peer.name()))
        .filter(peer -> peerScores.of(peer.name()).hasSentAnything())
        .toList();
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
