package nara.mqtt;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import nara.bus.Bus;
import nara.bus.BusFailure;
import nara.bus.Scheduler;
import nara.bus.Timeouts;
import nara.mqtt.PlazaRequest.FetchLedgers;
import nara.mqtt.PlazaRequest.LedgersFetched;
import nara.mqtt.PlazaRequest.NeighbourResponse;
import nara.mqtt.wire.LedgerRequestMessage;
import nara.mqtt.wire.PlazaMessage;
import nara.mqtt.wire.Topics;
import nara.trust.OfferSource;
import nara.trust.TrustRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs {@link LedgerFetch}es: sends their requests, and gives them responses and the time. */
final class LedgerFetcher {
  private static final Logger LOG = LoggerFactory.getLogger(LedgerFetcher.class);

  private static final class Pending {
    private final LedgerFetch fetch;
    private final Promise<LedgersFetched> promise = Promise.promise();
    private Scheduler.TimerHandle nextCheck = () -> {};

    Pending(LedgerFetch fetch) {
      this.fetch = fetch;
    }
  }

  private final Vertx vertx;
  private final Scheduler scheduler;
  private final InstantSource steady;
  private final String me;
  private final PlazaConnection connection;
  private final Duration reconnectTime;
  private final List<Pending> pending = new ArrayList<>();

  /** Bytes that the late responses of a peer may have. */
  private final Map<String, Long> lateRoom = new HashMap<>();

  LedgerFetcher(
      Vertx vertx,
      Scheduler scheduler,
      String me,
      PlazaConnection connection,
      Duration reconnectTime) {
    this.vertx = vertx;
    this.scheduler = scheduler;
    this.steady = scheduler.steady();
    this.me = me;
    this.connection = connection;
    this.reconnectTime = reconnectTime;
  }

  /** Fetches. A peer whose name cannot stand in a topic gets no request, and the result says so. */
  Future<LedgersFetched> fetch(FetchLedgers request) {
    Map<String, List<String>> subjects = new LinkedHashMap<>(request.subjectsByNeighbour());
    Map<String, String> nameErrors = new LinkedHashMap<>();
    subjects
        .keySet()
        .forEach(name -> Topics.nameError(name).ifPresent(error -> nameErrors.put(name, error)));
    subjects.keySet().removeAll(nameErrors.keySet());
    FetchLedgers valid = new FetchLedgers(subjects, request.stallTimeout(), request.timeout());
    Pending started =
        new Pending(
            new LedgerFetch(valid, reconnectTime, connection.maxPayloadBytes(), steady.instant()));
    pending.add(started);
    if (connection.connected()) {
      send(started, started.fetch.onConnected(steady.instant()));
    }
    checkProgress(started);
    return started.promise.future().map(result -> withNameErrors(result, nameErrors));
  }

  private static LedgersFetched withNameErrors(
      LedgersFetched result, Map<String, String> nameErrors) {
    Set<String> unanswered = new TreeSet<>(result.unanswered());
    unanswered.addAll(nameErrors.keySet());
    String error =
        result.error().isEmpty() ? String.join("; ", nameErrors.values()) : result.error();
    return new LedgersFetched(result.responses(), unanswered, error);
  }

  void onConnected() {
    for (Pending each : List.copyOf(pending)) {
      send(each, each.fetch.onConnected(steady.instant()));
      checkProgress(each);
    }
  }

  void onConnectionLost() {
    for (Pending each : List.copyOf(pending)) {
      each.fetch.onConnectionLost(steady.instant());
      checkProgress(each);
    }
  }

  void onAnnouncement(String name) {
    for (Pending each : List.copyOf(pending)) {
      if (each.fetch.onAnnouncement(name, steady.instant())) {
        send(each, List.of(name));
        checkProgress(each);
      }
    }
  }

  /**
   * A peer responded.
   *
   * @return a Future that ends when its events are merged; empty when no fetch wants the response
   */
  Optional<Future<?>> onResponse(PlazaMessage.IncomingResponse response) {
    String from = response.from();
    for (Pending each : List.copyOf(pending)) {
      if (each.fetch.onResponse(from, response.bytes(), steady.instant())) {
        int events = response.events().size();
        return Optional.of(
            offer(response)
                .map(result -> new NeighbourResponse(from, response.bytes(), events, result))
                .onSuccess(merged -> each.fetch.onMerged(merged, steady.instant()))
                .onFailure(failure -> each.fetch.onMergeFailed(from, steady.instant()))
                .onComplete(ended -> checkProgress(each)));
      }
    }
    return takesLate(response) ? Optional.of(offer(response)) : Optional.empty();
  }

  /** One response in the peer's name may be false, so a late one of few bytes leaves room. */
  private boolean takesLate(PlazaMessage.IncomingResponse response) {
    Long room = lateRoom.get(response.from());
    if (room == null) {
      return false;
    }
    long left = room - response.bytes();
    if (left > 0) {
      lateRoom.put(response.from(), left);
    } else {
      lateRoom.remove(response.from());
    }
    return true;
  }

  void stop() {
    List.copyOf(pending).forEach(each -> complete(each, each.fetch.resultOnStop()));
  }

  private Future<TrustRequest.OfferResult> offer(PlazaMessage.IncomingResponse response) {
    if (response.events().size() == 0) {
      return Future.succeededFuture(TrustRequest.OfferResult.NONE);
    }
    return Bus.of(vertx)
        .request(
            TrustRequest.ADDRESS,
            new TrustRequest.OfferEvents(OfferSource.BROKER, response.events()),
            Timeouts.MERGE)
        .onFailure(
            failure ->
                LOG.atLevel(BusFailure.logLevel(failure))
                    .log(
                        "Failed to merge a ledger response from the plaza; from={} reason={}",
                        response.from(),
                        failure.getMessage()));
  }

  private void send(Pending to, List<String> names) {
    for (String name : names) {
      byte[] request = new LedgerRequestMessage(me, to.fetch.subjectsOf(name)).json();
      // A request that was not written is repeated with the others that get no response.
      connection
          .publish(Topics.request(name), request)
          .onFailure(
              failure -> LOG.debug("A ledger request was not sent: {}", failure.getMessage()));
    }
  }

  private void checkProgress(Pending checked) {
    if (!pending.contains(checked)) {
      return;
    }
    // One instant for the whole check: a stall that began in the middle of it would neither end the
    // fetch now nor cause another check before the deadline.
    Instant now = steady.instant();
    send(checked, checked.fetch.retries(now));
    Optional<LedgersFetched> result = checked.fetch.result(now, connection.error());
    if (result.isPresent()) {
      complete(checked, result.get());
      return;
    }
    checked.nextCheck.cancel();
    checked.nextCheck =
        scheduler.schedule(vertx, checked.fetch.nextCheck(now), () -> checkProgress(checked));
  }

  private void complete(Pending completed, LedgersFetched result) {
    pending.remove(completed);
    completed.nextCheck.cancel();
    completed.fetch.withoutEvents().stream()
        .limit(Math.max(0, MqttLimits.MAX_LATE_RESPONDERS - lateRoom.size()))
        .forEach(name -> lateRoom.put(name, (long) connection.maxPayloadBytes()));
    completed.promise.complete(result);
  }
}
