package nara.mqtt;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
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
import nara.mqtt.wire.LedgerRequestMessage;
import nara.mqtt.wire.LedgerResponseMessage;
import nara.mqtt.wire.LedgerResponseMessage.SocialEntry;
import nara.mqtt.wire.Topics;

/** Answers others' questions from the ledger, one after the other. */
final class LedgerResponder {
  private static final Duration RATE_WINDOW = Duration.ofSeconds(10);

  /** Questions of one asker in a period: a first one, and those repeated by its reconnects. */
  private static final int MAX_REQUESTS_PER_NAME = 6;

  /** Questions of all in a period: each may cost a walk through the ledger and a large message. */
  private static final int MAX_REQUESTS_TOTAL = 60;

  /** Pages of the ledger that one answer may take: a million events, three times the largest. */
  private static final int MAX_PAGES = 200;

  private final Vertx vertx;
  private final Bus bus;
  private final String me;
  private final PlazaConnection connection;
  private final int maxBytes;
  private final RateLimiter requestsPerName;
  private final RateLimiter requestsInAll;
  private Future<Void> lastResponse = Future.succeededFuture();

  /**
   * Answers over that connection.
   *
   * @param maxBytes of an answer
   */
  LedgerResponder(
      Vertx vertx,
      Bus bus,
      InstantSource clock,
      String me,
      PlazaConnection connection,
      int maxBytes) {
    this.vertx = vertx;
    this.bus = bus;
    this.requestsPerName = RateLimiter.per(RATE_WINDOW, MAX_REQUESTS_PER_NAME, clock);
    this.requestsInAll = RateLimiter.per(RATE_WINDOW, MAX_REQUESTS_TOTAL, clock);
    this.me = me;
    this.connection = connection;
    this.maxBytes = maxBytes;
  }

  /**
   * Answers a question after those before it.
   *
   * @return done when the answer is written; null when it was one question too many
   */
  Future<?> respond(LedgerRequestMessage question) {
    // A name is claimed, not proved: the limit in all bounds the work.
    if (requestsInAll.isExhausted("")
        || !requestsPerName.tryAcquire(question.from())
        || !requestsInAll.tryAcquire("")) {
      return null;
    }
    lastResponse =
        lastResponse.transform(before -> query(question).compose(found -> send(question, found)));
    return lastResponse;
  }

  /** Who asks about nobody gets nothing; a filter without subjects would let everything pass. */
  private Future<Collection<Event>> query(LedgerRequestMessage question) {
    if (question.subjects().isEmpty()) {
      return Future.succeededFuture(List.of());
    }
    Set<String> subjects = Set.copyOf(question.subjects());
    Query.Filter filter =
        new Query.Filter(
            Set.of(Service.SOCIAL.wireName()),
            subjects.contains(LedgerRequestMessage.EVERYBODY) ? Set.of() : subjects);
    return collectPages(filter, Long.MIN_VALUE, 1, new ArrayDeque<>());
  }

  /** The newest events that pass, oldest first, no more than one answer may hold. */
  private Future<Collection<Event>> collectPages(
      Query.Filter filter, long after, int page, Deque<Event> found) {
    Query query = new Query.Page(after, Query.MAX_EVENTS, filter);
    return bus.<QueryResult>request(
            LedgerRequest.ADDRESS, new LedgerRequest.QueryEvents(query), Timeouts.GOSSIP)
        .compose(
            queryResult -> {
              found.addAll(queryResult.events());
              while (found.size() > LedgerResponseMessage.MAX_EVENTS) {
                found.removeFirst();
              }
              return queryResult.nextCursor().isPresent() && page < MAX_PAGES
                  ? collectPages(filter, queryResult.nextCursor().get(), page + 1, found)
                  : Future.succeededFuture(found);
            });
  }

  private Future<Void> send(LedgerRequestMessage question, Collection<Event> found) {
    return vertx
        .executeBlocking(() -> new LedgerResponseMessage(me, newestThatFit(found)).json(), false)
        .compose(json -> connection.publish(Topics.response(question.from()), json));
  }

  /** The newest events that one message holds, oldest first. */
  private List<SocialEntry> newestThatFit(Collection<Event> found) {
    List<Event> oldestFirst = List.copyOf(found);
    List<SocialEntry> entries = new ArrayList<>();
    long room = maxBytes - 2L * Topics.MAX_NAME_BYTES;
    for (Event event : oldestFirst.reversed()) {
      if (event.payload() instanceof Social social) {
        SocialEntry socialEntry = SocialEntry.of(event, social);
        room -= socialEntry.json().length + 1L;
        if (room < 0) {
          break;
        }
        entries.add(socialEntry);
      }
    }
    Collections.reverse(entries);
    return entries;
  }
}
