package nara.plaza;

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
import nara.bus.Bus;
import nara.event.Event;
import nara.event.Service;
import nara.event.Social;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.Answer;
import nara.ledger.Query;
import nara.plaza.LedgerAnswerMessage.Entry;

/** Answers others' questions from the ledger, one after the other. */
final class Answering {
  private static final Duration LEDGER_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration PERIOD = Duration.ofSeconds(10);

  /** Questions of one asker in a period: a first one, and those repeated by its reconnects. */
  private static final int QUESTIONS_EACH = 6;

  /** Questions of all in a period: each may cost a walk through the ledger and a large message. */
  private static final int QUESTIONS_ALL = 60;

  /** Pages of the ledger that one answer may take: a million events, three times the largest. */
  private static final int MOST_PAGES = 200;

  private final Vertx vertx;
  private final Bus bus;
  private final InstantSource clock;
  private final String me;
  private final PlazaConnection connection;
  private final int mostBytes;
  private final Allowance allowance = new Allowance(QUESTIONS_EACH, QUESTIONS_ALL, PERIOD);
  private Future<Void> last = Future.succeededFuture();

  /**
   * Answers over that connection.
   *
   * @param mostBytes of an answer
   */
  Answering(
      Vertx vertx,
      Bus bus,
      InstantSource clock,
      String me,
      PlazaConnection connection,
      int mostBytes) {
    this.vertx = vertx;
    this.bus = bus;
    this.clock = clock;
    this.me = me;
    this.connection = connection;
    this.mostBytes = mostBytes;
  }

  /**
   * Answers a question after those before it.
   *
   * @return done when the answer is written; null when it was one question too many
   */
  Future<?> answer(LedgerQuestion question) {
    if (!allowance.take(question.from(), clock.instant())) {
      return null;
    }
    last = last.transform(before -> find(question).compose(found -> send(question, found)));
    return last;
  }

  /** Who asks about nobody gets nothing; a filter without subjects would let everything pass. */
  private Future<Collection<Event>> find(LedgerQuestion question) {
    if (question.subjects().isEmpty()) {
      return Future.succeededFuture(List.of());
    }
    Set<String> subjects = Set.copyOf(question.subjects());
    Query.Filter filter =
        new Query.Filter(
            Set.of(Service.SOCIAL.wireName()),
            subjects.contains(LedgerQuestion.EVERYBODY) ? Set.of() : subjects);
    return page(filter, Long.MIN_VALUE, 1, new ArrayDeque<>());
  }

  /** The newest events that pass, oldest first, no more than one answer may hold. */
  private Future<Collection<Event>> page(
      Query.Filter filter, long after, int page, Deque<Event> found) {
    Query query = new Query.Page(after, Query.MOST, filter);
    return bus.<Answer>ask(LedgerRequest.ADDRESS, new LedgerRequest.Ask(query), LEDGER_TIMEOUT)
        .compose(
            answer -> {
              found.addAll(answer.events());
              while (found.size() > LedgerAnswerMessage.MOST_EVENTS) {
                found.removeFirst();
              }
              return answer.nextCursor().isPresent() && page < MOST_PAGES
                  ? page(filter, answer.nextCursor().get(), page + 1, found)
                  : Future.succeededFuture(found);
            });
  }

  private Future<Void> send(LedgerQuestion question, Collection<Event> found) {
    return vertx
        .executeBlocking(() -> new LedgerAnswerMessage(me, fitting(found)).json(), false)
        .compose(json -> connection.publish(Topics.response(question.from()), json));
  }

  /** The newest events that one message holds, oldest first. */
  private List<Entry> fitting(Collection<Event> found) {
    List<Event> oldestFirst = List.copyOf(found);
    List<Entry> entries = new ArrayList<>();
    long room = mostBytes - 2L * Topics.MOST_NAME_BYTES;
    for (Event event : oldestFirst.reversed()) {
      if (event.payload() instanceof Social social) {
        Entry entry = Entry.of(event, social);
        room -= entry.json().length + 1L;
        if (room < 0) {
          break;
        }
        entries.add(entry);
      }
    }
    Collections.reverse(entries);
    return entries;
  }
}
