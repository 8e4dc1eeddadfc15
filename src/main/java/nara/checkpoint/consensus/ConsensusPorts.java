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
import nara.ledger.LedgerRequest.SummariseSubject;
import nara.ledger.Query;
import nara.mqtt.PlazaRequest;
import nara.mqtt.wire.CheckpointMessage;
import nara.trust.OfferSource;
import nara.trust.TrustRequest;

/** The requests of the consensus to the other parts of its node. */
final class ConsensusPorts {
  private final Bus bus;

  ConsensusPorts(Bus bus) {
    this.bus = bus;
  }

  /** This node's own claim about a nara at a time, Unix seconds. */
  Future<Claim> claimAbout(String name, long atSeconds) {
    return bus.request(LedgerRequest.ADDRESS, new SummariseSubject(name, atSeconds), Timeouts.STEP)
        .map(ConsensusPorts::toClaim);
  }

  private static Claim toClaim(SubjectSummary summary) {
    // Events after that time may make the uptime negative; a claim never is.
    return new Claim(
        new AgreedValues(
            Math.max(0, summary.restarts()),
            Math.max(0, summary.totalUptimeSeconds()),
            Math.max(0, summary.firstSeenSeconds())),
        summary.latestCheckpointId());
  }

  /** The newest checkpoint about a nara, if the ledger holds one. */
  Future<List<Event>> newestCheckpoint(String name) {
    Query newest =
        new Query.Recent(1, new Query.Filter(Set.of(Service.CHECKPOINT.wireName()), Set.of(name)));
    return bus.request(LedgerRequest.ADDRESS, new LedgerRequest.QueryEvents(newest), Timeouts.STEP)
        .map(LedgerRequest.QueryResult::events);
  }

  Future<Long> countOnlineNeighbours() {
    return bus.request(
            DiscoveryRequest.ADDRESS, new DiscoveryRequest.ListNeighbours(), Timeouts.STEP)
        .map(known -> known.neighbours().stream().filter(Neighbour::online).count());
  }

  /** Offers an event for verification and merging, as if a peer had sent it. */
  Future<TrustRequest.OfferResult> offer(OfferSource source, byte[] event) {
    return bus.request(
        TrustRequest.ADDRESS,
        new TrustRequest.OfferEvents(source, RawEvents.of(event)),
        Timeouts.STEP);
  }

  /** Publishes a message on the plaza; fails when the broker does not acknowledge it. */
  Future<?> publish(CheckpointMessage message) {
    return bus.request(
            PlazaRequest.ADDRESS,
            new PlazaRequest.PublishCheckpointMessage(message),
            Timeouts.PUBLISH)
        .compose(
            published ->
                published.error().isEmpty()
                    ? Future.succeededFuture()
                    : Future.failedFuture(published.error()));
  }
}
