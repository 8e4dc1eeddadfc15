package nara.recovery;

import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import nara.bounds.LogOnce;
import nara.bus.Bus;
import nara.bus.BusFailure;
import nara.bus.Timeouts;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.client.PeerKeySource;
import nara.recovery.ClusterWorkRequest.FetchedByMember;
import nara.recovery.ClusterWorkRequest.LeaderHandover;
import nara.recovery.ClusterWorkRequest.ReplayLogEntry;
import nara.recovery.PlanCommand.StartFetch;
import nara.recovery.report.Report;
import nara.trust.KeySearch;
import nara.trust.KeySearch.KeySearchResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the work of a recovery that the members of a cluster can share. The defaults are those of a
 * node that runs alone.
 */
interface RecoveryRunner {
  /** The progress of an earlier leader. */
  default LeaderHandover handover() {
    return LeaderHandover.NONE;
  }

  /** Whether the recovery continues on another node when this one stops. */
  default boolean outlivesNode() {
    return false;
  }

  /** Fetches, verifies and merges one response of a peer. */
  Future<FetchedByMember> fetch(StartFetch fetch);

  Future<KeySearchResult> searchKeys(List<Peer> peers);

  /** Stores an event, so that a later leader can replay it. Index 0 starts a new log. */
  default void append(int index, ReplayLogEntry entry) {}

  default void storeReport(Report report) {}

  /** Runs all work in this JVM. */
  record Local(Bus bus) implements RecoveryRunner {
    @Override
    public Future<FetchedByMember> fetch(StartFetch fetch) {
      return bus.request(
              MeshRequest.ADDRESS,
              new MeshRequest.FetchPage(
                  fetch.peer(), fetch.query(), fetch.timeout(), Optional.of(fetch.stallTimeout())),
              fetch.timeout().plus(Timeouts.MERGE_ALLOWANCE))
          .map(outcome -> new FetchedByMember("", outcome));
    }

    @Override
    public Future<KeySearchResult> searchKeys(List<Peer> peers) {
      return new KeySearch(bus, new PeerKeySource(bus, peers)).search();
    }
  }

  /** Runs the work on the members of this leader's cluster and stores the progress there. */
  record Clustered(Bus bus, LeaderHandover handover, LogOnce appendFailures)
      implements RecoveryRunner {
    private static final Logger LOG = LoggerFactory.getLogger(RecoveryRunner.class);

    Clustered(Bus bus, LeaderHandover handover) {
      this(bus, handover, new LogOnce(LOG::warn));
    }

    @Override
    public boolean outlivesNode() {
      return true;
    }

    @Override
    public Future<FetchedByMember> fetch(StartFetch fetch) {
      return bus.request(
          ClusterWorkRequest.ADDRESS,
          new ClusterWorkRequest.FetchOnMember(
              fetch.peer(), fetch.query(), fetch.timeout(), fetch.stallTimeout()),
          fetch.timeout().plus(Timeouts.MERGE_ALLOWANCE));
    }

    @Override
    public Future<KeySearchResult> searchKeys(List<Peer> peers) {
      return bus.request(
          ClusterWorkRequest.ADDRESS,
          new ClusterWorkRequest.SearchKeysOnMembers(peers),
          Timeouts.CHECKPOINTS);
    }

    /** A lost entry costs little: a later leader repeats the calls that follow it. */
    @Override
    public void append(int index, ReplayLogEntry entry) {
      bus.request(
              ClusterWorkRequest.ADDRESS,
              new ClusterWorkRequest.AppendEntry(index, entry),
              Timeouts.LOCAL)
          .onSuccess(done -> appendFailures.clear())
          .onFailure(
              failure ->
                  appendFailures.log(
                      "Failed to store the recovery's progress; continuing reason="
                          + failure.getMessage()));
    }

    @Override
    public void storeReport(Report report) {
      bus.request(
              ClusterWorkRequest.ADDRESS,
              new ClusterWorkRequest.StoreReport(report),
              Timeouts.LOCAL)
          .onFailure(
              failure ->
                  LOG.atLevel(BusFailure.logLevel(failure))
                      .log(
                          "Failed to store the recovery report; a later leader recovers again;"
                              + " reason={}",
                          failure.getMessage()));
    }
  }
}
