package nara.recovery;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest.FetchFailed;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.wire.MeshFailure;

/**
 * A set of calls dealt to peers: a bounded number under way, and a failed call asked of another.
 *
 * <p>Call numbers go on from one round to the next, so that a late answer of an earlier round is
 * never taken for one of this.
 */
final class CallPool implements RungExecution {
  /** What one call is to ask, of whom first, and who has failed it already. */
  private static final class Task {
    final Query query;
    final Duration timeout;
    Peer peer;
    final Set<String> failedBy = new HashSet<>();
    int attempts;

    Task(Query query, Duration timeout, Peer peer) {
      this.query = query;
      this.timeout = timeout;
      this.peer = peer;
    }
  }

  private final List<Peer> peers;
  private final PeerScores peerScores;
  private final int maxInFlight;
  private final int maxAttempts;
  private final Deque<Task> waiting = new ArrayDeque<>();
  private final Map<Integer, Task> inFlight = new HashMap<>();
  private final Set<String> unsupported = new HashSet<>();
  private int lostTasks;
  private int nextCallId;
  private int nextPeer;
  private int plannedTasks;
  private int attempts;
  private int failures;
  private int responses;
  private String lastFailure = "";

  /**
   * An empty round.
   *
   * @param peers not empty; tasks are dealt to them in turn
   * @param firstCallId number of its first call
   * @param maxAttempts how often a task is tried in all, each time by another peer where there is
   *     one
   */
  CallPool(
      List<Peer> peers, PeerScores peerScores, int firstCallId, int maxInFlight, int maxAttempts) {
    this.peers = List.copyOf(peers);
    this.peerScores = peerScores;
    this.nextCallId = firstCallId;
    this.maxInFlight = maxInFlight;
    this.maxAttempts = maxAttempts;
  }

  /** Adds a task for the peer whose turn it is. */
  void add(Query query, Duration timeout) {
    waiting.add(new Task(query, timeout, peers.get(plannedTasks % peers.size())));
    plannedTasks++;
  }

  /** The calls that may begin now. */
  @Override
  public List<PlanCommand> startCalls() {
    List<PlanCommand> planCommands = new ArrayList<>();
    while (inFlight.size() < maxInFlight && !waiting.isEmpty()) {
      Task task = waiting.poll();
      // Who it was dealt to may have failed others in the meantime.
      if (!eligible(task, task.peer) && !reassign(task)) {
        lostTasks++;
        continue;
      }
      task.attempts++;
      attempts++;
      inFlight.put(nextCallId, task);
      planCommands.add(
          new PlanCommand.StartFetch(
              nextCallId++,
              task.peer,
              task.query,
              task.timeout,
              peerScores.stallTimeout(task.peer)));
    }
    return planCommands;
  }

  /** Takes note of a call's end; false when it is not one of this round. */
  @Override
  public boolean onCallEnded(int callId, FetchOutcome outcome) {
    Task task = inFlight.remove(callId);
    if (task == null) {
      return false;
    }
    peerScores.onCallEnded(task.peer, outcome);
    switch (outcome) {
      case PageFetched pageFetched -> responses++;
      case FetchFailed failed -> {
        failures++;
        lastFailure = task.peer.name() + ": " + failed.reason();
        task.failedBy.add(task.peer.name());
        if (failed.failure() == MeshFailure.UNSUPPORTED) {
          unsupported.add(task.peer.name());
        }
        if (task.attempts < maxAttempts && reassign(task)) {
          waiting.add(task);
        } else {
          lostTasks++;
        }
      }
    }
    return true;
  }

  /**
   * Finds the next peer that has not failed this task; the same one again only when it is alone.
   */
  private boolean reassign(Task task) {
    for (int i = 0; i < peers.size(); i++) {
      Peer candidate = peers.get(nextPeer++ % peers.size());
      if (eligible(task, candidate)) {
        task.peer = candidate;
        return true;
      }
    }
    return peers.size() == 1
        && task.attempts < maxAttempts
        && !unsupported.contains(task.peer.name())
        && peerScores.usable(task.peer.name());
  }

  private boolean eligible(Task task, Peer peer) {
    return !task.failedBy.contains(peer.name())
        && !unsupported.contains(peer.name())
        && peerScores.usable(peer.name());
  }

  @Override
  public boolean finished() {
    return waiting.isEmpty() && inFlight.isEmpty();
  }

  @Override
  public int nextCallId() {
    return nextCallId;
  }

  @Override
  public int plannedCalls() {
    return plannedTasks;
  }

  /** Tasks that ended, one way or the other. */
  @Override
  public int completedCalls() {
    return plannedTasks - waiting.size() - inFlight.size();
  }

  /** Whether more than half of the calls failed. */
  @Override
  public boolean failed() {
    return failures * 2 > attempts || responses == 0;
  }

  @Override
  public String lossDescription() {
    return lostTasks == 0
        ? ""
        : lostTasks + " of " + plannedTasks + " calls were answered by nobody";
  }

  /** The peers that have given no answer at all so far. */
  @Override
  public List<Peer> peersForNextRung() {
    return peers.stream().filter(peer -> !peerScores.hasResponded(peer.name())).toList();
  }

  /** A sentence about how it went. */
  @Override
  public String summary() {
    String sentence = responses + " of " + attempts + " calls answered";
    if (lostTasks > 0) {
      sentence += ", " + lostTasks + " given up";
    }
    return failures == 0 ? sentence : sentence + "; the last failure: " + lastFailure;
  }
}
