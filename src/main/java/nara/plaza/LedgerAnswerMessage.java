package nara.plaza;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nara.event.Event;
import nara.event.EventWriter;
import nara.event.GoJson;
import nara.event.JsonSpans;
import nara.event.JsonSpans.BrokenJson;
import nara.event.JsonSpans.Span;
import nara.event.Service;
import nara.event.Social;

/**
 * The answer to a {@link LedgerQuestion}: social events in a form of their own, without emitter.
 *
 * <p>The form has a place for a signature that the reference leaves empty, and without the name of
 * who signed it would prove nothing. So what comes out of it is an unsigned event, whatever it says
 * there.
 *
 * @param from who answers, by its own word
 * @param events in the order given
 */
public record LedgerAnswerMessage(String from, List<Entry> events) {
  /** Events of one answer: more than fit into the largest message that is accepted by default. */
  public static final int MOST_EVENTS = 100_000;

  private static final int MOST_MEMBERS = 64;
  private static final String[] KEYS = {
    "ID", "Type", "Actor", "Target", "Reason", "Witness", "Signature", "Timestamp"
  };
  private static final int TIMESTAMP = 7;
  private static final String[] MESSAGE = {"From", "Events"};

  /**
   * One social event.
   *
   * @param id the event's id as claimed
   * @param timestamp Unix nanoseconds
   */
  public record Entry(
      String id,
      long timestamp,
      String type,
      String actor,
      String target,
      String reason,
      String witness,
      String signature) {

    /** The form in which an event is told. */
    public static Entry of(Event event, Social social) {
      return new Entry(
          event.id().toString(),
          event.ts(),
          social.type(),
          social.actor(),
          social.target(),
          social.reason(),
          social.witness(),
          "");
    }

    /** The event's JSON: unsigned, its id computed from what it says. */
    public byte[] asEvent() {
      Social social = new Social(type, actor, "", target, "", reason, witness);
      String computed = Event.idOf(timestamp, Service.SOCIAL, social.content()).toString();
      return EventWriter.write(computed, timestamp, "", "", "", social);
    }

    private void write(StringBuilder out) {
      GoJson.text(out.append("{\"ID\":"), id);
      out.append(",\"Timestamp\":").append(timestamp);
      GoJson.text(out.append(",\"Type\":"), type);
      GoJson.text(out.append(",\"Actor\":"), actor);
      GoJson.text(out.append(",\"Target\":"), target);
      GoJson.text(out.append(",\"Reason\":"), reason);
      GoJson.text(out.append(",\"Witness\":"), witness);
      GoJson.text(out.append(",\"Signature\":"), signature);
      out.append('}');
    }

    /** The JSON of this entry alone. */
    byte[] json() {
      StringBuilder out = new StringBuilder(256);
      write(out);
      return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static Entry read(JsonParser parser) throws IOException {
      String[] t = {"", "", "", "", "", "", ""};
      long[] timestamp = new long[1];
      PlazaJson.object(
          parser,
          KEYS,
          (key, value) -> {
            if (key == TIMESTAMP) {
              timestamp[0] = PlazaJson.whole(parser, value, KEYS[key]);
            } else {
              t[key] = PlazaJson.text(parser, value, KEYS[key]);
            }
          });
      return new Entry(t[0], timestamp[0], t[1], t[2], t[3], t[4], t[5], t[6]);
    }
  }

  /**
   * An answer as events to be judged.
   *
   * @param from who answers, by its own word
   * @param json bytes that hold the events
   * @param events where each stands in them
   */
  record Rewrapped(String from, byte[] json, List<Span> events) {}

  /**
   * Reads an answer and wraps each of its events as one that can be judged. One that cannot be read
   * is passed on as it came, so that it is judged, counted and refused like any other.
   *
   * @throws PlazaJson.Refused with a sentence when it is no answer at all
   */
  static Rewrapped rewrap(byte[] json) {
    try {
      return wrap(read(json), json.length);
    } catch (PlazaJson.Refused somethingInIt) {
      return rewrapPiecewise(json);
    }
  }

  private static Rewrapped wrap(LedgerAnswerMessage answer, int bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(Math.max(64, bytes));
    List<Span> spans = new ArrayList<>(answer.events.size());
    for (Entry entry : answer.events) {
      byte[] event = entry.asEvent();
      spans.add(new Span(out.size(), event.length));
      out.writeBytes(event);
    }
    return new Rewrapped(answer.from, out.toByteArray(), spans);
  }

  /** In one pass, which is many times faster than piece by piece, and stops at the first fault. */
  private static LedgerAnswerMessage read(byte[] json) {
    String[] from = {""};
    List<Entry> entries = new ArrayList<>();
    PlazaJson.read(
        json,
        0,
        json.length,
        parser -> {
          PlazaJson.object(
              parser,
              MESSAGE,
              (key, value) -> {
                if (key == 0) {
                  from[0] = PlazaJson.text(parser, value, MESSAGE[key]);
                } else if (value == JsonToken.START_ARRAY) {
                  readEvents(parser, entries);
                } else if (value != JsonToken.VALUE_NULL) {
                  throw new PlazaJson.Refused("Events is not a list");
                }
              });
          return null;
        });
    return new LedgerAnswerMessage(from[0], entries);
  }

  private static void readEvents(JsonParser parser, List<Entry> entries) throws IOException {
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (entries.size() == MOST_EVENTS) {
        throw new PlazaJson.Refused("more than " + MOST_EVENTS + " events");
      }
      entries.add(Entry.read(parser));
    }
  }

  /** Each event on its own, so that one that is broken costs itself only. */
  private static Rewrapped rewrapPiecewise(byte[] json) {
    Map<String, Span> members;
    List<Span> elements;
    try {
      members = JsonSpans.members(json, MOST_MEMBERS);
      members.keySet().forEach(key -> PlazaJson.refuseOtherCase(key, MESSAGE));
      Span events = members.get("Events");
      elements = events == null ? List.of() : JsonSpans.elements(json, events, MOST_EVENTS);
    } catch (BrokenJson broken) {
      throw new PlazaJson.Refused("not JSON: " + broken.getMessage());
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream(Math.max(64, json.length));
    List<Span> spans = new ArrayList<>(elements.size());
    for (Span element : elements) {
      int offset = out.size();
      try {
        Entry entry =
            PlazaJson.read(json, element.offset(), element.length(), parser -> Entry.read(parser));
        out.writeBytes(entry.asEvent());
      } catch (PlazaJson.Refused unreadable) {
        out.write(json, element.offset(), element.length());
      }
      spans.add(new Span(offset, out.size() - offset));
    }
    return new Rewrapped(from(json, members.get("From")), out.toByteArray(), spans);
  }

  private static String from(byte[] json, Span span) {
    if (span == null) {
      return "";
    }
    return PlazaJson.read(
        json,
        span.offset(),
        span.length(),
        parser -> PlazaJson.text(parser, parser.currentToken(), "From"));
  }

  /** The JSON, letter for letter as the reference writes it. */
  public byte[] json() {
    StringBuilder out = new StringBuilder(64 + 256 * events.size());
    GoJson.text(out.append("{\"From\":"), from);
    out.append(",\"Events\":");
    if (events.isEmpty()) {
      out.append("null");
    } else {
      char before = '[';
      for (Entry event : events) {
        event.write(out.append(before));
        before = ',';
      }
      out.append(']');
    }
    return out.append('}').toString().getBytes(StandardCharsets.UTF_8);
  }
}
