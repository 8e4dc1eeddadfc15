package nara.journey;

import java.util.List;
import nara.event.json.JsonFields;
import nara.event.json.JsonRecord;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.event.json.JsonWriter;

/**
 * The message on the plaza that a journey is complete. It is not signed itself: only its hops are.
 *
 * @param reportedBy the publisher, by its own word
 */
record JourneyCompletion(Journey journey, String reportedBy) {
  private static final JsonFields FIELDS =
      new JsonFields(JourneyLimits.MAX_MESSAGE_LENGTH, false)
          .texts("journey_id", "originator", "reported_by", "message")
          .objectList("hops", Hop.FIELDS, JourneyLimits.MAX_HOPS);

  /**
   * Reads a message of the plaza.
   *
   * @throws MalformedJsonException when the bytes are none
   */
  static JourneyCompletion read(byte[] json) {
    JsonRecord completion = FIELDS.read(json);
    List<Hop> hops = completion.objects("hops").stream().map(Hop::of).toList();
    return new JourneyCompletion(
        new Journey(
            completion.text("journey_id"),
            completion.text("message"),
            completion.text("originator"),
            hops),
        completion.text("reported_by"));
  }

  /** The JSON, byte for byte as the reference writes it. */
  byte[] json() {
    JsonWriter out =
        JsonWriter.begin()
            .text("journey_id", journey.id())
            .text("originator", journey.originator())
            .text("reported_by", reportedBy)
            .optional("message", journey.message());
    if (!journey.hops().isEmpty()) {
      out.raw("hops", Journey.hopsJson(journey.hops()));
    }
    return out.end().toBytes();
  }
}
