package nara.mqtt.wire;

import java.util.List;
import nara.event.json.JsonFields;
import nara.event.json.JsonRecord;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.event.json.JsonWriter;
import nara.profile.Status;

/**
 * The response to an announcement: the sender's observation of the announced nara, and some of its
 * neighbours.
 *
 * <p>The signature covers only from, to and seq. Everything else can be altered by whoever relays
 * the message, including the sender's own address.
 *
 * @param from the sender
 * @param to the nara that announced itself
 * @param seq the number of this response among those to the announcement
 * @param observation the sender's observation of {@code to}
 * @param neighbours neighbours of the sender, at most {@link #MAX_NEIGHBOURS}
 * @param statusJson the sender's status as received
 * @param status the same, decoded
 * @param signature as Base64, over {@link #signedText}
 */
public record HowdyMessage(
    String from,
    String to,
    long seq,
    HowdyObservation observation,
    List<HowdyNeighbour> neighbours,
    String statusJson,
    Status status,
    String signature) {
  /** Neighbours in one howdy: the wire contract's maximum. */
  public static final int MAX_NEIGHBOURS = 10;

  private static final JsonFields FIELDS =
      JsonFields.inAnyCase()
          .texts("From", "To")
          .numbers("Seq")
          .object("You", HowdyObservation.FIELDS)
          .objectList("Neighbors", HowdyNeighbour.FIELDS, MAX_NEIGHBOURS)
          .objectSpan("Me")
          .texts("Signature");

  /**
   * A neighbour of the sender.
   *
   * @param publicKey as Base64, or empty
   * @param meshIp its mesh address, or empty
   * @param id its nara id, or empty
   * @param observation the sender's observation of it
   */
  public record HowdyNeighbour(
      String name, String publicKey, String meshIp, String id, HowdyObservation observation) {
    private static final JsonFields FIELDS =
        JsonFields.inAnyCase()
            .texts("Name", "PublicKey", "MeshIP", "ID")
            .object("Observation", HowdyObservation.FIELDS);

    private static HowdyNeighbour of(JsonRecord json) {
      return new HowdyNeighbour(
          json.text("Name"),
          json.text("PublicKey"),
          json.text("MeshIP"),
          json.text("ID"),
          HowdyObservation.of(json.object("Observation")));
    }

    private void write(JsonWriter out) {
      out.text("Name", name)
          .text("PublicKey", publicKey)
          .text("MeshIP", meshIp)
          .text("ID", id)
          .object("Observation", observation::write);
    }
  }

  /** The text that the sender signs, directly and without hashing it first. */
  public static String signedText(String from, String to, long seq) {
    return "howdy:" + from + ':' + to + ':' + seq;
  }

  /**
   * Reads a howdy.
   *
   * @throws MalformedJsonException when the bytes are none
   */
  public static HowdyMessage read(byte[] json) {
    JsonRecord howdy = FIELDS.read(json);
    String statusJson = Newspaper.statusText(json, howdy.span("Me"));
    return new HowdyMessage(
        howdy.text("From"),
        howdy.text("To"),
        howdy.number("Seq"),
        HowdyObservation.of(howdy.object("You")),
        howdy.objects("Neighbors").stream().map(HowdyNeighbour::of).toList(),
        statusJson,
        Status.read(statusJson),
        howdy.text("Signature"));
  }

  /** The JSON, byte for byte as the reference writes it. */
  public byte[] json() {
    return JsonWriter.begin()
        .text("From", from)
        .text("To", to)
        .number("Seq", seq)
        .object("You", observation::write)
        .objectList("Neighbors", neighbours, (out, neighbour) -> neighbour.write(out))
        .raw("Me", statusJson)
        .text("Signature", signature)
        .end()
        .toBytes();
  }
}
