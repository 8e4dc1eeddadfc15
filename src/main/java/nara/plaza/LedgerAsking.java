package nara.plaza;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import nara.plaza.PlazaRequest.AskLedgers;
import nara.plaza.PlazaRequest.LedgerAnswer;
import nara.plaza.PlazaRequest.LedgersAnswered;

/**
 * One round of asking ledgers, from the first question to the end: a state machine without time or
 * sockets of its own.
 *
 * <p>MQTT carries questions and answers without saying whether they arrived. So whoever has not
 * answered is asked again when the broker comes back, when it announces itself (it was away and
 * could not hear the question), and once halfway through the quiet period. While the broker is away
 * nothing can come, and the quiet period does not run; after that it is as long as a neighbour may
 * take to come back to the broker.
 */
final class LedgerAsking {
  /** Answers taken from one neighbour: to the first question and to the repeated ones. */
  private static final int MOST_ANSWERS = 3;

  private final AskLedgers request;
  private final Duration quietAfterLoss;
  private final Instant deadline;
  private final Set<String> silent;
  private final List<String> answeredBy = new ArrayList<>();
  private final List<LedgerAnswer> answers = new ArrayList<>();
  private final Set<String> askedOfLate = new LinkedHashSet<>();

  private boolean connected;
  private boolean lost;
  private boolean everConnected;
  private boolean repeated;
  private int merging;
  private Instant lastSign;

  /**
   * A round that begins now.
   *
   * @param quietAfterLoss how long neighbours may take to come back after the broker was away
   */
  LedgerAsking(AskLedgers request, Duration quietAfterLoss, Instant now) {
    this.request = request;
    this.quietAfterLoss = quietAfterLoss;
    this.deadline = now.plus(request.deadline());
    this.silent = new TreeSet<>(request.subjectsByNeighbour().keySet());
    this.lastSign = now;
  }

  /** The broker is there: whom to ask now. */
  List<String> connected(Instant now) {
    connected = true;
    everConnected = true;
    repeated = false;
    lastSign = now;
    return List.copyOf(silent);
  }

  /** The broker is gone. */
  void lost(Instant now) {
    connected = false;
    lost = everConnected;
    lastSign = now;
  }

  /** Somebody announced itself: whether to ask it again. */
  boolean announced(String name, Instant now) {
    if (!connected || !silent.contains(name) || !askedOfLate.add(name)) {
      return false;
    }
    lastSign = now;
    return true;
  }

  /** Somebody answered: whether the answer is taken. */
  boolean answered(String name, Instant now) {
    long before = answeredBy.stream().filter(name::equals).count();
    if (!request.subjectsByNeighbour().containsKey(name) || before >= MOST_ANSWERS) {
      return false;
    }
    answeredBy.add(name);
    silent.remove(name);
    merging++;
    lastSign = now;
    return true;
  }

  /** What became of an answer that was taken. */
  void merged(LedgerAnswer answer, Instant now) {
    merging--;
    answers.add(answer);
    lastSign = now;
  }

  /** An answer that was taken could not be merged: as if it had not come. */
  void failed(String name, Instant now) {
    merging--;
    silent.add(name);
    lastSign = now;
  }

  /** Whom to ask again because half of the quiet period has gone by. */
  List<String> repeats(Instant now) {
    if (!connected || repeated || now.isBefore(lastSign.plus(quiet().dividedBy(2)))) {
      return List.of();
    }
    repeated = true;
    return List.copyOf(silent);
  }

  /**
   * The result, once there is one.
   *
   * @param trouble of the connection, or empty
   */
  Optional<LedgersAnswered> result(Instant now, String trouble) {
    if (silent.isEmpty() && merging == 0) {
      return Optional.of(end(""));
    }
    if (!now.isBefore(deadline)) {
      return Optional.of(end(connected ? "the deadline passed" : noBroker(trouble)));
    }
    boolean quiet = merging == 0 && !now.isBefore(lastSign.plus(quiet()));
    if (quiet && connected) {
      return Optional.of(end("nothing came for " + quiet().toMillis() + " ms"));
    }
    if (quiet && !everConnected) {
      return Optional.of(end(noBroker(trouble)));
    }
    return Optional.empty();
  }

  /** The result as it is now, because the node stops. */
  LedgersAnswered stopped() {
    return end("this node is stopping");
  }

  /** When to look again, at the latest. */
  Duration next(Instant now) {
    Instant next = deadline;
    for (Instant moment : List.of(lastSign.plus(quiet().dividedBy(2)), lastSign.plus(quiet()))) {
      if (moment.isAfter(now) && moment.isBefore(next)) {
        next = moment;
      }
    }
    Duration wait = Duration.between(now, next);
    return wait.isPositive() ? wait : Duration.ofMillis(1);
  }

  /** What a neighbour is asked about. */
  List<String> subjectsOf(String name) {
    return request.subjectsByNeighbour().get(name);
  }

  private Duration quiet() {
    Duration asked = request.quiet();
    return lost && quietAfterLoss.compareTo(asked) > 0 ? quietAfterLoss : asked;
  }

  private LedgersAnswered end(String trouble) {
    return new LedgersAnswered(List.copyOf(answers), Set.copyOf(silent), trouble);
  }

  private static String noBroker(String trouble) {
    return trouble.isEmpty() ? "no connection to the broker" : trouble;
  }
}
