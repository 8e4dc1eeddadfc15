package nara.checkpoint.sync;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.random.RandomGenerator;
import nara.checkpoint.sync.CheckpointSyncRequest.SyncResult;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.FetchFailed;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.wire.MeshFailure;

/**
 * One sync: asks peers for their checkpoints, in random order, until enough of them contributed.
 *
 * <p>It asks as many peers at the same time as are still wanted, so a slow one delays no other. The
 * order in which equal checkpoints arrive makes no difference to the ledger.
 *
 * <p>Pure: outcomes come in, requests go out. Not thread-safe.
 */
final class CheckpointSync {
  /** A request to send; its outcome goes to {@link #onOutcome}. */
  record PageRequest(CheckpointPager pager, MeshRequest<FetchOutcome> request) {}

  private final CheckpointSyncConfig config;
  private final Deque<Peer> remainingPeers;
  private final List<CheckpointPager> pagers = new ArrayList<>();
  private boolean meshStopping;

  CheckpointSync(List<Peer> peers, CheckpointSyncConfig config, RandomGenerator random) {
    List<Peer> order = new ArrayList<>(new LinkedHashSet<>(peers));
    Collections.shuffle(order, java.util.Random.from(random));
    this.config = config;
    this.remainingPeers = new ArrayDeque<>(order);
  }

  /** Requests to further peers, as many as are still wanted. */
  List<PageRequest> nextRequests() {
    List<PageRequest> requests = new ArrayList<>();
    while (!meshStopping && !remainingPeers.isEmpty() && promisingPeers() < config.peersWanted()) {
      CheckpointPager pager = new CheckpointPager(remainingPeers.removeFirst(), config);
      pagers.add(pager);
      requests.add(new PageRequest(pager, pager.nextRequest()));
    }
    return requests;
  }

  /** Takes the outcome of a request, and returns the requests that follow. */
  List<PageRequest> onOutcome(PageRequest request, FetchOutcome outcome) {
    meshStopping |=
        outcome instanceof FetchFailed failed && failed.failure() == MeshFailure.STOPPING;
    CheckpointPager pager = request.pager();
    return pager
        .onOutcome(outcome)
        .map(next -> List.of(new PageRequest(pager, next)))
        .orElseGet(this::nextRequests);
  }

  /** Peers that gave all of theirs, or still may. */
  private long promisingPeers() {
    return pagers.stream().filter(pager -> pager.hasGivenAll() || !pager.isFinished()).count();
  }

  boolean isDone() {
    return pagers.stream().allMatch(CheckpointPager::isFinished);
  }

  SyncResult result() {
    return new SyncResult(
        pagers.stream().map(CheckpointPager::result).toList(),
        pagers.stream().filter(CheckpointPager::hasGivenAll).count() >= config.peersWanted());
  }

  /** Ends the sync early; the reason appears on each peer that has not finished. */
  SyncResult abandon(String reason) {
    pagers.forEach(pager -> pager.abandon(reason));
    return result();
  }
}
