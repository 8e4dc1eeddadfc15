package nara.checkpoint;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import nara.bus.Bus;
import nara.checkpoint.Attestation.Claim;
import nara.discovery.DiscoveryRequest;
import nara.discovery.Neighbour;
import nara.event.Checkpoint.Standing;
import nara.event.Event;
import nara.event.JsonSpans.Span;
import nara.event.Service;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.Derived;
import nara.ledger.Query;
import nara.plaza.CheckpointWord;
import nara.plaza.PlazaRequest;
import nara.trust.TrustRequest;

/** What the consensus asks of the other parts of its node, over the bus. */
final class Surroundings {
  /** For the ledger, the judge and discovery to answer. */
  private static final Duration LOCAL_TIMEOUT = Duration.ofSeconds(30);

  /** For the broker to acknowledge: it is given up there after half a minute already. */
  private static final Duration SAY_TIMEOUT = Duration.ofMinutes(1);

  private final Bus bus;

  Surroundings(Bus bus) {
    this.bus = bus;
  }

  /** What this node's ledger says of somebody as of a moment, Unix seconds. */
  Future<Claim> about(String name, long atSeconds) {
    return bus.ask(
            LedgerRequest.ADDRESS, new LedgerRequest.AboutSubject(name, atSeconds), LOCAL_TIMEOUT)
        .map(Surroundings::claim);
  }

  private static Claim claim(Derived derived) {
    // Events of a later time than the moment may make an uptime negative; no claim is.
    return new Claim(
        new Standing(
            Math.max(0, derived.restarts()),
            Math.max(0, derived.totalUptimeSeconds()),
            Math.max(0, derived.firstSeenSeconds())),
        derived.latestCheckpointId());
  }

  /** The newest checkpoint about somebody, if there is one. */
  Future<List<Event>> newestCheckpoint(String name) {
    Query newest =
        new Query.Recent(1, new Query.Filter(Set.of(Service.CHECKPOINT.wireName()), Set.of(name)));
    return bus.ask(LedgerRequest.ADDRESS, new LedgerRequest.Ask(newest), LOCAL_TIMEOUT)
        .map(LedgerRequest.Answer::events);
  }

  /** How many neighbours are online. */
  Future<Long> online() {
    return bus.ask(DiscoveryRequest.ADDRESS, new DiscoveryRequest.WhoIsThere(), LOCAL_TIMEOUT)
        .map(there -> there.neighbours().stream().filter(Neighbour::online).count());
  }

  /** Has an event judged and merged like any other. */
  Future<TrustRequest.Offered> offer(String source, byte[] event) {
    return bus.ask(
        TrustRequest.ADDRESS,
        new TrustRequest.Offer(source, event, List.of(new Span(0, event.length))),
        LOCAL_TIMEOUT);
  }

  /** Says something on the plaza; fails with a sentence when the broker does not have it. */
  Future<?> say(CheckpointWord word) {
    return bus.ask(PlazaRequest.ADDRESS, new PlazaRequest.Say(word), SAY_TIMEOUT)
        .compose(
            said ->
                said.trouble().isEmpty()
                    ? Future.succeededFuture()
                    : Future.failedFuture(said.trouble()));
  }
}
