package nara.plaza;

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
import nara.bus.Time;
import nara.plaza.PlazaRequest.AskLedgers;
import nara.plaza.PlazaRequest.LedgerAnswer;
import nara.plaza.PlazaRequest.LedgersAnswered;
import nara.trust.TrustRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries out the rounds of asking ledgers: sends their questions, gives them answers and time. */
final class Rounds {
  private static final Logger LOG = LoggerFactory.getLogger(Rounds.class);

  /** For judging and merging one answer of the largest size, with a wide margin. */
  private static final Duration MERGE_TIMEOUT = Duration.ofSeconds(120);

  /** Neighbours whose answers are still welcome after their round has ended. */
  private static final int MOST_LATE = 100;

  private record Round(
      LedgerAsking asking, Promise<LedgersAnswered> promise, Time.Appointment[] next) {}

  private final Vertx vertx;
  private final Bus bus;
  private final Time time;
  private final String me;
  private final PlazaConnection connection;
  private final Duration quietAfterLoss;
  private final List<Round> rounds = new ArrayList<>();
  private final Set<String> late = new LinkedHashSet<>();

  Rounds(
      Vertx vertx,
      Bus bus,
      Time time,
      String me,
      PlazaConnection connection,
      Duration quietAfterLoss) {
    this.vertx = vertx;
    this.bus = bus;
    this.time = time;
    this.me = me;
    this.connection = connection;
    this.quietAfterLoss = quietAfterLoss;
  }

  /** Asks; names that cannot stand in a topic are not asked, and the result says so. */
  Future<LedgersAnswered> ask(AskLedgers request) {
    Map<String, List<String>> askable = new LinkedHashMap<>();
    Set<String> unaskable = new TreeSet<>();
    StringBuilder faults = new StringBuilder();
    request
        .subjectsByNeighbour()
        .forEach(
            (name, subjects) -> {
              var fault = Topics.fault(name);
              if (fault.isEmpty()) {
                askable.put(name, subjects);
              } else if (unaskable.add(name)) {
                faults.append(faults.isEmpty() ? "" : "; ").append(fault.get());
              }
            });
    LedgerAsking asking =
        new LedgerAsking(
            new AskLedgers(askable, request.quiet(), request.deadline()),
            quietAfterLoss,
            time.instant());
    Round round = new Round(asking, Promise.promise(), new Time.Appointment[] {() -> {}});
    rounds.add(round);
    if (connection.connected()) {
      send(round, asking.connected(time.instant()));
    }
    look(round);
    return round
        .promise
        .future()
        .map(
            result -> {
              Set<String> silent = new TreeSet<>(result.silent());
              silent.addAll(unaskable);
              String trouble = result.trouble().isEmpty() ? faults.toString() : result.trouble();
              return new LedgersAnswered(result.answers(), silent, trouble);
            });
  }

  /** The broker is there. */
  void connected() {
    for (Round round : List.copyOf(rounds)) {
      send(round, round.asking.connected(time.instant()));
      look(round);
    }
  }

  /** The broker is gone. */
  void lost() {
    for (Round round : List.copyOf(rounds)) {
      round.asking.lost(time.instant());
      look(round);
    }
  }

  /** Somebody announced itself. */
  void announced(String name) {
    for (Round round : List.copyOf(rounds)) {
      if (round.asking.announced(name, time.instant())) {
        send(round, List.of(name));
        look(round);
      }
    }
  }

  /**
   * Somebody answered.
   *
   * @return done when its events are merged; null when nobody had asked it
   */
  Future<?> answered(Heard.Answer answer) {
    String from = answer.from();
    for (Round round : List.copyOf(rounds)) {
      if (round.asking.answered(from, time.instant())) {
        return offer(answer)
            .onComplete(
                offered -> {
                  if (offered.succeeded()) {
                    LedgerAnswer merged =
                        new LedgerAnswer(
                            from, answer.bytes(), answer.events().size(), offered.result());
                    round.asking.merged(merged, time.instant());
                  } else {
                    round.asking.failed(from, time.instant());
                  }
                  look(round);
                });
      }
    }
    return late.remove(from) ? offer(answer) : null;
  }

  /** Ends all rounds at once. */
  void stop() {
    for (Round round : List.copyOf(rounds)) {
      end(round, round.asking.stopped());
    }
  }

  private Future<TrustRequest.Offered> offer(Heard.Answer answer) {
    return bus.ask(
            TrustRequest.ADDRESS,
            new TrustRequest.Offer(answer.from(), answer.json(), answer.events()),
            MERGE_TIMEOUT)
        .onFailure(
            failure -> LOG.warn("An answer over the plaza was not merged: {}", failure.toString()));
  }

  private void send(Round round, List<String> names) {
    for (String name : names) {
      byte[] question = new LedgerQuestion(me, round.asking.subjectsOf(name)).json();
      // A question that could not be written is asked again with the others that stay silent.
      connection
          .publish(Topics.request(name), question)
          .onFailure(failure -> LOG.debug("A question was not sent: {}", failure.getMessage()));
    }
  }

  private void look(Round round) {
    if (!rounds.contains(round)) {
      return;
    }
    // One moment for the whole look: a quiet period that ended in the middle of it would be neither
    // a reason to end now nor one to look again before the deadline.
    Instant now = time.instant();
    send(round, round.asking.repeats(now));
    round
        .asking
        .result(now, connection.trouble())
        .ifPresentOrElse(
            result -> end(round, result),
            () -> {
              round.next[0].cancel();
              Duration wait = round.asking.next(now);
              round.next[0] = time.after(vertx, wait, () -> look(round));
            });
  }

  private void end(Round round, LedgersAnswered result) {
    rounds.remove(round);
    round.next[0].cancel();
    for (String name : result.silent()) {
      if (late.size() < MOST_LATE) {
        late.add(name);
      }
    }
    round.promise.complete(result);
  }
}
