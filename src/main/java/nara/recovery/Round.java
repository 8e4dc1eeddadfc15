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
import nara.mesh.MeshFailure;
import nara.mesh.MeshRequest.FetchFailed;
import nara.mesh.MeshRequest.FetchOutcome;
import nara.mesh.MeshRequest.Fetched;
import nara.mesh.MeshRequest.Peer;

/**
 * A set of calls dealt to peers: a bounded number under way, and a failed call asked of another.
 *
 * <p>Call numbers go on from one round to the next, so that a late answer of an earlier round is
 * never taken for one of this.
 */
final class Round implements Work {
  /** What one call is to ask, of whom first, and who has failed it already. */
  private static final class Task {
    final Query query;
    final Duration timeout;
    Peer peer;
    final Set<String> failedBy = new HashSet<>();
    int tries;

    Task(Query query, Duration timeout, Peer peer) {
      this.query = query;
      this.timeout = timeout;
      this.peer = peer;
    }
  }

  private final List<Peer> peers;
  private final Roster roster;
  private final int maxUnderWay;
  private final int maxTries;
  private final Deque<Task> waiting = new ArrayDeque<>();
  private final Map<Integer, Task> underWay = new HashMap<>();
  private final Set<String> unsupported = new HashSet<>();
  private int lost;
  private int nextCall;
  private int nextPeer;
  private int planned;
  private int attempts;
  private int failures;
  private int answers;
  private String lastFailure = "";

  /**
   * An empty round.
   *
   * @param peers not empty; tasks are dealt to them in turn
   * @param firstCall number of its first call
   * @param maxTries how often a task is tried in all, each time by another peer where there is one
   */
  Round(List<Peer> peers, Roster roster, int firstCall, int maxUnderWay, int maxTries) {
    this.peers = List.copyOf(peers);
    this.roster = roster;
    this.nextCall = firstCall;
    this.maxUnderWay = maxUnderWay;
    this.maxTries = maxTries;
  }

  /** Adds a task for the peer whose turn it is. */
  void deal(Query query, Duration timeout) {
    waiting.add(new Task(query, timeout, peers.get(planned % peers.size())));
    planned++;
  }

  /** The calls that may begin now. */
  @Override
  public List<Command> begin() {
    List<Command> commands = new ArrayList<>();
    while (underWay.size() < maxUnderWay && !waiting.isEmpty()) {
      Task task = waiting.poll();
      // Who it was dealt to may have failed others in the meantime.
      if (!able(task, task.peer) && !reassign(task)) {
        lost++;
        continue;
      }
      task.tries++;
      attempts++;
      underWay.put(nextCall, task);
      commands.add(
          new Command.Fetch(
              nextCall++, task.peer, task.query, task.timeout, roster.patience(task.peer)));
    }
    return commands;
  }

  /** Takes note of a call's end; false when it is not one of this round. */
  @Override
  public boolean ended(int call, FetchOutcome outcome) {
    Task task = underWay.remove(call);
    if (task == null) {
      return false;
    }
    roster.ended(task.peer, outcome);
    switch (outcome) {
      case Fetched fetched -> answers++;
      case FetchFailed failed -> {
        failures++;
        lastFailure = task.peer.name() + ": " + failed.reason();
        task.failedBy.add(task.peer.name());
        if (failed.failure() == MeshFailure.UNSUPPORTED) {
          unsupported.add(task.peer.name());
        }
        if (task.tries < maxTries && reassign(task)) {
          waiting.add(task);
        } else {
          lost++;
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
      if (able(task, candidate)) {
        task.peer = candidate;
        return true;
      }
    }
    return peers.size() == 1
        && task.tries < maxTries
        && !unsupported.contains(task.peer.name())
        && roster.willing(task.peer.name());
  }

  private boolean able(Task task, Peer peer) {
    return !task.failedBy.contains(peer.name())
        && !unsupported.contains(peer.name())
        && roster.willing(peer.name());
  }

  @Override
  public boolean over() {
    return waiting.isEmpty() && underWay.isEmpty();
  }

  @Override
  public int nextCall() {
    return nextCall;
  }

  @Override
  public int planned() {
    return planned;
  }

  /** Tasks that ended, one way or the other. */
  @Override
  public int settled() {
    return planned - waiting.size() - underWay.size();
  }

  /** Whether more than half of the calls failed. */
  @Override
  public boolean failed() {
    return failures * 2 > attempts || answers == 0;
  }

  @Override
  public String loss() {
    return lost == 0 ? "" : lost + " of " + planned + " calls were answered by nobody";
  }

  /** The peers that have given no answer at all so far. */
  @Override
  public List<Peer> unanswered() {
    return peers.stream().filter(peer -> !roster.answered(peer.name())).toList();
  }

  /** A sentence about how it went. */
  @Override
  public String summary() {
    String sentence = answers + " of " + attempts + " calls answered";
    if (lost > 0) {
      sentence += ", " + lost + " given up";
    }
    return failures == 0 ? sentence : sentence + "; the last failure: " + lastFailure;
  }
}
