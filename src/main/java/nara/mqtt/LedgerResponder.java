package nara.mqtt;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import nara.bounds.RateLimiter;
import nara.bus.Bus;
import nara.bus.Timeouts;
import nara.event.Event;
import nara.event.Service;
import nara.event.Social;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.QueryResult;
import nara.ledger.Query;
import nara.ledger.Query.Filter;
import nara.mqtt.wire.LedgerRequestMessage;
import nara.mqtt.wire.LedgerResponseMessage;
import nara.mqtt.wire.LedgerResponseMessage.SocialEntry;
import nara.mqtt.wire.Topics;

/** Responds to the ledger requests of other naras, one after the other. */
final class LedgerResponder {
  private final Vertx vertx;
  private final String me;
  private final PlazaConnection connection;
  private final long maxBytesInAll;
  private final RateLimiter limitPerName;
  private final RateLimiter limitInAll;
  private Future<Void> lastResponse = Future.succeededFuture();

  /**
   * @param maxBytesInAll of the messages that respond to one request
   */
  LedgerResponder(
      Vertx vertx, InstantSource clock, String me, PlazaConnection connection, long maxBytesInAll) {
    this.maxBytesInAll = maxBytesInAll;
    this.vertx = vertx;
    this.me = me;
    this.connection = connection;
    this.limitPerName =
        RateLimiter.per(MqttLimits.RATE_WINDOW, MqttLimits.MAX_REQUESTS_PER_NAME, clock);
    this.limitInAll = RateLimiter.per(MqttLimits.RATE_WINDOW, MqttLimits.MAX_REQUESTS, clock);
  }

  /**
   * Responds to a request after the earlier ones.
   *
   * @return a Future that ends when the response is written; empty when the rate limit rejects the
   *     request
   */
  Optional<Future<?>> respond(LedgerRequestMessage request) {
    // Names are not proved, so the limit in all bounds the work.
    if (limitInAll.isExhausted("")
        || !limitPerName.tryAcquire(request.from())
        || !limitInAll.tryAcquire("")) {
      return Optional.empty();
    }
    lastResponse =
        lastResponse.transform(before -> query(request).compose(found -> send(request, found)));
    return Optional.of(lastResponse);
  }

  private Future<Deque<Event>> query(LedgerRequestMessage request) {
    Set<String> subjects = Set.copyOf(request.subjects());
    if (subjects.isEmpty()) {
      // A filter without subjects would pass all events.
      return Future.succeededFuture(new ArrayDeque<>());
    }
    boolean everybody = subjects.contains(LedgerRequestMessage.EVERYBODY);
    Filter filter = new Filter(Set.of(Service.SOCIAL.wireName()), everybody ? Set.of() : subjects);
    return collectPages(filter, Long.MIN_VALUE, 1, new ArrayDeque<>());
  }

  /** The newest matching events, oldest first, at most as many as a response may hold. */
  private Future<Deque<Event>> collectPages(
      Filter filter, long after, int page, Deque<Event> found) {
    Query query = new Query.Page(after, Query.MAX_EVENTS, filter);
    return Bus.of(vertx)
        .<QueryResult>request(
            LedgerRequest.ADDRESS, new LedgerRequest.QueryEvents(query), Timeouts.GOSSIP)
        .compose(
            result -> {
              found.addAll(result.events());
              while (found.size() > LedgerResponseMessage.MAX_EVENTS) {
                found.removeFirst();
              }
              return result.nextCursor().isPresent() && page < MqttLimits.MAX_PAGES
                  ? collectPages(filter, result.nextCursor().get(), page + 1, found)
                  : Future.succeededFuture(found);
            });
  }

  /**
   * Sends the newest events that fit into one message. A request for everybody's events is the last
   * one of a recovery, so further messages have the older ones, as far as the configured size of a
   * message goes in all.
   */
  private Future<Void> send(LedgerRequestMessage request, Deque<Event> found) {
    boolean everybody = request.subjects().contains(LedgerRequestMessage.EVERYBODY);
    return sendPart(request.from(), found, everybody ? maxBytesInAll : 0);
  }

  private Future<Void> sendPart(String to, Deque<Event> left, long bytesLeft) {
    return vertx
        .executeBlocking(() -> new LedgerResponseMessage(me, takeNewestThatFit(left)).json(), false)
        .compose(
            json ->
                connection
                    .publish(Topics.response(to), json)
                    .compose(
                        sent ->
                            left.isEmpty() || bytesLeft <= json.length
                                ? Future.succeededFuture()
                                : sendPart(to, left, bytesLeft - json.length)));
  }

  /** Takes the newest events that fit into one message, oldest first. */
  private List<SocialEntry> takeNewestThatFit(Deque<Event> found) {
    List<SocialEntry> entries = new ArrayList<>();
    long room = connection.maxPayloadBytes() - 2L * Topics.MAX_NAME_BYTES;
    while (!found.isEmpty()) {
      Event event = found.removeLast();
      if (event.payload() instanceof Social social) {
        SocialEntry entry = SocialEntry.of(event, social);
        room -= entry.json().length + 1L;
        if (room < 0) {
          if (!entries.isEmpty()) {
            found.addLast(event);
          }
          break;
        }
        entries.add(entry);
      }
    }
    Collections.reverse(entries);
    return entries;
  }
}
