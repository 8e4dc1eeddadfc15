package nara.checkpoint.consensus;

import io.vertx.core.Future;
import java.util.List;
import java.util.Set;
import nara.bus.Bus;
import nara.bus.Timeouts;
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
  private final Bus bus;

  ConsensusPorts(Bus bus) {
    this.bus = bus;
  }

  /** What this node's ledger says of somebody as of a moment, Unix seconds. */
  Future<Claim> claimAbout(String name, long atSeconds) {
    return bus.request(
            LedgerRequest.ADDRESS,
            new LedgerRequest.SummariseSubject(name, atSeconds),
            Timeouts.STEP)
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
    return bus.request(LedgerRequest.ADDRESS, new LedgerRequest.QueryEvents(newest), Timeouts.STEP)
        .map(LedgerRequest.QueryResult::events);
  }

  /** How many neighbours are online. */
  Future<Long> onlineNeighbours() {
    return bus.request(
            DiscoveryRequest.ADDRESS, new DiscoveryRequest.ListNeighbours(), Timeouts.STEP)
        .map(known -> known.neighbours().stream().filter(Neighbour::online).count());
  }

  /** Has an event judged and merged like any other. */
  Future<TrustRequest.OfferResult> offer(String source, byte[] event) {
    return bus.request(
        TrustRequest.ADDRESS,
        new TrustRequest.OfferEvents(source, RawEvents.of(event)),
        Timeouts.STEP);
  }

  /** Says something on the plaza; fails with a sentence when the broker does not have it. */
  Future<?> publish(CheckpointMessage word) {
    return bus.request(
            PlazaRequest.ADDRESS, new PlazaRequest.PublishCheckpointMessage(word), Timeouts.PUBLISH)
        .compose(
            published ->
                published.error().isEmpty()
                    ? Future.succeededFuture()
                    : Future.failedFuture(published.error()));
  }
}
