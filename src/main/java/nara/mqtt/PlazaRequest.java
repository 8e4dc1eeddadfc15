package nara.mqtt;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nara.bus.BusMessage;
import nara.bus.Request;
import nara.mqtt.wire.CheckpointMessage;

/**
 * What the MQTT ledger verticle is asked.
 *
 * @param <R> the type of the answer
 */
public sealed interface PlazaRequest<R extends BusMessage> extends Request<R> {
  /** Where the MQTT ledger verticle is asked. */
  String ADDRESS = "nara.plaza";

  /** Whether there is a connection to the broker. */
  record GetPlazaState() implements PlazaRequest<PlazaState> {}

  /**
   * The answer to {@link GetPlazaState}.
   *
   * @param configured whether a broker is configured at all
   * @param error why there is no connection, or empty
   */
  record PlazaState(boolean configured, boolean connected, String error) implements BusMessage {}

  /** What was heard so far. */
  record GetPlazaCounts() implements PlazaRequest<PlazaCounts> {}

  /**
   * The answer to {@link GetPlazaCounts}.
   *
   * @param handled messages that were acted on, by kind: hello, goodbye, howdy …
   * @param ignored messages that were not, by reason: unreadable, bad_signature …
   */
  record PlazaCounts(Map<String, Long> handled, Map<String, Long> ignored) implements BusMessage {}

  /** Who has told on the plaza that it remembers little. */
  record GetShortMemoryPeers() implements PlazaRequest<ShortMemoryPeers> {}

  /** The answer to {@link GetShortMemoryPeers}. */
  record ShortMemoryPeers(Set<String> names) implements BusMessage {}

  /** Announces this node now, subject to the rate limit; a read-only node stays silent. */
  record Announce() implements PlazaRequest<nara.bus.Done> {}

  /** Says something on the checkpoint topics, QoS 1; a read-only node stays silent. */
  record PublishCheckpointMessage(CheckpointMessage message)
      implements PlazaRequest<PublishResult> {}

  /**
   * The answer to {@link PublishCheckpointMessage}.
   *
   * @param error why the broker does not have it, or empty when it has
   */
  record PublishResult(String error) implements BusMessage {}

  /**
   * Asks each neighbour for the social events about its subjects, and offers the answers for
   * judging. Done when all have answered and been merged, or when nothing came for a quiet period,
   * or at the deadline.
   *
   * @param subjectsByNeighbour neighbour name to the subjects that it is asked about
   * @param stallTimeout how long nothing may come before it is given up
   * @param timeout how long it may take in all
   */
  record FetchLedgers(
      Map<String, List<String>> subjectsByNeighbour, Duration stallTimeout, Duration timeout)
      implements PlazaRequest<LedgersFetched> {}

  /**
   * What the neighbours brought.
   *
   * @param responses one for each answer that came
   * @param unanswered the neighbours that did not answer
   * @param error why it ended early (no broker, say), or empty
   */
  record LedgersFetched(List<NeighbourResponse> responses, Set<String> unanswered, String error)
      implements BusMessage {}

  /** One neighbour's answer: its size, and what became of its events. */
  record NeighbourResponse(
      String neighbour, long bytes, int events, nara.trust.TrustRequest.OfferResult offerResult) {}
}
