package nara.mqtt;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import nara.bus.Bus;
import nara.bus.Scheduler;
import nara.bus.Timeouts;
import nara.mqtt.PlazaRequest.FetchLedgers;
import nara.mqtt.PlazaRequest.LedgersFetched;
import nara.mqtt.PlazaRequest.NeighbourResponse;
import nara.mqtt.wire.LedgerRequestMessage;
import nara.mqtt.wire.PlazaMessage;
import nara.mqtt.wire.Topics;
import nara.trust.TrustRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out the rounds of asking ledgers: sends their questions, gives them answers and time. */
final class LedgerFetcher {
  private static final Logger LOG = LoggerFactory.getLogger(LedgerFetcher.class);

  /** Neighbours whose answers are still welcome after their round has ended. */
  private static final int MAX_LATE_RESPONDERS = 100;

  private record PendingFetch(
      LedgerFetch fetch, Promise<LedgersFetched> promise, Scheduler.TimerHandle[] nextCheck) {}

  private final Vertx vertx;
  private final Bus bus;
  private final Scheduler scheduler;
  private final String me;
  private final PlazaConnection connection;
  private final Duration stallTimeoutAfterReconnect;
  private final List<PendingFetch> pendingFetches = new ArrayList<>();
  private final Set<String> lateResponders = new LinkedHashSet<>();

  LedgerFetcher(
      Vertx vertx,
      Bus bus,
      Scheduler scheduler,
      String me,
      PlazaConnection connection,
      Duration stallTimeoutAfterReconnect) {
    this.vertx = vertx;
    this.bus = bus;
    this.scheduler = scheduler;
    this.me = me;
    this.connection = connection;
    this.stallTimeoutAfterReconnect = stallTimeoutAfterReconnect;
  }

  /** Asks; names that cannot stand in a topic are not asked, and the result says so. */
  Future<LedgersFetched> fetch(FetchLedgers request) {
    Map<String, List<String>> validSubjects = new LinkedHashMap<>();
    Set<String> invalidNames = new TreeSet<>();
    StringBuilder nameErrors = new StringBuilder();
    request
        .subjectsByNeighbour()
        .forEach(
            (name, subjects) -> {
              var nameError = Topics.nameError(name);
              if (nameError.isEmpty()) {
                validSubjects.put(name, subjects);
              } else if (invalidNames.add(name)) {
                nameErrors.append(nameErrors.isEmpty() ? "" : "; ").append(nameError.get());
              }
            });
    LedgerFetch fetch =
        new LedgerFetch(
            new FetchLedgers(validSubjects, request.stallTimeout(), request.timeout()),
            stallTimeoutAfterReconnect,
            scheduler.instant());
    PendingFetch pendingFetch =
        new PendingFetch(fetch, Promise.promise(), new Scheduler.TimerHandle[] {() -> {}});
    pendingFetches.add(pendingFetch);
    if (connection.connected()) {
      send(pendingFetch, fetch.onConnected(scheduler.instant()));
    }
    checkProgress(pendingFetch);
    return pendingFetch
        .promise
        .future()
        .map(
            result -> {
              Set<String> unanswered = new TreeSet<>(result.unanswered());
              unanswered.addAll(invalidNames);
              String error = result.error().isEmpty() ? nameErrors.toString() : result.error();
              return new LedgersFetched(result.responses(), unanswered, error);
            });
  }

  /** The broker is there. */
  void onConnected() {
    for (PendingFetch pendingFetch : List.copyOf(pendingFetches)) {
      send(pendingFetch, pendingFetch.fetch.onConnected(scheduler.instant()));
      checkProgress(pendingFetch);
    }
  }

  /** The broker is gone. */
  void onConnectionLost() {
    for (PendingFetch pendingFetch : List.copyOf(pendingFetches)) {
      pendingFetch.fetch.onConnectionLost(scheduler.instant());
      checkProgress(pendingFetch);
    }
  }

  /** Somebody announced itself. */
  void onAnnouncement(String name) {
    for (PendingFetch pendingFetch : List.copyOf(pendingFetches)) {
      if (pendingFetch.fetch.onAnnouncement(name, scheduler.instant())) {
        send(pendingFetch, List.of(name));
        checkProgress(pendingFetch);
      }
    }
  }

  /**
   * Somebody answered.
   *
   * @return done when its events are merged; null when nobody had asked it
   */
  Future<?> onResponse(PlazaMessage.IncomingResponse incomingResponse) {
    String from = incomingResponse.from();
    for (PendingFetch pendingFetch : List.copyOf(pendingFetches)) {
      if (pendingFetch.fetch.onResponse(from, scheduler.instant())) {
        return offer(incomingResponse)
            .onComplete(
                offered -> {
                  if (offered.succeeded()) {
                    NeighbourResponse merged =
                        new NeighbourResponse(
                            from,
                            incomingResponse.bytes(),
                            incomingResponse.events().size(),
                            offered.result());
                    pendingFetch.fetch.onMerged(merged, scheduler.instant());
                  } else {
                    pendingFetch.fetch.onMergeFailed(from, scheduler.instant());
                  }
                  checkProgress(pendingFetch);
                });
      }
    }
    return lateResponders.remove(from) ? offer(incomingResponse) : null;
  }

  /** Ends all rounds at once. */
  void stop() {
    for (PendingFetch pendingFetch : List.copyOf(pendingFetches)) {
      complete(pendingFetch, pendingFetch.fetch.resultOnStop());
    }
  }

  private Future<TrustRequest.OfferResult> offer(PlazaMessage.IncomingResponse incomingResponse) {
    return bus.request(
            TrustRequest.ADDRESS,
            new TrustRequest.OfferEvents(
                incomingResponse.from(), incomingResponse.json(), incomingResponse.events()),
            Timeouts.MERGE)
        .onFailure(
            failure -> LOG.warn("An answer over the plaza was not merged: {}", failure.toString()));
  }

  private void send(PendingFetch pendingFetch, List<String> names) {
    for (String name : names) {
      byte[] request = new LedgerRequestMessage(me, pendingFetch.fetch.subjectsOf(name)).json();
      // A question that could not be written is asked again with the others that stay silent.
      connection
          .publish(Topics.request(name), request)
          .onFailure(failure -> LOG.debug("A question was not sent: {}", failure.getMessage()));
    }
  }

  private void checkProgress(PendingFetch pendingFetch) {
    if (!pendingFetches.contains(pendingFetch)) {
      return;
    }
    // One moment for the whole look: a quiet period that ended in the middle of it would be neither
    // a reason to end now nor one to look again before the deadline.
    Instant now = scheduler.instant();
    send(pendingFetch, pendingFetch.fetch.retries(now));
    pendingFetch
        .fetch
        .result(now, connection.error())
        .ifPresentOrElse(
            result -> complete(pendingFetch, result),
            () -> {
              pendingFetch.nextCheck[0].cancel();
              Duration wait = pendingFetch.fetch.nextCheck(now);
              pendingFetch.nextCheck[0] =
                  scheduler.schedule(vertx, wait, () -> checkProgress(pendingFetch));
            });
  }

  private void complete(PendingFetch pendingFetch, LedgersFetched result) {
    pendingFetches.remove(pendingFetch);
    pendingFetch.nextCheck[0].cancel();
    for (String name : result.unanswered()) {
      if (lateResponders.size() < MAX_LATE_RESPONDERS) {
        lateResponders.add(name);
      }
    }
    pendingFetch.promise.complete(result);
  }
}
