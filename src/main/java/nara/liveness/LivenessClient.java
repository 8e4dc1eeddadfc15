package nara.liveness;

import io.vertx.core.Future;
import java.time.Instant;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Request;
import nara.bus.Timeouts;
import nara.discovery.DiscoveryRequest;
import nara.event.Event;
import nara.event.Observation;
import nara.event.ReadResult;
import nara.event.Verdict;
import nara.event.json.EventReader;
import nara.event.json.EventWriter;
import nara.identity.Identity;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.ledger.LedgerRequest.SubjectSummary;
import nara.presence.OwnEvent;

/** The bus requests of presence checks, backfill and expiry. */
final class LivenessClient {
  private final Bus bus;
  private final Identity me;
  private final EventReader reader = new EventReader();
  private long observations;

  LivenessClient(Bus bus, Identity me) {
    this.bus = bus;
    this.me = me;
  }

  <R extends BusMessage> Future<R> request(String address, Request<R> request) {
    return bus.request(address, request, Timeouts.STEP);
  }

  Future<Neighbourhood> neighbourhood(Instant now) {
    return request(DiscoveryRequest.ADDRESS, new DiscoveryRequest.ListNeighbours())
        .map(DiscoveryRequest.NeighbourList::byName)
        .compose(
            neighbours ->
                request(
                        LedgerRequest.ADDRESS,
                        new LedgerRequest.FindSightings(neighbours.keySet(), now.getEpochSecond()))
                    .map(found -> new Neighbourhood(neighbours, found.bySubject())));
  }

  Future<SubjectSummary> summary(String name, Instant at) {
    return request(
        LedgerRequest.ADDRESS, new LedgerRequest.SummariseSubject(name, at.getEpochSecond()));
  }

  /**
   * Signs an observation of this node, and has the ledger record it. It needs no verification. The
   * ledger drops it when it repeats another one, or when there are too many about the subject.
   */
  Future<?> record(Observation observation, Instant at) {
    byte[] json = EventWriter.writeSigned(me, Event.unixNanos(at), observation);
    Event event = ((ReadResult.ParsedEvent) reader.read(json)).event();
    return request(
            LedgerRequest.ADDRESS,
            new LedgerRequest.RecordObservation(new JudgedEvent(event, Verdict.VALID)))
        .onSuccess(
            merged -> {
              if (merged.added() > 0) {
                observations++;
                bus.publish(OwnEvent.ADDRESS, new OwnEvent.Added(event.service(), json));
              }
            });
  }

  /** How many recorded observations were new. */
  long observations() {
    return observations;
  }
}
