package nara.mesh.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import nara.event.EventId;
import nara.event.ReadResult;
import nara.event.Service;
import nara.event.json.EventReader;
import nara.event.json.JsonSpans;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.event.json.JsonSpans.Span;

/**
 * What the JSON of an event states of itself, without reading the event: its id, which signatures
 * over lists of events cover, and its time.
 *
 * <p>Nearly all events start with both, and then neither is parsed. What cannot be made out costs
 * nothing but itself: the id counts as empty, the time as absent.
 */
public final class EventFieldScanner {
  private static final byte[] TS = {',', '"', 't', 's', '"', ':'};
  private static final byte[] SVC = {',', '"', 's', 'v', 'c', '"', ':', '"'};

  /** Where what follows the id stands in {@code {"id":"…"…}}. */
  private static final int AFTER_ID = EventReader.ID_OFFSET + EventId.HEX_LENGTH + 1;

  /** The digits of a long: one that is too large for it becomes negative by as many. */
  private static final int SAFE_DIGITS = 19;

  /** Members of an event that are looked through; honest ones have seven. */
  private static final int MEMBERS = 64;

  private static final Service[] SERVICES = Service.values();

  /** Their names in the bytes, so that a text is made of unknown ones only. */
  private static final byte[][] SERVICE_NAMES =
      Arrays.stream(SERVICES).map(known -> known.wireName().getBytes(UTF_8)).toArray(byte[][]::new);

  private EventFieldScanner() {}

  /** Feeds the stated ids to a hash, in order. */
  static void hashIds(MessageDigest hash, byte[] json, List<Span> events) {
    for (Span event : events) {
      hashId(hash, json, event.offset(), event.length());
    }
  }

  /** Feeds the stated id of one event to a hash. */
  static void hashId(MessageDigest hash, byte[] json, int offset, int length) {
    if (EventReader.hasPeekableId(json, offset, length)) {
      hash.update(json, offset + EventReader.ID_OFFSET, EventId.HEX_LENGTH);
    } else {
      hash.update(parsedId(json, offset, length).getBytes(UTF_8));
    }
  }

  private static String parsedId(byte[] json, int offset, int length) {
    byte[] event = Arrays.copyOfRange(json, offset, offset + length);
    Optional<Map<String, Span>> members = members(event);
    if (members.isPresent()) {
      return Optional.ofNullable(members.get().get("id"))
          .flatMap(id -> JsonFields.decodeString(event, id.offset(), id.length()))
          .orElse("");
    }
    ReadResult readResult = new EventReader().read(event);
    return readResult.claimedId();
  }

  /**
   * The stated time, Unix nanoseconds.
   *
   * @param idFirst whether {@link EventReader#peekId} finds an id there
   */
  public static OptionalLong ts(byte[] json, Span event, boolean idFirst) {
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
      return parseDigits(json, from, to - from);
    }
    byte[] copy = Arrays.copyOfRange(json, event.offset(), end);
    return members(copy)
        .map(members -> members.get("ts"))
        .map(ts -> parseDigits(copy, ts.offset(), ts.length()))
        .orElse(OptionalLong.empty());
  }

  /**
   * The stated service, where it stands behind the time, as it usually does; empty elsewhere.
   *
   * @param idFirst whether {@link EventReader#peekId} finds an id there
   */
  public static Optional<String> service(byte[] json, Span event, boolean idFirst) {
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
    for (int i = 0; i < SERVICE_NAMES.length; i++) {
      if (Arrays.equals(json, from, to, SERVICE_NAMES[i], 0, SERVICE_NAMES[i].length)) {
        return SERVICES[i].wireName();
      }
    }
    return new Span(from, to - from).text(json);
  }

  private static OptionalLong parseDigits(byte[] json, int offset, int length) {
    // Every event of an answer comes by here, and nearly always with plain digits.
    long value = 0;
    int at = 0;
    while (at < length
        && at < SAFE_DIGITS
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
    } catch (MalformedJsonException notAnObject) {
      return Optional.empty();
    }
  }
}
