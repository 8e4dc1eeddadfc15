package nara.plaza;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nara.bus.BusMessage;
import nara.bus.Request;

/**
 * What the MQTT ledger verticle is asked.
 *
 * @param <R> the type of the answer
 */
public sealed interface PlazaRequest<R extends BusMessage> extends Request<R> {
  /** Where the MQTT ledger verticle is asked. */
  String ADDRESS = "nara.plaza";

  /** Whether there is a connection to the broker. */
  record State() implements PlazaRequest<PlazaState> {}

  /**
   * The answer to {@link State}.
   *
   * @param configured whether a broker is configured at all
   * @param trouble why there is no connection, or empty
   */
  record PlazaState(boolean configured, boolean connected, String trouble) implements BusMessage {}

  /** What was heard so far. */
  record Counts() implements PlazaRequest<PlazaCounts> {}

  /**
   * The answer to {@link Counts}.
   *
   * @param heard messages that were acted on, by kind: hello, goodbye, howdy …
   * @param ignored messages that were not, by reason: unreadable, bad_signature …
   */
  record PlazaCounts(Map<String, Long> heard, Map<String, Long> ignored) implements BusMessage {}

  /** Who has told on the plaza that it remembers little. */
  record LittleMemory() implements PlazaRequest<Names> {}

  /** The answer to {@link LittleMemory}. */
  record Names(Set<String> names) implements BusMessage {}

  /** Announces this node now, subject to the rate limit; a read-only node stays silent. */
  record Announce() implements PlazaRequest<nara.bus.Done> {}

  /** Says something on the checkpoint topics, QoS 1; a read-only node stays silent. */
  record Say(CheckpointWord word) implements PlazaRequest<Said> {}

  /**
   * The answer to {@link Say}.
   *
   * @param trouble why the broker does not have it, or empty when it has
   */
  record Said(String trouble) implements BusMessage {}

  /**
   * Asks each neighbour for the social events about its subjects, and offers the answers for
   * judging. Done when all have answered and been merged, or when nothing came for a quiet period,
   * or at the deadline.
   *
   * @param subjectsByNeighbour neighbour name to the subjects that it is asked about
   * @param quiet how long nothing may come before it is given up
   * @param deadline how long it may take in all
   */
  record AskLedgers(
      Map<String, List<String>> subjectsByNeighbour, Duration quiet, Duration deadline)
      implements PlazaRequest<LedgersAnswered> {}

  /**
   * What the neighbours brought.
   *
   * @param answers one for each answer that came
   * @param silent the neighbours that did not answer
   * @param trouble why it ended early (no broker, say), or empty
   */
  record LedgersAnswered(List<LedgerAnswer> answers, Set<String> silent, String trouble)
      implements BusMessage {}

  /** One neighbour's answer: its size, and what became of its events. */
  record LedgerAnswer(
      String neighbour, long bytes, int events, nara.trust.TrustRequest.Offered offered) {}
}
