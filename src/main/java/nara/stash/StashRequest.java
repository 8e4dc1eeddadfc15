package nara.stash;

import java.util.List;
import java.util.Optional;
import nara.bus.BusMessage;
import nara.bus.Request;

/**
 * Requests to the stash verticle, from the management port.
 *
 * @param <R> the type of the reply
 */
public sealed interface StashRequest<R extends BusMessage> extends Request<R> {
  String ADDRESS = "nara.stash";

  /** Sets the operator's data and gives it to the confidants; replies when that was tried. */
  record SetStashData(byte[] data) implements StashRequest<StashStatus> {
    /** Without the secret. */
    @Override
    public String toString() {
      return "SetStashData[bytes=" + data.length + ']';
    }
  }

  /** Asks for the operator's data: a secret. */
  record GetStashData() implements StashRequest<StashData> {}

  /** The operator's data; empty when none is set. */
  record StashData(Optional<byte[]> data) implements BusMessage {
    /** Without the secret. */
    @Override
    public String toString() {
      return "StashData[set=" + data.isPresent() + ']';
    }
  }

  /** Asks the neighbours once more for this node's stash; replies when they were asked. */
  record RecoverStash() implements StashRequest<StashStatus> {}

  /** Asks for the state, without any secret. */
  record GetStashStatus() implements StashRequest<StashStatus> {}

  /**
   * The state of the stash.
   *
   * @param recovery a sentence: where this node's stash came from after its start
   * @param dataBytes of the operator's data; empty when none is set
   * @param dataWrittenAt Unix seconds; 0 when never set
   * @param neighboursKept in the essentials
   * @param keptStashes of others
   * @param keptBytes of these
   * @param keptLimit how many owners this node keeps a stash for
   * @param rejectedMessages since the start
   */
  record StashStatus(
      String recovery,
      Optional<Integer> dataBytes,
      long dataWrittenAt,
      int neighboursKept,
      List<ConfidantState> confidants,
      int keptStashes,
      long keptBytes,
      int keptLimit,
      long rejectedMessages)
      implements BusMessage {}

  /** A confidant; {@code confirmed} when it holds the present content, by its own word. */
  record ConfidantState(String name, String id, boolean confirmed, boolean online) {}
}
