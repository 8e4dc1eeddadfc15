package nara.event.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import nara.bounds.SafeText;
import nara.event.Chau;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.EventId;
import nara.event.EventLimits;
import nara.event.HeyThere;
import nara.event.Observation;
import nara.event.Payload;
import nara.event.Ping;
import nara.event.ReadResult;
import nara.event.Seen;
import nara.event.Service;
import nara.event.Social;

/** The fields of one event while it is being read: the container here, its payload in a record. */
final class EventParser {
  private static final String[] CONTAINER = {
    "id",
    "ts",
    "svc",
    "emitter",
    "emitter_id",
    "sig",
    "social",
    "ping",
    "observation",
    "hey_there",
    "chau",
    "seen",
    "checkpoint"
  };

  private final byte[] json;
  private final StringInterner interner;

  private String claimedId = "";
  private long ts;
  private String svc = "";
  private String emitter = "";
  private String emitterId = "";
  private int signatureStart = -1;
  private int signatureLength;
  private Payload payload;

  EventParser(byte[] json, StringInterner interner) {
    this.json = json;
    this.interner = interner;
  }

  String claimedId() {
    return claimedId;
  }

  void parse(JsonParser parser) throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw new InvalidEventException("not a JSON object");
    }
    KeyMatcher keyMatcher = new KeyMatcher(CONTAINER);
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      int key = keyMatcher.match(parser.currentName());
      JsonToken value = parser.nextToken();
      switch (key) {
        case 0 ->
            // Of its own: no other event has it.
            claimedId =
                textLength(parser, value, "id") == 0
                    ? ""
                    : StringInterner.withoutLoneSurrogates(parser.getText());
        case 1 -> ts = longValue(parser, value, "ts");
        case 2 -> svc = text(parser, value, "svc");
        case 3 -> emitter = text(parser, value, "emitter");
        case 4 -> emitterId = text(parser, value, "emitter_id");
        case 5 -> signature(parser, value);
        case KeyMatcher.UNKNOWN -> parser.skipChildren();
        default -> payload(parser, value, CONTAINER[key]);
      }
    }
    if (parser.nextToken() != null) {
      throw new InvalidEventException("something follows the event");
    }
  }

  ReadResult toReadResult() {
    Service service = Service.ofWireName(svc);
    if (service == null) {
      throw new InvalidEventException("unknown service '" + SafeText.excerpt(svc) + "'");
    }
    if (payload == null) {
      throw new InvalidEventException("service " + svc + " without its payload");
    }
    if (payload.service() != service) {
      throw new InvalidEventException(
          "service " + svc + " with the payload of " + payload.service().wireName());
    }
    String content = payload.content();
    EventId computed = Event.idOf(ts, service, content);
    Event event =
        new Event(json, computed, ts, emitter, emitterId, payload, signatureStart, signatureLength);
    byte[] signedHash =
        event.isSigned() ? Event.signedHash(claimedId, ts, service, emitter, content) : null;
    String error = ts == 0 ? "ts is zero" : payload.validationError().orElse(null);
    return new ReadResult.ParsedEvent(event, claimedId, signedHash, error);
  }

  /** Remembers where the signature stands in the bytes, not the text itself. */
  private void signature(JsonParser parser, JsonToken value) throws IOException {
    signatureLength = textLength(parser, value, "sig");
    int start = (int) parser.currentTokenLocation().getByteOffset() + 1;
    // With an escape inside, the text is longer in the bytes than as read: no honest node writes
    // one there, so such a signature is present and never valid.
    boolean plain =
        signatureLength > 0
            && start + signatureLength < json.length
            && json[start + signatureLength] == '"';
    signatureStart = plain ? start : -1;
  }

  private void payload(JsonParser parser, JsonToken value, String field) throws IOException {
    if (value == JsonToken.VALUE_NULL) {
      return;
    }
    if (value != JsonToken.START_OBJECT) {
      throw new InvalidEventException(field + " is not an object");
    }
    if (payload != null) {
      throw new InvalidEventException("more than one payload");
    }
    payload =
        switch (field) {
          case "social" -> social(parser);
          case "ping" -> ping(parser);
          case "observation" -> observation(parser);
          case "hey_there" -> heyThere(parser);
          case "chau" -> chau(parser);
          case "seen" -> seen(parser);
          default -> checkpoint(parser);
        };
  }

  private static final String[] SOCIAL = {
    "type", "actor", "actor_id", "target", "target_id", "reason", "witness"
  };

  private Social social(JsonParser parser) throws IOException {
    String[] t = texts(parser, SOCIAL);
    return new Social(t[0], t[1], t[2], t[3], t[4], t[5], t[6]);
  }

  private static final String[] HEY_THERE = {"From", "PublicKey", "MeshIP", "ID", "Signature"};

  private HeyThere heyThere(JsonParser parser) throws IOException {
    String[] t = texts(parser, HEY_THERE);
    return new HeyThere(t[0], t[1], t[2], t[3], t[4]);
  }

  private static final String[] CHAU = {"From", "PublicKey", "ID", "Signature"};

  private Chau chau(JsonParser parser) throws IOException {
    String[] t = texts(parser, CHAU);
    return new Chau(t[0], t[1], t[2], t[3]);
  }

  private static final String[] SEEN = {"observer", "observer_id", "subject", "subject_id", "via"};

  private Seen seen(JsonParser parser) throws IOException {
    String[] t = texts(parser, SEEN);
    return new Seen(t[0], t[1], t[2], t[3], t[4]);
  }

  private static final String[] PING = {"observer", "observer_id", "target", "target_id", "rtt"};

  private Ping ping(JsonParser parser) throws IOException {
    String[] t = {"", "", "", ""};
    double rtt = 0;
    KeyMatcher keyMatcher = new KeyMatcher(PING);
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      int key = keyMatcher.match(parser.currentName());
      JsonToken value = parser.nextToken();
      if (key == KeyMatcher.UNKNOWN) {
        parser.skipChildren();
      } else if (key == 4) {
        rtt = doubleValue(parser, value, "rtt");
      } else {
        t[key] = text(parser, value, PING[key]);
      }
    }
    return new Ping(t[0], t[1], t[2], t[3], rtt);
  }

  private static final String[] OBSERVATION = {
    "observer",
    "observer_id",
    "subject",
    "subject_id",
    "type",
    "online_state",
    "cluster_name",
    "importance",
    "start_time",
    "restart_num",
    "last_restart",
    "observer_uptime",
    "is_backfill"
  };

  private Observation observation(JsonParser parser) throws IOException {
    String[] t = {"", "", "", "", "", "", ""};
    long[] n = new long[5];
    boolean backfill = false;
    KeyMatcher keyMatcher = new KeyMatcher(OBSERVATION);
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      int key = keyMatcher.match(parser.currentName());
      JsonToken value = parser.nextToken();
      if (key == KeyMatcher.UNKNOWN) {
        parser.skipChildren();
      } else if (key < t.length) {
        t[key] = text(parser, value, OBSERVATION[key]);
      } else if (key < t.length + n.length) {
        n[key - t.length] = longValue(parser, value, OBSERVATION[key]);
      } else {
        backfill = booleanValue(value, OBSERVATION[key]);
      }
    }
    return new Observation(
        t[0], t[1], t[2], t[3], t[4], n[0], backfill, n[1], n[2], n[3], t[5], t[6], n[4]);
  }

  private static final String[] CHECKPOINT = {
    "subject",
    "subject_id",
    "previous_checkpoint_id",
    "version",
    "as_of_time",
    "round",
    "observation",
    "voter_ids",
    "signatures"
  };

  private Checkpoint checkpoint(JsonParser parser) throws IOException {
    String[] t = {"", "", ""};
    long[] n = new long[3];
    Checkpoint.AgreedValues agreedValues = new Checkpoint.AgreedValues(0, 0, 0);
    List<String> voters = List.of();
    List<String> signatures = List.of();
    KeyMatcher keyMatcher = new KeyMatcher(CHECKPOINT);
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      int key = keyMatcher.match(parser.currentName());
      JsonToken value = parser.nextToken();
      switch (key) {
        case KeyMatcher.UNKNOWN -> parser.skipChildren();
        case 0, 1, 2 -> t[key] = text(parser, value, CHECKPOINT[key]);
        case 3, 4, 5 -> n[key - 3] = longValue(parser, value, CHECKPOINT[key]);
        case 6 -> agreedValues = agreedValues(parser, value);
        case 7 -> voters = textList(parser, value, CHECKPOINT[key]);
        default -> signatures = textList(parser, value, CHECKPOINT[key]);
      }
    }
    return new Checkpoint(n[0], t[0], t[1], t[2], agreedValues, n[1], n[2], voters, signatures);
  }

  private static final String[] AGREED_VALUES = {"restarts", "total_uptime", "start_time"};

  private static Checkpoint.AgreedValues agreedValues(JsonParser parser, JsonToken start)
      throws IOException {
    long[] n = new long[3];
    if (start != JsonToken.VALUE_NULL) {
      if (start != JsonToken.START_OBJECT) {
        throw new InvalidEventException("observation is not an object");
      }
      KeyMatcher keyMatcher = new KeyMatcher(AGREED_VALUES);
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        int key = keyMatcher.match(parser.currentName());
        JsonToken value = parser.nextToken();
        if (key == KeyMatcher.UNKNOWN) {
          parser.skipChildren();
        } else {
          n[key] = longValue(parser, value, AGREED_VALUES[key]);
        }
      }
    }
    return new Checkpoint.AgreedValues(n[0], n[1], n[2]);
  }

  /** Reads an object all of whose known fields are texts. */
  private String[] texts(JsonParser parser, String[] names) throws IOException {
    String[] values = new String[names.length];
    Arrays.fill(values, "");
    KeyMatcher keyMatcher = new KeyMatcher(names);
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      int key = keyMatcher.match(parser.currentName());
      JsonToken value = parser.nextToken();
      if (key == KeyMatcher.UNKNOWN) {
        parser.skipChildren();
      } else {
        values[key] = text(parser, value, names[key]);
      }
    }
    return values;
  }

  private List<String> textList(JsonParser parser, JsonToken start, String field)
      throws IOException {
    if (start == JsonToken.VALUE_NULL) {
      return List.of();
    }
    if (start != JsonToken.START_ARRAY) {
      throw new InvalidEventException(field + " is not a list");
    }
    List<String> values = new ArrayList<>();
    JsonToken value;
    while ((value = parser.nextToken()) != JsonToken.END_ARRAY) {
      if (values.size() == EventLimits.MAX_VOTERS) {
        throw new InvalidEventException(
            field + " has more than " + EventLimits.MAX_VOTERS + " entries");
      }
      values.add(text(parser, value, field));
    }
    return List.copyOf(values);
  }

  /** A text that many events have in common. */
  private String text(JsonParser parser, JsonToken value, String field) throws IOException {
    int length = textLength(parser, value, field);
    return length == 0
        ? ""
        : interner.intern(parser.getTextCharacters(), parser.getTextOffset(), length);
  }

  /** The characters of a text within its bound; 0 when there is none. */
  private static int textLength(JsonParser parser, JsonToken value, String field)
      throws IOException {
    if (value == JsonToken.VALUE_NULL) {
      return 0;
    }
    if (value != JsonToken.VALUE_STRING) {
      throw new InvalidEventException(field + " is not a text");
    }
    int length = parser.getTextLength();
    if (length > EventLimits.MAX_TEXT_LENGTH) {
      throw new InvalidEventException(
          field
              + " has "
              + length
              + " characters, over the "
              + EventLimits.MAX_TEXT_LENGTH
              + " allowed");
    }
    return length;
  }

  private static long longValue(JsonParser parser, JsonToken value, String field)
      throws IOException {
    if (value == JsonToken.VALUE_NULL) {
      return 0;
    }
    if (value != JsonToken.VALUE_NUMBER_INT) {
      throw new InvalidEventException(field + " is not a whole number");
    }
    return switch (parser.getNumberType()) {
      case INT, LONG -> parser.getLongValue();
      case BIG_INTEGER, FLOAT, DOUBLE, BIG_DECIMAL ->
          throw new InvalidEventException(field + " is outside of 64 bits");
    };
  }

  private static double doubleValue(JsonParser parser, JsonToken value, String field)
      throws IOException {
    if (value == JsonToken.VALUE_NULL) {
      return 0;
    }
    if (value != JsonToken.VALUE_NUMBER_INT && value != JsonToken.VALUE_NUMBER_FLOAT) {
      throw new InvalidEventException(field + " is not a number");
    }
    double number = parser.getDoubleValue();
    if (Double.isInfinite(number)) {
      throw new InvalidEventException(field + " is too large");
    }
    return number;
  }

  private static boolean booleanValue(JsonToken value, String field) {
    if (value == JsonToken.VALUE_TRUE) {
      return true;
    }
    if (value == JsonToken.VALUE_FALSE || value == JsonToken.VALUE_NULL) {
      return false;
    }
    throw new InvalidEventException(field + " is neither true nor false");
  }

  /** Which of an object's known keys were met: each may come once, in its own spelling only. */
  private static final class KeyMatcher {
    static final int UNKNOWN = -1;

    private final String[] known;
    private int seen;

    /** They come in order nearly always. */
    private int next;

    KeyMatcher(String[] known) {
      this.known = known;
    }

    int match(String name) {
      for (int tried = 0; tried < known.length; tried++) {
        int i = next;
        next = next + 1 < known.length ? next + 1 : 0;
        if (known[i].equals(name)) {
          if ((seen & 1 << i) != 0) {
            throw new InvalidEventException("key '" + name + "' twice");
          }
          seen |= 1 << i;
          return i;
        }
      }
      for (String key : known) {
        if (key.equalsIgnoreCase(name)) {
          throw new InvalidEventException(
              "key '" + SafeText.excerpt(name) + "' differs from '" + key + "' only in case");
        }
      }
      return UNKNOWN;
    }
  }

  /** The event breaks the contract's structure; the message says how. */
  static final class InvalidEventException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InvalidEventException(String message) {
      // Without a stack trace: it is a value on its way out of the parser, and may be frequent.
      super(message, null, false, false);
    }
  }
}
