package nara.event.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import nara.event.EventId;
import nara.event.ReadResult;
import nara.event.Service;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.event.json.JsonSpans.Span;

/**
 * Events that were cut out of one body and not parsed yet: the bytes, where each event's JSON
 * object is, and what the head of each object claims.
 *
 * <p>Nearly every event begins with its id, its timestamp and its service, in this order. These
 * three are read once, here, without a JSON parser. In an event with another head, id and timestamp
 * are searched for; {@link EventReader} still reads it in full. All claims are unverified.
 *
 * <p>Immutable, as long as nobody changes the bytes, which are not copied.
 */
public final class RawEvents {
  private static final byte[] TS = ",\"ts\":".getBytes(UTF_8);
  private static final byte[] SVC = ",\"svc\":\"".getBytes(UTF_8);

  /** Offset of the first byte after the id in {@code {"id":"…"…}}. */
  private static final int AFTER_ID = EventReader.ID_OFFSET + EventId.HEX_LENGTH + 1;

  /** Digits of the largest long; a larger number of as many digits overflows below zero. */
  private static final int MAX_DIGITS = 19;

  /** Members of an event that are searched for its id or timestamp; honest events have seven. */
  private static final int MAX_MEMBERS = 64;

  private static final Service[] SERVICES = Service.values();

  /** The services' names as bytes: only an unknown service costs a new string. */
  private static final byte[][] SERVICE_NAMES =
      Arrays.stream(SERVICES).map(s -> s.wireName().getBytes(UTF_8)).toArray(byte[][]::new);

  /** Without limits: a signature over a list covers the whole text of an id. */
  private static final JsonFactory UNBOUNDED_JSON = new JsonFactory();

  private static final EventReader ID_READER = new EventReader();

  private final byte[] json;
  private final List<Span> spans;
  private final EventId[] ids;

  /** The events with an id that do not begin with it. */
  private final BitSet idsElsewhere = new BitSet();

  private final long[] timestamps;
  private final BitSet withTimestamp;
  private final Set<String> services = new HashSet<>();
  private final BitSet announcements = new BitSet();

  private RawEvents(byte[] json, List<Span> spans) {
    this.json = json;
    this.spans = spans;
    this.ids = new EventId[spans.size()];
    this.timestamps = new long[ids.length];
    this.withTimestamp = new BitSet(ids.length);
    for (int i = 0; i < ids.length; i++) {
      scanHead(i, spans.get(i));
    }
  }

  /** Events whose places in the bytes are known. */
  public static RawEvents of(byte[] json, List<Span> spans) {
    return new RawEvents(json, spans);
  }

  /** One event that is alone in its bytes. */
  public static RawEvents of(byte[] event) {
    return new RawEvents(event, List.of(new Span(0, event.length)));
  }

  /** Events that were stored one by one; their bytes are copied into one array. */
  public static RawEvents join(Collection<byte[]> events) {
    int size = events.stream().mapToInt(event -> event.length).reduce(0, Math::addExact);
    byte[] json = new byte[size];
    List<Span> spans = new ArrayList<>(events.size());
    int offset = 0;
    for (byte[] event : events) {
      System.arraycopy(event, 0, json, offset, event.length);
      spans.add(new Span(offset, event.length));
      offset += event.length;
    }
    return new RawEvents(json, spans);
  }

  public int size() {
    return ids.length;
  }

  public boolean isEmpty() {
    return ids.length == 0;
  }

  /** The bytes that hold all events, and perhaps more. */
  public byte[] json() {
    return json;
  }

  /** Where each event's JSON object is in the bytes. */
  public List<Span> spans() {
    return Collections.unmodifiableList(spans);
  }

  /** The id that event i claims; null when it claims none of 32 hex digits. */
  public EventId id(int i) {
    return ids[i];
  }

  /** The ids of all events that claim one, in order. */
  public List<EventId> ids() {
    return Arrays.stream(ids).filter(Objects::nonNull).toList();
  }

  /** Whether event i claims a timestamp of 64 bits. */
  public boolean hasTs(int i) {
    return withTimestamp.get(i);
  }

  /** The timestamp that event i claims, Unix nanoseconds; 0 when it claims none. */
  public long ts(int i) {
    return timestamps[i];
  }

  /** The services that events claim where id, timestamp and service come first. */
  public Set<String> services() {
    return services;
  }

  /** Whether event i claims to be a hey-there or chau, and begins in the usual form. */
  public boolean isAnnouncement(int i) {
    return announcements.get(i);
  }

  /** Parses event i. */
  public ReadResult read(int i, EventReader reader) {
    Span span = spans.get(i);
    return reader.read(json, span.offset(), span.length());
  }

  /** Whether events i and j are equal, byte for byte. */
  public boolean isSame(int i, int j) {
    Span other = spans.get(j);
    return isSame(i, json, other.offset(), other.offset() + other.length());
  }

  /** Whether event i is these bytes. */
  public boolean isSame(int i, byte[] event) {
    return isSame(i, event, 0, event.length);
  }

  private boolean isSame(int i, byte[] other, int from, int to) {
    Span span = spans.get(i);
    return Arrays.equals(json, span.offset(), span.offset() + span.length(), other, from, to);
  }

  /** Feeds the claimed id of every event to a hash, in order: what signatures over lists cover. */
  public void hashIds(MessageDigest hash) {
    for (int i = 0; i < ids.length; i++) {
      hashId(hash, json, spans.get(i).offset(), spans.get(i).length(), beginsWithId(i));
    }
  }

  private boolean beginsWithId(int i) {
    return ids[i] != null && !idsElsewhere.get(i);
  }

  /** Feeds the claimed id of one event to a hash. */
  public static void hashId(MessageDigest hash, byte[] event) {
    hashId(hash, event, 0, event.length, EventReader.hasPeekableId(event, 0, event.length));
  }

  private static void hashId(
      MessageDigest hash, byte[] json, int offset, int length, boolean idFirst) {
    if (idFirst) {
      hash.update(json, offset + EventReader.ID_OFFSET, EventId.HEX_LENGTH);
    } else {
      hash.update(parseId(Arrays.copyOfRange(json, offset, offset + length)).getBytes(UTF_8));
    }
  }

  private static String parseId(byte[] event) {
    try {
      Span id = JsonSpans.members(event, MAX_MEMBERS).get("id");
      return id == null ? "" : parseString(event, id);
    } catch (MalformedJsonException notAnObject) {
      return ID_READER.read(event).claimedId();
    }
  }

  private static String parseString(byte[] event, Span span) {
    try (JsonParser parser = UNBOUNDED_JSON.createParser(event, span.offset(), span.length())) {
      return parser.nextToken() == JsonToken.VALUE_STRING ? parser.getText() : "";
    } catch (IOException broken) {
      return "";
    }
  }

  /** Reads {@code {"id":"…","ts":…,"svc":"…"} as far as the event begins like this. */
  private void scanHead(int i, Span span) {
    int end = span.offset() + span.length();
    int at = span.offset() + AFTER_ID;
    ids[i] = EventReader.peekId(json, span.offset(), span.length()).orElse(null);
    if (ids[i] == null || !startsWith(TS, at, end)) {
      searchHead(i, Arrays.copyOfRange(json, span.offset(), end));
      return;
    }
    int from = at + TS.length;
    int to = from;
    while (to < end && (json[to] == '-' || json[to] >= '0' && json[to] <= '9')) {
      to++;
    }
    if (to == from || to == end || json[to] != ',') {
      // White space around the number, for instance.
      searchHead(i, Arrays.copyOfRange(json, span.offset(), end));
      return;
    }
    setTimestamp(i, json, from, to - from);
    if (startsWith(SVC, to, end)) {
      addService(i, to + SVC.length, end);
    }
  }

  private boolean startsWith(byte[] text, int at, int end) {
    return at + text.length < end
        && Arrays.equals(json, at, at + text.length, text, 0, text.length);
  }

  private void searchHead(int i, byte[] event) {
    try {
      Map<String, Span> members = JsonSpans.members(event, MAX_MEMBERS);
      Span id = members.get("id");
      if (ids[i] == null && id != null) {
        ids[i] = EventId.parse(parseString(event, id)).orElse(null);
        idsElsewhere.set(i, ids[i] != null);
      }
      Span service = members.get("svc");
      if (service != null) {
        services.add(parseString(event, service));
      }
      Span ts = members.get("ts");
      if (ts != null) {
        setTimestamp(i, event, ts.offset(), ts.length());
      }
    } catch (MalformedJsonException notAnObject) {
      // Then the event has no timestamp, and the reader will call it malformed.
    }
  }

  private void setTimestamp(int i, byte[] bytes, int offset, int length) {
    // Every event of a response passes here, and nearly always with plain digits.
    long value = 0;
    int digits = 0;
    while (digits < Math.min(length, MAX_DIGITS)
        && bytes[offset + digits] >= '0'
        && bytes[offset + digits] <= '9') {
      value = 10 * value + bytes[offset + digits++] - '0';
    }
    if (digits < length || length == 0 || value < 0) {
      if (length > MAX_DIGITS + 1) {
        return;
      }
      try {
        value = Long.parseLong(new Span(offset, length).text(bytes));
      } catch (NumberFormatException notALong) {
        return;
      }
    }
    timestamps[i] = value;
    withTimestamp.set(i);
  }

  private void addService(int i, int from, int end) {
    int to = from;
    while (to < end && json[to] != '"' && json[to] != '\\') {
      to++;
    }
    if (to < end && json[to] == '"') {
      String service = serviceName(from, to);
      services.add(service);
      announcements.set(i, Service.named(service).filter(Service::isAnnouncement).isPresent());
    }
  }

  private String serviceName(int from, int to) {
    for (int i = 0; i < SERVICE_NAMES.length; i++) {
      if (Arrays.equals(json, from, to, SERVICE_NAMES[i], 0, SERVICE_NAMES[i].length)) {
        return SERVICES[i].wireName();
      }
    }
    return new Span(from, to - from).text(json);
  }
}
