package nara.checkpoint;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import nara.mesh.MeshFailure;
import nara.mesh.MeshRequest;
import nara.mesh.MeshRequest.FetchFailed;
import nara.mesh.MeshRequest.FetchOutcome;

/**
 * Whom to ask for checkpoints: peers in random order, until enough of them gave some.
 *
 * <p>As many are walked side by side as are still wanted, so that a slow one holds up nobody, and
 * nobody is asked who would not have been asked one after the other as well. Which of two equal
 * checkpoints arrives first makes no difference to the ledger.
 *
 * <p>Pure: it sees answers and returns {@link Ask}s. Not safe for use from several threads.
 */
final class CheckpointSync {
  /** A request to send; its outcome goes to {@link #answered} with it. */
  record Ask(CheckpointWalk walk, MeshRequest<FetchOutcome> request) {}

  private final CheckpointConfig config;
  private final Deque<MeshRequest.Peer> waiting;
  private final List<CheckpointWalk> walks = new ArrayList<>();
  private boolean stopping;

  /**
   * A sync that has not begun.
   *
   * @param random draws the order
   */
  CheckpointSync(List<MeshRequest.Peer> peers, CheckpointConfig config, RandomGenerator random) {
    List<MeshRequest.Peer> order = new ArrayList<>(new LinkedHashSet<>(peers));
    Collections.shuffle(order, java.util.Random.from(random));
    this.config = config;
    this.waiting = new ArrayDeque<>(order);
  }

  /** What to send first. */
  List<Ask> begin() {
    return more();
  }

  /** Takes how a request went, and says what to send next. */
  List<Ask> answered(Ask ask, FetchOutcome outcome) {
    stopping |= outcome instanceof FetchFailed failed && failed.failure() == MeshFailure.STOPPING;
    Optional<MeshRequest<FetchOutcome>> next = ask.walk().answered(outcome);
    if (next.isPresent()) {
      return List.of(new Ask(ask.walk(), next.get()));
    }
    return more();
  }

  private List<Ask> more() {
    List<Ask> asks = new ArrayList<>();
    while (!stopping && !waiting.isEmpty() && promising() < config.peersWanted()) {
      CheckpointWalk walk = new CheckpointWalk(waiting.removeFirst(), config);
      walks.add(walk);
      asks.add(new Ask(walk, walk.begin()));
    }
    return asks;
  }

  /** Those who gave something, or still may. */
  private long promising() {
    return walks.stream().filter(walk -> walk.gave() || !walk.ended()).count();
  }

  private long gave() {
    return walks.stream().filter(CheckpointWalk::gave).count();
  }

  /** Whether nothing is under way any more. */
  boolean done() {
    return walks.stream().allMatch(CheckpointWalk::ended);
  }

  /** What came so far. */
  CheckpointRequest.Synced result() {
    return new CheckpointRequest.Synced(
        walks.stream().map(CheckpointWalk::answer).toList(), gave() >= config.peersWanted());
  }

  /** What came so far, with a reason on those who were not through. */
  CheckpointRequest.Synced abandoned(String why) {
    walks.forEach(walk -> walk.abandon(why));
    return result();
  }
}
