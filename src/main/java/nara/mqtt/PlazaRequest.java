package nara.mqtt;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nara.bus.BusMessage;
import nara.bus.Request;
import nara.mqtt.wire.CheckpointMessage;
import nara.mqtt.wire.JourneyMessage;
import nara.trust.TrustRequest.OfferResult;

/**
 * A request to {@link MqttLedgerVerticle}. Only a node with a broker serves it.
 *
 * @param <R> the type of the reply
 */
public sealed interface PlazaRequest<R extends BusMessage> extends Request<R> {
  /** The bus address of the MQTT ledger verticle. */
  String ADDRESS = "nara.plaza";

  /** Returns the state of the connection to the broker. */
  record GetPlazaState() implements PlazaRequest<PlazaState> {}

  /** The reply; {@code error} says why there is no connection, or is empty. */
  record PlazaState(boolean connected, String error) implements BusMessage {}

  /** Returns how many messages were received, and connections made, since the start. */
  record GetPlazaCounts() implements PlazaRequest<PlazaCounts> {}

  /**
   * The reply to {@link GetPlazaCounts}.
   *
   * @param handled handled messages by kind: hello, goodbye, howdy …
   * @param ignored ignored messages by reason: unreadable, bad_signature …
   * @param connects how often the broker accepted a connection and all subscriptions
   */
  record PlazaCounts(Map<String, Long> handled, Map<String, Long> ignored, long connects)
      implements BusMessage {}

  /** Publishes a checkpoint message with QoS 1. A read-only node refuses it. */
  record PublishCheckpointMessage(CheckpointMessage message)
      implements PlazaRequest<PublishResult> {}

  /** Publishes a message about a journey with QoS 0. A read-only node refuses it. */
  record PublishJourneyMessage(JourneyMessage message) implements PlazaRequest<PublishResult> {}

  /** The reply; {@code error} says why the broker has not acknowledged the message, or is empty. */
  record PublishResult(String error) implements BusMessage {}

  /**
   * Requests social events from peers, and offers the responses to the trust verticle. It ends when
   * all peers have responded and their events are merged, after a stall, or at the timeout. It
   * listens a short time more while a peer's responses had no acceptable event, since anybody can
   * respond in a peer's name.
   *
   * @param subjectsByNeighbour peer name to the subjects that its events should be about
   * @param stallTimeout the longest time without any response
   * @param timeout the longest time in all
   */
  record FetchLedgers(
      Map<String, List<String>> subjectsByNeighbour, Duration stallTimeout, Duration timeout)
      implements PlazaRequest<LedgersFetched> {}

  /**
   * The reply to {@link FetchLedgers}.
   *
   * @param responses all merged responses
   * @param unanswered the peers without a response
   * @param error why the fetch ended early, or empty
   */
  record LedgersFetched(List<NeighbourResponse> responses, Set<String> unanswered, String error)
      implements BusMessage {}

  /** One peer's response: its size in bytes, its events, and the result of the merge. */
  record NeighbourResponse(String neighbour, long bytes, int events, OfferResult offerResult) {
    /** Whether it has an event that is neither rejected nor waits for a key. */
    public boolean acceptable() {
      return offerResult.received() > offerResult.rejected() + offerResult.quarantined();
    }

    /** Both responses of the same neighbour. */
    NeighbourResponse plus(NeighbourResponse other) {
      return new NeighbourResponse(
          neighbour,
          bytes + other.bytes,
          events + other.events,
          offerResult.plus(other.offerResult));
    }
  }
}
