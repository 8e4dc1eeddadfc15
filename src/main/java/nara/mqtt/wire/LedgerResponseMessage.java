package nara.mqtt.wire;

import java.util.Arrays;
import java.util.List;
import nara.event.Event;
import nara.event.Social;
import nara.event.json.EventWriter;
import nara.event.json.JsonFields;
import nara.event.json.JsonRecord;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.event.json.JsonSpans.Span;
import nara.event.json.JsonWriter;
import nara.event.json.RawEvents;

/**
 * The response to a {@link LedgerRequestMessage}: social events in a form of their own, without
 * emitter.
 *
 * <p>The form has a field for a signature, which the reference leaves empty. Without the signer's
 * name a signature proves nothing, so the events are treated as unsigned in any case.
 *
 * @param from the responding nara; not proven
 * @param events in the order given
 */
public record LedgerResponseMessage(String from, List<SocialEntry> events) {
  /** Events of one response: more than fit into the largest message accepted by default. */
  public static final int MAX_EVENTS = 100_000;

  /** Members of a response that are cut; honest ones have two. */
  private static final int MAX_MEMBERS = 64;

  private static final JsonFields FIELDS =
      JsonFields.inAnyCase().texts("From").objectList("Events", SocialEntry.FIELDS, MAX_EVENTS);

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
    private static final JsonFields FIELDS =
        JsonFields.inAnyCase()
            .texts("ID")
            .numbers("Timestamp")
            .texts("Type", "Actor", "Target", "Reason", "Witness", "Signature");

    /** The entry for an event with this payload. */
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

    private static SocialEntry of(JsonRecord json) {
      return new SocialEntry(
          json.text("ID"),
          json.number("Timestamp"),
          json.text("Type"),
          json.text("Actor"),
          json.text("Target"),
          json.text("Reason"),
          json.text("Witness"),
          json.text("Signature"));
    }

    /** The event's JSON: unsigned, with the id of its content. */
    public byte[] toEventJson() {
      return EventWriter.writeUnsigned(
          timestamp, new Social(type, actor, "", target, "", reason, witness));
    }

    private void write(JsonWriter out) {
      out.text("ID", id)
          .number("Timestamp", timestamp)
          .text("Type", type)
          .text("Actor", actor)
          .text("Target", target)
          .text("Reason", reason)
          .text("Witness", witness)
          .text("Signature", signature);
    }

    /** The JSON of this entry alone. */
    public byte[] json() {
      JsonWriter out = JsonWriter.begin();
      write(out);
      return out.end().toBytes();
    }
  }

  /**
   * A response as events to be verified.
   *
   * @param from the responding nara; not proven
   * @param events not parsed
   */
  public record DecodedResponse(String from, RawEvents events) {}

  /**
   * Reads a response and converts each entry into an event. An unreadable entry is kept as it came,
   * so that it is verified, counted and rejected like any other event.
   *
   * @throws MalformedJsonException when the bytes are no response at all
   */
  public static DecodedResponse decode(byte[] json) {
    try {
      // In one pass, which is many times faster than entry by entry.
      JsonRecord response = FIELDS.read(json);
      List<byte[]> events =
          response.objects("Events").stream()
              .map(SocialEntry::of)
              .map(SocialEntry::toEventJson)
              .toList();
      return new DecodedResponse(response.text("From"), RawEvents.join(events));
    } catch (MalformedJsonException anEntryIsMalformed) {
      JsonRecord response = FIELDS.cut(json, MAX_MEMBERS, json.length);
      List<byte[]> events =
          response.elements("Events").stream().map(entry -> eventJson(json, entry)).toList();
      return new DecodedResponse(response.text("From"), RawEvents.join(events));
    }
  }

  private static byte[] eventJson(byte[] json, Span entry) {
    try {
      return SocialEntry.of(SocialEntry.FIELDS.read(json, entry)).toEventJson();
    } catch (MalformedJsonException unreadable) {
      return Arrays.copyOfRange(json, entry.offset(), entry.offset() + entry.length());
    }
  }

  /** The JSON, byte for byte as the reference writes it. */
  public byte[] json() {
    return JsonWriter.begin()
        .text("From", from)
        .objectList("Events", events, (out, event) -> event.write(out))
        .end()
        .toBytes();
  }
}
