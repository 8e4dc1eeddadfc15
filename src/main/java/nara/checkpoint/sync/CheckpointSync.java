package nara.checkpoint.sync;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.FetchFailed;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.wire.MeshFailure;

/**
 * Whom to ask for checkpoints: peers in random order, until enough of them gave some.
 *
 * <p>As many are walked side by side as are still wanted, so that a slow one holds up nobody, and
 * nobody is asked who would not have been asked one after the other as well. Which of two equal
 * checkpoints arrives first makes no difference to the ledger.
 *
 * <p>Pure: it sees answers and returns {@link PageRequest}s. Not safe for use from several threads.
 */
final class CheckpointSync {
  /** A request to send; its outcome goes to {@link #onOutcome} with it. */
  record PageRequest(CheckpointPager pager, MeshRequest<FetchOutcome> request) {}

  private final CheckpointSyncConfig config;
  private final Deque<MeshRequest.Peer> remainingPeers;
  private final List<CheckpointPager> pagers = new ArrayList<>();
  private boolean meshStopping;

  /**
   * A sync that has not begun.
   *
   * @param random draws the order
   */
  CheckpointSync(
      List<MeshRequest.Peer> peers, CheckpointSyncConfig config, RandomGenerator random) {
    List<MeshRequest.Peer> order = new ArrayList<>(new LinkedHashSet<>(peers));
    Collections.shuffle(order, java.util.Random.from(random));
    this.config = config;
    this.remainingPeers = new ArrayDeque<>(order);
  }

  /** What to send first. */
  List<PageRequest> firstRequests() {
    return nextRequests();
  }

  /** Takes how a request went, and says what to send next. */
  List<PageRequest> onOutcome(PageRequest pageRequest, FetchOutcome outcome) {
    meshStopping |=
        outcome instanceof FetchFailed failed && failed.failure() == MeshFailure.STOPPING;
    Optional<MeshRequest<FetchOutcome>> next = pageRequest.pager().onOutcome(outcome);
    if (next.isPresent()) {
      return List.of(new PageRequest(pageRequest.pager(), next.get()));
    }
    return nextRequests();
  }

  private List<PageRequest> nextRequests() {
    List<PageRequest> requests = new ArrayList<>();
    while (!meshStopping && !remainingPeers.isEmpty() && promisingPeers() < config.peersWanted()) {
      CheckpointPager pager = new CheckpointPager(remainingPeers.removeFirst(), config);
      pagers.add(pager);
      requests.add(new PageRequest(pager, pager.nextRequest()));
    }
    return requests;
  }

  /** Those who gave something, or still may. */
  private long promisingPeers() {
    return pagers.stream().filter(pager -> pager.hasContributed() || !pager.isFinished()).count();
  }

  private long contributingPeers() {
    return pagers.stream().filter(CheckpointPager::hasContributed).count();
  }

  /** Whether nothing is under way any more. */
  boolean isDone() {
    return pagers.stream().allMatch(CheckpointPager::isFinished);
  }

  /** What came so far. */
  CheckpointSyncRequest.SyncResult result() {
    return new CheckpointSyncRequest.SyncResult(
        pagers.stream().map(CheckpointPager::result).toList(),
        contributingPeers() >= config.peersWanted());
  }

  /** What came so far, with a reason on those who were not through. */
  CheckpointSyncRequest.SyncResult abandon(String why) {
    pagers.forEach(pager -> pager.abandon(why));
    return result();
  }
}
