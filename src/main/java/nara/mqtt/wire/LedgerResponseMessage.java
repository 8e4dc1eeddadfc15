package nara.mqtt.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import nara.event.Event;
import nara.event.Service;
import nara.event.Social;
import nara.event.json.EventWriter;
import nara.event.json.GoJson;
import nara.event.json.JsonSpans;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.event.json.JsonSpans.Span;
import nara.event.json.RawEvents;

/**
 * The answer to a {@link LedgerRequestMessage}: social events in a form of their own, without
 * emitter.
 *
 * <p>The form has a place for a signature that the reference leaves empty, and without the name of
 * who signed it would prove nothing. So what comes out of it is an unsigned event, whatever it says
 * there.
 *
 * @param from who answers, by its own word
 * @param events in the order given
 */
public record LedgerResponseMessage(String from, List<SocialEntry> events) {
  /** Events of one answer: more than fit into the largest message that is accepted by default. */
  public static final int MAX_EVENTS = 100_000;

  private static final int MAX_MEMBERS = 64;
  private static final String[] KEYS = {
    "ID", "Type", "Actor", "Target", "Reason", "Witness", "Signature", "Timestamp"
  };
  private static final int TIMESTAMP = 7;
  private static final String[] MESSAGE_KEYS = {"From", "Events"};

  /**
   * One social event.
   *
   * @param id the event's id as claimed
   * @param timestamp Unix nanoseconds
   */
  public record SocialEntry(
      String id,
      long timestamp,
      String type,
      String actor,
      String target,
      String reason,
      String witness,
      String signature) {

    /** The form in which an event is told. */
    public static SocialEntry of(Event event, Social social) {
      return new SocialEntry(
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
    public byte[] toEventJson() {
      Social social = new Social(type, actor, "", target, "", reason, witness);
      String computed = Event.idOf(timestamp, Service.SOCIAL, social.content()).toString();
      return EventWriter.write(computed, timestamp, "", "", "", social);
    }

    private void write(StringBuilder out) {
      GoJson.appendString(out.append("{\"ID\":"), id);
      out.append(",\"Timestamp\":").append(timestamp);
      GoJson.appendString(out.append(",\"Type\":"), type);
      GoJson.appendString(out.append(",\"Actor\":"), actor);
      GoJson.appendString(out.append(",\"Target\":"), target);
      GoJson.appendString(out.append(",\"Reason\":"), reason);
      GoJson.appendString(out.append(",\"Witness\":"), witness);
      GoJson.appendString(out.append(",\"Signature\":"), signature);
      out.append('}');
    }

    /** The JSON of this entry alone. */
    public byte[] json() {
      StringBuilder out = new StringBuilder(256);
      write(out);
      return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static SocialEntry read(JsonParser parser) throws IOException {
      String[] t = {"", "", "", "", "", "", ""};
      long[] timestamp = new long[1];
      PlazaJson.readObject(
          parser,
          KEYS,
          (key, value) -> {
            if (key == TIMESTAMP) {
              timestamp[0] = PlazaJson.readLong(parser, value, KEYS[key]);
            } else {
              t[key] = PlazaJson.readString(parser, value, KEYS[key]);
            }
          });
      return new SocialEntry(t[0], timestamp[0], t[1], t[2], t[3], t[4], t[5], t[6]);
    }
  }

  /**
   * An answer as events to be judged.
   *
   * @param from who answers, by its own word
   * @param events as JSON of events, not parsed
   */
  public record DecodedResponse(String from, RawEvents events) {}

  /**
   * Reads an answer and wraps each of its events as one that can be judged. One that cannot be read
   * is passed on as it came, so that it is judged, counted and refused like any other.
   *
   * @throws PlazaJson.PlazaJsonException with a sentence when it is no answer at all
   */
  public static DecodedResponse decode(byte[] json) {
    try {
      LedgerResponseMessage response = read(json);
      List<byte[]> events = response.events.stream().map(SocialEntry::toEventJson).toList();
      return new DecodedResponse(response.from, RawEvents.join(events));
    } catch (PlazaJson.PlazaJsonException invalidEvent) {
      return decodeEachEvent(json);
    }
  }

  /** In one pass, which is many times faster than piece by piece, and stops at the first fault. */
  private static LedgerResponseMessage read(byte[] json) {
    String[] from = {""};
    List<SocialEntry> entries = new ArrayList<>();
    PlazaJson.read(
        json,
        0,
        json.length,
        parser -> {
          PlazaJson.readObject(
              parser,
              MESSAGE_KEYS,
              (key, value) -> {
                if (key == 0) {
                  from[0] = PlazaJson.readString(parser, value, MESSAGE_KEYS[key]);
                } else if (value == JsonToken.START_ARRAY) {
                  readEvents(parser, entries);
                } else if (value != JsonToken.VALUE_NULL) {
                  throw new PlazaJson.PlazaJsonException("Events is not a list");
                }
              });
          return null;
        });
    return new LedgerResponseMessage(from[0], entries);
  }

  private static void readEvents(JsonParser parser, List<SocialEntry> entries) throws IOException {
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (entries.size() == MAX_EVENTS) {
        throw new PlazaJson.PlazaJsonException("more than " + MAX_EVENTS + " events");
      }
      entries.add(SocialEntry.read(parser));
    }
  }

  /** Each event on its own, so that one that is broken costs itself only. */
  private static DecodedResponse decodeEachEvent(byte[] json) {
    Map<String, Span> members;
    List<Span> elements;
    try {
      members = JsonSpans.members(json, MAX_MEMBERS);
      members.keySet().forEach(key -> PlazaJson.rejectOtherCase(key, MESSAGE_KEYS));
      Span events = members.get("Events");
      elements = events == null ? List.of() : JsonSpans.elements(json, events, MAX_EVENTS);
    } catch (MalformedJsonException broken) {
      throw new PlazaJson.PlazaJsonException("not JSON: " + broken.getMessage());
    }
    List<byte[]> events = new ArrayList<>(elements.size());
    for (Span element : elements) {
      int offset = element.offset();
      try {
        SocialEntry socialEntry =
            PlazaJson.read(json, offset, element.length(), parser -> SocialEntry.read(parser));
        events.add(socialEntry.toEventJson());
      } catch (PlazaJson.PlazaJsonException unreadable) {
        events.add(Arrays.copyOfRange(json, offset, offset + element.length()));
      }
    }
    return new DecodedResponse(from(json, members.get("From")), RawEvents.join(events));
  }

  private static String from(byte[] json, Span span) {
    if (span == null) {
      return "";
    }
    return PlazaJson.read(
        json,
        span.offset(),
        span.length(),
        parser -> PlazaJson.readString(parser, parser.currentToken(), "From"));
  }

  /** The JSON, letter for letter as the reference writes it. */
  public byte[] json() {
    StringBuilder out = new StringBuilder(64 + 256 * events.size());
    GoJson.appendString(out.append("{\"From\":"), from);
    out.append(",\"Events\":");
    if (events.isEmpty()) {
      out.append("null");
    } else {
      char before = '[';
      for (SocialEntry event : events) {
        event.write(out.append(before));
        before = ',';
      }
      out.append(']');
    }
    return out.append('}').toString().getBytes(StandardCharsets.UTF_8);
  }
}
