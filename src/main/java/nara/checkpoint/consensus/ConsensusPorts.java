package nara.checkpoint.consensus;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import nara.bus.Bus;
import nara.checkpoint.consensus.Attestation.Claim;
import nara.discovery.DiscoveryRequest;
import nara.discovery.Neighbour;
import nara.event.Checkpoint.AgreedValues;
import nara.event.Event;
import nara.event.Service;
import nara.event.json.RawEvents;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.SubjectSummary;
import nara.ledger.Query;
import nara.mqtt.PlazaRequest;
import nara.mqtt.wire.CheckpointMessage;
import nara.trust.TrustRequest;

/** What the consensus asks of the other parts of its node, over the bus. */
final class ConsensusPorts {
  /** For the ledger, the judge and discovery to answer. */
  private static final Duration LOCAL_TIMEOUT = Duration.ofSeconds(30);

  /** For the broker to acknowledge: it is given up there after half a minute already. */
  private static final Duration PUBLISH_TIMEOUT = Duration.ofMinutes(1);

  private final Bus bus;

  ConsensusPorts(Bus bus) {
    this.bus = bus;
  }

  /** What this node's ledger says of somebody as of a moment, Unix seconds. */
  Future<Claim> claimAbout(String name, long atSeconds) {
    return bus.request(
            LedgerRequest.ADDRESS,
            new LedgerRequest.SummariseSubject(name, atSeconds),
            LOCAL_TIMEOUT)
        .map(ConsensusPorts::toClaim);
  }

  private static Claim toClaim(SubjectSummary subjectSummary) {
    // Events of a later time than the moment may make an uptime negative; no claim is.
    return new Claim(
        new AgreedValues(
            Math.max(0, subjectSummary.restarts()),
            Math.max(0, subjectSummary.totalUptimeSeconds()),
            Math.max(0, subjectSummary.firstSeenSeconds())),
        subjectSummary.latestCheckpointId());
  }

  /** The newest checkpoint about somebody, if there is one. */
  Future<List<Event>> newestCheckpoint(String name) {
    Query newest =
        new Query.Recent(1, new Query.Filter(Set.of(Service.CHECKPOINT.wireName()), Set.of(name)));
    return bus.request(LedgerRequest.ADDRESS, new LedgerRequest.QueryEvents(newest), LOCAL_TIMEOUT)
        .map(LedgerRequest.QueryResult::events);
  }

  /** How many neighbours are online. */
  Future<Long> onlineNeighbours() {
    return bus.request(
            DiscoveryRequest.ADDRESS, new DiscoveryRequest.ListNeighbours(), LOCAL_TIMEOUT)
        .map(known -> known.neighbours().stream().filter(Neighbour::online).count());
  }

  /** Has an event judged and merged like any other. */
  Future<TrustRequest.OfferResult> offer(String source, byte[] event) {
    return bus.request(
        TrustRequest.ADDRESS,
        new TrustRequest.OfferEvents(source, RawEvents.of(event)),
        LOCAL_TIMEOUT);
  }

  /** Says something on the plaza; fails with a sentence when the broker does not have it. */
  Future<?> publish(CheckpointMessage word) {
    return bus.request(
            PlazaRequest.ADDRESS, new PlazaRequest.PublishCheckpointMessage(word), PUBLISH_TIMEOUT)
        .compose(
            published ->
                published.error().isEmpty()
                    ? Future.succeededFuture()
                    : Future.failedFuture(published.error()));
  }
}
