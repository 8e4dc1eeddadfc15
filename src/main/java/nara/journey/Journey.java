package nara.journey;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import nara.event.Event;
import nara.event.json.JsonFields;
import nara.event.json.JsonRecord;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.event.json.JsonWriter;
import nara.identity.Hashing;

/**
 * A message that goes round all naras that are online, as it is on the wire (the wire contract
 * section 8).
 *
 * @param originator the name of the nara that started it
 * @param hops the naras that signed it, in order
 */
public record Journey(String id, String message, String originator, List<Hop> hops) {
  private static final JsonFields FIELDS =
      new JsonFields(JourneyLimits.MAX_MESSAGE_LENGTH, false)
          .texts("id", "message", "originator")
          // RelayRules gives the reason when there are too many hops.
          .objectList("hops", Hop.FIELDS, JourneyLimits.MAX_BYTES);

  /** A new journey of this originator, with an id as the reference makes it. */
  public static Journey begin(String message, String originator, Instant now) {
    String text = originator + ':' + message + ':' + Event.unixNanos(now);
    byte[] hash = Hashing.sha256(text.getBytes(UTF_8));
    String id = Base64.getEncoder().encodeToString(Arrays.copyOf(hash, 16));
    return new Journey(id, message, originator, List.of());
  }

  /**
   * Reads a journey. Hops that are {@code null} are none.
   *
   * @throws MalformedJsonException when the bytes are no journey
   */
  public static Journey read(byte[] json) {
    JsonRecord journey = FIELDS.read(json);
    return new Journey(
        journey.text("id"),
        journey.text("message"),
        journey.text("originator"),
        journey.objects("hops").stream().map(Hop::of).toList());
  }

  /** The JSON, byte for byte as the reference writes it; hops are never {@code null}. */
  public byte[] json() {
    return JsonWriter.begin()
        .text("id", id)
        .text("message", message)
        .text("originator", originator)
        .raw("hops", hopsJson(hops))
        .end()
        .toBytes();
  }

  static String hopsJson(List<Hop> hops) {
    return hops.stream().map(Hop::json).collect(Collectors.joining(",", "[", "]"));
  }

  /** The journey with one more hop. */
  Journey with(Hop hop) {
    List<Hop> more = new ArrayList<>(hops);
    more.add(hop);
    return new Journey(id, message, originator, List.copyOf(more));
  }

  /** Whether this nara has signed. */
  boolean hasVisited(String nara) {
    return hops.stream().anyMatch(hop -> hop.nara().equals(nara));
  }

  /** Whether the originator has signed last. */
  public boolean isComplete() {
    return !hops.isEmpty() && hops.getLast().nara().equals(originator);
  }

  /** The nara that had the journey last: the one that may pass it on. */
  String lastNara() {
    return hops.isEmpty() ? originator : hops.getLast().nara();
  }

  /**
   * Identifies the journey. Anybody can send another message under a known id, so the id alone does
   * not.
   */
  String key() {
    String text =
        JsonWriter.begin()
            .text("id", id)
            .text("message", message)
            .text("originator", originator)
            .end()
            .toString();
    return HexFormat.of().formatHex(Hashing.sha256(text.getBytes(UTF_8)));
  }
}
