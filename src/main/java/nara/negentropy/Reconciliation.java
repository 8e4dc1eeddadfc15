package nara.negentropy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The two sides of the protocol. Nothing is remembered between messages: each is answered out of
 * the items held at that time, so either side's may change meanwhile.
 *
 * <p>Who asks begins with fingerprints of ranges of its items. Where the two differ, a side with
 * few items there lists their ids, and one with many tells fingerprints of parts. A message that
 * would grow too large ends with one fingerprint over all the rest, which the other side takes from
 * there.
 */
public final class Reconciliation {
  /**
   * The least that a message must be allowed to have: far more than the parts of one range take.
   */
  public static final int MIN_MESSAGE_BYTES = 4_096;

  /** Parts into which a range that differs is cut. */
  private static final int BUCKETS = 16;

  /** Up to so many items are listed rather than cut: 16 fingerprints would cost as much. */
  private static final int MAX_LISTED_IDS = 32;

  /** Items of the newest range that the first message tells of; each older one has 4 × as many. */
  private static final int NEWEST_RANGE_ITEMS = 64;

  /** A range's bound, mode and fingerprint, or the count of its list, as large as can be. */
  private static final int RANGE_BYTES = 64;

  /** For the skip before a range and the fingerprint over the rest after it. */
  private static final int RESERVED_BYTES = 2 * RANGE_BYTES;

  private final Items own;
  private final boolean isInitiator;
  private final int maxBytes;
  private final MessageWriter out = MessageWriter.start();

  private final List<ItemId> missing = new ArrayList<>();
  private final List<ItemId> surplus = new ArrayList<>();

  /** Where the next range begins, and whether what is right below it was passed over. */
  private Bound lower = Bound.START;

  private boolean skipping;

  /** Whether the message ends here with a fingerprint over all the rest. */
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
   * What the asking side learned from an answer.
   *
   * @param nextMessage the message to send next; empty when it is over
   * @param missing what the other side has and this one has not, in ascending order
   * @param surplus what this side has and the other one has not
   */
  public record RoundResult(
      Optional<byte[]> nextMessage, List<ItemId> missing, List<ItemId> surplus) {}

  /**
   * The first message of the asking side, of a few hundred bytes: fingerprints that are the finer
   * the newer the items, since what differs is mostly new, and that it has nothing newer still.
   *
   * @param since what is below this time is left alone
   */
  public static byte[] initiate(Items own, long since) {
    MessageWriter out = MessageWriter.start();
    Bound oldest = Bound.before(since);
    if (since != 0) {
      out.skip(oldest);
    }
    int from = own.countBelow(oldest);
    int size = own.size();
    Bound upper = Bound.START;
    for (int end : initialRangeEnds(from, size)) {
      upper = lowerBoundOf(own, end);
      out.fingerprint(upper, own.sum(from, end).fingerprint(end - from));
      from = end;
    }
    // There may be no room for anything newer.
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

  /** The bound below which are the items of all lower ranks. */
  private static Bound lowerBoundOf(Items own, int rank) {
    return rank == own.size()
        ? Bound.before(own.time(rank - 1) + 1)
        : Bound.separating(own.time(rank - 1), own.id(rank - 1), own.time(rank), own.id(rank));
  }

  /**
   * The answer of the side that is asked.
   *
   * @param maxBytes of the answer, at least {@link #MIN_MESSAGE_BYTES}
   */
  public static byte[] respond(Items own, byte[] message, int maxBytes)
      throws MalformedMessageException {
    Optional<MessageReader> ranges = ranges(message);
    if (ranges.isEmpty()) {
      // By the specification: the version that is spoken here, so that the other can speak it too.
      return MessageWriter.start().toBytes();
    }
    Reconciliation side = new Reconciliation(own, false, maxBytes);
    side.processRanges(ranges.get());
    return side.out.toBytes();
  }

  /**
   * What the asking side makes of an answer.
   *
   * @param maxBytes of the next message, at least {@link #MIN_MESSAGE_BYTES}
   */
  public static RoundResult handleResponse(Items own, byte[] message, int maxBytes)
      throws MalformedMessageException {
    MessageReader ranges =
        ranges(message)
            .orElseThrow(
                () -> new MalformedMessageException("the other side speaks another version only"));
    Reconciliation side = new Reconciliation(own, true, maxBytes);
    side.processRanges(ranges);
    return new RoundResult(
        side.out.length() == 1 ? Optional.empty() : Optional.of(side.out.toBytes()),
        side.missing,
        side.surplus);
  }

  /** What follows the version; empty when it is another one. */
  private static Optional<MessageReader> ranges(byte[] message) throws MalformedMessageException {
    if (message.length == 0 || (message[0] & 0xf0) != (MessageWriter.VERSION & 0xf0)) {
      throw new MalformedMessageException("does not begin with a version of the protocol");
    }
    return message[0] == MessageWriter.VERSION
        ? Optional.of(new MessageReader(message))
        : Optional.empty();
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

  /** Learns what the other side has in a range; there is no more to say about it then. */
  private boolean collectDifferences(MessageReader message, int from, int to)
      throws MalformedMessageException {
    Set<ItemId> theirs = new LinkedHashSet<>();
    for (int left = message.idCount(); left > 0; left--) {
      theirs.add(message.id());
    }
    own.visit(
        from,
        to,
        id -> {
          if (!theirs.remove(id)) {
            surplus.add(id);
          }
          return true;
        });
    missing.addAll(theirs);
    return true;
  }

  /** Whether the other side lists just what is held here. */
  private boolean hasSameIds(MessageReader message, int from, int to)
      throws MalformedMessageException {
    int count = message.idCount();
    List<ItemId> theirs = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      theirs.add(message.id());
    }
    Iterator<ItemId> next = theirs.iterator();
    boolean[] same = {count == to - from};
    if (same[0]) {
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
      Bound bound = part == BUCKETS ? upper : lowerBoundOf(own, end);
      out.fingerprint(bound, own.sum(start, end).fingerprint(end - start));
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
      lower = lowerBoundOf(own, from + fitting);
      out.idList(lower, own, from, from + fitting);
    }
    fingerprintRest(from + Math.max(0, fitting));
  }

  /** Leaves all that is above to the next message. */
  private void fingerprintRest(int from) {
    flushSkip();
    out.fingerprint(Bound.END, own.sum(from, own.size()).fingerprint(own.size() - from));
    truncated = true;
  }

  private int remainingBytes() {
    return maxBytes - out.length() - RESERVED_BYTES;
  }

  /** Tells that there is nothing to say below the range that is written next. */
  private void flushSkip() {
    if (skipping) {
      out.skip(lower);
      skipping = false;
    }
  }
}
