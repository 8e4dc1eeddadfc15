package nara.mesh;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import nara.event.EventId;
import nara.event.EventReader;
import nara.event.JsonSpans;
import nara.event.JsonSpans.BrokenJson;
import nara.event.JsonSpans.Span;
import nara.event.Reading;
import nara.event.Service;

/**
 * What the JSON of an event states of itself, without reading the event: its id, which signatures
 * over lists of events cover, and its time.
 *
 * <p>Nearly all events start with both, and then neither is parsed. What cannot be made out costs
 * nothing but itself: the id counts as empty, the time as absent.
 */
final class StatedEvent {
  private static final byte[] TS = {',', '"', 't', 's', '"', ':'};
  private static final byte[] SVC = {',', '"', 's', 'v', 'c', '"', ':', '"'};

  /** Where what follows the id stands in {@code {"id":"…"…}}. */
  private static final int AFTER_ID = EventReader.ID_AT + EventId.HEX_LENGTH + 1;

  /** The digits of a long: one that is too large for it becomes negative by as many. */
  private static final int SURE_DIGITS = 19;

  /** Members of an event that are looked through; honest ones have seven. */
  private static final int MEMBERS = 64;

  private static final Service[] KNOWN = Service.values();

  /** Their names in the bytes, so that a text is made of unknown ones only. */
  private static final byte[][] NAMES =
      Arrays.stream(KNOWN).map(known -> known.wireName().getBytes(UTF_8)).toArray(byte[][]::new);

  private StatedEvent() {}

  /** Feeds the stated ids to a hash, in order. */
  static void hashIds(MessageDigest hash, byte[] json, List<Span> events) {
    for (Span event : events) {
      hashId(hash, json, event.offset(), event.length());
    }
  }

  /** Feeds the stated id of one event to a hash. */
  static void hashId(MessageDigest hash, byte[] json, int offset, int length) {
    if (EventReader.peeksId(json, offset, length)) {
      hash.update(json, offset + EventReader.ID_AT, EventId.HEX_LENGTH);
    } else {
      hash.update(unusualId(json, offset, length).getBytes(UTF_8));
    }
  }

  private static String unusualId(byte[] json, int offset, int length) {
    byte[] event = Arrays.copyOfRange(json, offset, offset + length);
    Optional<Map<String, Span>> members = members(event);
    if (members.isPresent()) {
      return Optional.ofNullable(members.get().get("id"))
          .flatMap(id -> JsonFields.decoded(event, id.offset(), id.length()))
          .orElse("");
    }
    Reading reading = new EventReader().read(event);
    return reading.statedId();
  }

  /**
   * The stated time, Unix nanoseconds.
   *
   * @param idFirst whether {@link EventReader#peekId} finds an id there
   */
  static OptionalLong ts(byte[] json, Span event, boolean idFirst) {
    int at = event.offset() + AFTER_ID;
    int end = event.offset() + event.length();
    if (idFirst
        && at + TS.length < end
        && Arrays.equals(json, at, at + TS.length, TS, 0, TS.length)) {
      int from = at + TS.length;
      int to = from;
      while (to < end && to - from <= 20 && json[to] != ',') {
        to++;
      }
      return whole(json, from, to - from);
    }
    byte[] copy = Arrays.copyOfRange(json, event.offset(), end);
    return members(copy)
        .map(members -> members.get("ts"))
        .map(ts -> whole(copy, ts.offset(), ts.length()))
        .orElse(OptionalLong.empty());
  }

  /**
   * The stated service, where it stands behind the time, as it usually does; empty elsewhere.
   *
   * @param idFirst whether {@link EventReader#peekId} finds an id there
   */
  static Optional<String> service(byte[] json, Span event, boolean idFirst) {
    int end = event.offset() + event.length();
    int at = event.offset() + AFTER_ID + TS.length;
    if (!idFirst) {
      return Optional.empty();
    }
    while (at < end && (json[at] == '-' || Character.isDigit(json[at]))) {
      at++;
    }
    int from = at + SVC.length;
    if (from >= end || !Arrays.equals(json, at, from, SVC, 0, SVC.length)) {
      return Optional.empty();
    }
    int to = from;
    while (to < end && json[to] != '"' && json[to] != '\\') {
      to++;
    }
    return to < end && json[to] == '"' ? Optional.of(service(json, from, to)) : Optional.empty();
  }

  private static String service(byte[] json, int from, int to) {
    for (int i = 0; i < NAMES.length; i++) {
      if (Arrays.equals(json, from, to, NAMES[i], 0, NAMES[i].length)) {
        return KNOWN[i].wireName();
      }
    }
    return new Span(from, to - from).text(json);
  }

  private static OptionalLong whole(byte[] json, int offset, int length) {
    // Every event of an answer comes by here, and nearly always with plain digits.
    long value = 0;
    int at = 0;
    while (at < length
        && at < SURE_DIGITS
        && json[offset + at] >= '0'
        && json[offset + at] <= '9') {
      value = 10 * value + json[offset + at++] - '0';
    }
    if (at == length && length > 0 && value >= 0) {
      return OptionalLong.of(value);
    }
    try {
      return length > 20
          ? OptionalLong.empty()
          : OptionalLong.of(Long.parseLong(new Span(offset, length).text(json)));
    } catch (NumberFormatException notWhole) {
      return OptionalLong.empty();
    }
  }

  private static Optional<Map<String, Span>> members(byte[] event) {
    try {
      return Optional.of(JsonSpans.members(event, MEMBERS));
    } catch (BrokenJson notAnObject) {
      return Optional.empty();
    }
  }
}
