package nara.negentropy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Both sides of the negentropy protocol, version 1. Neither side keeps state between messages. Each
 * message is answered from the current items, so the items of either side may change meanwhile.
 *
 * <p>The initiator starts with fingerprints of ranges of its items. Where fingerprints differ, a
 * side with few items there sends an IdList, and a side with many sends fingerprints of smaller
 * ranges. A message that would exceed its limit ends with one fingerprint of all the rest, and the
 * other side continues from there.
 */
public final class Reconciliation {
  /** The lowest allowed message limit. It is far above what the parts of one range need. */
  public static final int MIN_MESSAGE_BYTES = 4_096;

  /** The number of parts of a range that is split. */
  private static final int BUCKETS = 16;

  /** A range of up to so many items is not split: 16 fingerprints would cost as much. */
  private static final int MAX_LISTED_IDS = 32;

  /** The items of the newest range in the first message; each older range has 4 × as many. */
  private static final int NEWEST_RANGE_ITEMS = 64;

  /** The largest bound and mode with a fingerprint or the length of an IdList. */
  private static final int RANGE_BYTES = 64;

  /** Space for the skip before a range and for the fingerprint of the rest after it. */
  private static final int RESERVED_BYTES = 2 * RANGE_BYTES;

  private final Items own;
  private final boolean isInitiator;
  private final int maxBytes;
  private final MessageWriter out = MessageWriter.start();

  private final List<ItemId> missing = new ArrayList<>();
  private final List<ItemId> surplus = new ArrayList<>();

  /** The lower end of the next range. */
  private Bound lower = Bound.START;

  /** Whether a skip up to {@link #lower} is still to be written. */
  private boolean skipping;

  /** Whether the message already ends with a fingerprint of all the rest. */
  private boolean truncated;

  private Reconciliation(Items own, boolean isInitiator, int maxBytes) {
    if (maxBytes < MIN_MESSAGE_BYTES) {
      throw new IllegalArgumentException(
          "A message needs " + MIN_MESSAGE_BYTES + " bytes, not " + maxBytes);
    }
    this.own = own;
    this.isInitiator = isInitiator;
    this.maxBytes = maxBytes;
  }

  /**
   * The differences that the initiator learned from a response.
   *
   * @param nextMessage the message to send next; empty when the reconciliation is complete
   * @param missing the ids that only the other side has, in ascending order
   * @param surplus the ids that only the initiator has
   */
  public record RoundResult(
      Optional<byte[]> nextMessage, List<ItemId> missing, List<ItemId> surplus) {}

  /**
   * Returns the initiator's first message, a few hundred bytes. The newer the items, the smaller
   * the fingerprinted ranges, because differences are mostly new. An empty IdList ends the message,
   * because the initiator has nothing newer.
   *
   * @param since the timestamp from which on items are compared
   */
  public static byte[] initiate(Items own, long since) {
    MessageWriter out = MessageWriter.start();
    Bound upper = Bound.before(since);
    if (since != 0) {
      out.skip(upper);
    }
    int size = own.size();
    int from = own.countBelow(upper);
    for (int end : initialRangeEnds(from, size)) {
      upper = upperBound(own, end);
      out.fingerprint(upper, own, from, end);
      from = end;
    }
    // The newest item may leave no timestamp above it.
    if (!upper.equals(Bound.END)) {
      out.idList(Bound.END, own, size, size);
    }
    return out.toBytes();
  }

  /** The ranks at which the ranges of the first message end, ascending. */
  private static List<Integer> initialRangeEnds(int from, int size) {
    List<Integer> ends = new ArrayList<>();
    long range = NEWEST_RANGE_ITEMS;
    for (long end = size; end > from; range *= 4) {
      ends.add((int) end);
      end -= range;
    }
    return ends.reversed();
  }

  /** The bound of the items below a rank. */
  private static Bound upperBound(Items own, int rank) {
    return rank == own.size()
        ? Bound.before(own.timestamp(rank - 1) + 1)
        : Bound.between(own, rank);
  }

  /**
   * Returns the response of the side that did not initiate.
   *
   * @param maxBytes the limit of the response, at least {@link #MIN_MESSAGE_BYTES}
   */
  public static byte[] respond(Items own, byte[] message, int maxBytes)
      throws MalformedMessageException {
    if (!hasOwnVersion(message)) {
      // The specification asks for the supported version, so that the other side can use it.
      return MessageWriter.start().toBytes();
    }
    Reconciliation side = new Reconciliation(own, false, maxBytes);
    side.processRanges(new MessageReader(message));
    return side.out.toBytes();
  }

  /**
   * Processes a response on the initiator's side.
   *
   * @param maxBytes the limit of the next message, at least {@link #MIN_MESSAGE_BYTES}
   */
  public static RoundResult handleResponse(Items own, byte[] message, int maxBytes)
      throws MalformedMessageException {
    if (!hasOwnVersion(message)) {
      throw new MalformedMessageException("the other side supports only another version");
    }
    Reconciliation side = new Reconciliation(own, true, maxBytes);
    side.processRanges(new MessageReader(message));
    return new RoundResult(
        side.out.length() == 1 ? Optional.empty() : Optional.of(side.out.toBytes()),
        side.missing,
        side.surplus);
  }

  /** Whether the message has our version rather than another one. */
  private static boolean hasOwnVersion(byte[] message) throws MalformedMessageException {
    if (message.length == 0 || (message[0] & 0xf0) != (MessageWriter.VERSION & 0xf0)) {
      throw new MalformedMessageException("does not begin with a version of the protocol");
    }
    return message[0] == MessageWriter.VERSION;
  }

  private void processRanges(MessageReader message) throws MalformedMessageException {
    int from = 0;
    while (!message.atEnd() && !truncated) {
      Bound upper = message.bound();
      int mode = message.mode();
      int to = Math.max(from, own.countBelow(upper));
      boolean matches =
          switch (mode) {
            case MessageWriter.FINGERPRINT ->
                Arrays.equals(message.fingerprint(), own.sum(from, to).fingerprint(to - from));
            case MessageWriter.ID_LIST ->
                isInitiator ? collectDifferences(message, from, to) : hasSameIds(message, from, to);
            default -> true;
          };
      if (matches) {
        skipping = true;
      } else if (mode == MessageWriter.FINGERPRINT && to - from > MAX_LISTED_IDS) {
        split(from, to, upper);
      } else {
        listIds(from, to, upper);
      }
      lower = upper;
      from = to;
    }
  }

  /** Compares an IdList of the other side; the range is done then. */
  private boolean collectDifferences(MessageReader message, int from, int to)
      throws MalformedMessageException {
    Set<ItemId> theirs = new LinkedHashSet<>(message.idList());
    // Always true, so it visits all.
    own.visit(from, to, id -> theirs.remove(id) || surplus.add(id));
    missing.addAll(theirs);
    return true;
  }

  private boolean hasSameIds(MessageReader message, int from, int to)
      throws MalformedMessageException {
    List<ItemId> theirs = message.idList();
    boolean[] same = {theirs.size() == to - from};
    if (same[0]) {
      Iterator<ItemId> next = theirs.iterator();
      own.visit(from, to, id -> same[0] = id.equals(next.next()));
    }
    return same[0];
  }

  private void split(int from, int to, Bound upper) {
    if (remainingBytes() < BUCKETS * RANGE_BYTES) {
      fingerprintRest(from);
      return;
    }
    flushSkip();
    int start = from;
    for (int part = 1; part <= BUCKETS; part++) {
      int end = from + (int) ((long) (to - from) * part / BUCKETS);
      out.fingerprint(part == BUCKETS ? upper : upperBound(own, end), own, start, end);
      start = end;
    }
  }

  private void listIds(int from, int to, Bound upper) {
    int fitting = Math.min(to - from, (remainingBytes() - RANGE_BYTES) / ItemId.BYTES);
    if (fitting == to - from) {
      flushSkip();
      out.idList(upper, own, from, to);
      return;
    }
    if (fitting > 0) {
      flushSkip();
      lower = upperBound(own, from + fitting);
      out.idList(lower, own, from, from + fitting);
    }
    fingerprintRest(from + Math.max(0, fitting));
  }

  /** Leaves all further ranges to the next message. */
  private void fingerprintRest(int from) {
    flushSkip();
    out.fingerprint(Bound.END, own, from, own.size());
    truncated = true;
  }

  private int remainingBytes() {
    return maxBytes - out.length() - RESERVED_BYTES;
  }

  private void flushSkip() {
    if (skipping) {
      out.skip(lower);
      skipping = false;
    }
  }
}
