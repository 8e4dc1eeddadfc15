package nara.mqtt.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import nara.event.json.GoJson;
import nara.event.json.JsonSpans;

/**
 * The answer to an announcement: who answers, what it observes of the other, and whom it knows.
 *
 * <p>Only from, to and seq are under the signature. All else, the sender's own address too, is the
 * word of whoever passed the message on.
 *
 * @param from who answers
 * @param to who had announced itself
 * @param seq the how-manieth answer to that announcement it is
 * @param observation what the sender observes of the other
 * @param neighbours whom the sender knows, at most {@link #MAX_NEIGHBOURS}
 * @param statusJson the sender's status, the JSON as it came
 * @param status the same, read
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
  /** How many neighbours one howdy may name. */
  public static final int MAX_NEIGHBOURS = 10;

  private static final String[] KEYS = {"From", "To", "Seq", "You", "Neighbors", "Me", "Signature"};

  /**
   * A nara that the sender knows.
   *
   * @param name its name
   * @param publicKey its key as Base64, or empty
   * @param meshIp its mesh address, or empty
   * @param id its nara id, or empty
   * @param observation what the sender observes of it
   */
  public record HowdyNeighbour(
      String name, String publicKey, String meshIp, String id, HowdyObservation observation) {
    private static final String[] KEYS = {"Name", "PublicKey", "MeshIP", "ID", "Observation"};

    private static HowdyNeighbour read(JsonParser parser) throws IOException {
      String[] t = {"", "", "", ""};
      HowdyObservation[] observation = {HowdyObservation.NONE};
      PlazaJson.readObject(
          parser,
          KEYS,
          (key, value) -> {
            if (key < t.length) {
              t[key] = PlazaJson.readString(parser, value, KEYS[key]);
            } else {
              observation[0] = HowdyObservation.read(parser, value);
            }
          });
      return new HowdyNeighbour(t[0], t[1], t[2], t[3], observation[0]);
    }

    private void write(StringBuilder out) {
      GoJson.appendString(out.append("{\"Name\":"), name);
      GoJson.appendString(out.append(",\"PublicKey\":"), publicKey);
      GoJson.appendString(out.append(",\"MeshIP\":"), meshIp);
      GoJson.appendString(out.append(",\"ID\":"), id);
      observation.write(out.append(",\"Observation\":"));
      out.append('}');
    }
  }

  /** The text that its sender signs, directly and without hashing it first. */
  public static String signedText(String from, String to, long seq) {
    return "howdy:" + from + ':' + to + ':' + seq;
  }

  /**
   * Reads a howdy.
   *
   * @throws PlazaJson.PlazaJsonException with a sentence when it is none
   */
  public static HowdyMessage read(byte[] json) {
    String[] t = {"", "", "", "", "", "", ""};
    long[] seq = new long[1];
    HowdyObservation[] observation = {HowdyObservation.NONE};
    List<HowdyNeighbour> neighbours = new ArrayList<>();
    PlazaJson.read(
        json,
        0,
        json.length,
        parser -> {
          PlazaJson.readObject(
              parser,
              KEYS,
              (key, value) -> {
                switch (key) {
                  case 2 -> seq[0] = PlazaJson.readLong(parser, value, KEYS[key]);
                  case 3 -> observation[0] = HowdyObservation.read(parser, value);
                  case 4 -> readNeighbours(parser, value, neighbours);
                  case 5 -> {
                    JsonSpans.Span span = PlazaJson.skipObject(parser, value, KEYS[key]);
                    t[key] = span.text(json);
                  }
                  default -> t[key] = PlazaJson.readString(parser, value, KEYS[key]);
                }
              });
          return null;
        });
    if (t[5].isEmpty()) {
      throw new PlazaJson.PlazaJsonException("no Me");
    }
    return new HowdyMessage(
        t[0], t[1], seq[0], observation[0], List.copyOf(neighbours), t[5], Status.read(t[5]), t[6]);
  }

  private static void readNeighbours(
      JsonParser parser, JsonToken start, List<HowdyNeighbour> neighbours) throws IOException {
    if (start == JsonToken.VALUE_NULL) {
      return;
    }
    if (start != JsonToken.START_ARRAY) {
      throw new PlazaJson.PlazaJsonException("Neighbors is not a list");
    }
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (neighbours.size() == MAX_NEIGHBOURS) {
        throw new PlazaJson.PlazaJsonException("more than " + MAX_NEIGHBOURS + " neighbours");
      }
      neighbours.add(HowdyNeighbour.read(parser));
    }
  }

  /** The JSON, letter for letter as the reference writes it. */
  public byte[] json() {
    StringBuilder out = new StringBuilder(1_024);
    GoJson.appendString(out.append("{\"From\":"), from);
    GoJson.appendString(out.append(",\"To\":"), to);
    out.append(",\"Seq\":").append(seq);
    observation.write(out.append(",\"You\":"));
    out.append(",\"Neighbors\":");
    if (neighbours.isEmpty()) {
      out.append("null");
    } else {
      char before = '[';
      for (HowdyNeighbour neighbour : neighbours) {
        neighbour.write(out.append(before));
        before = ',';
      }
      out.append(']');
    }
    out.append(",\"Me\":").append(statusJson);
    GoJson.appendString(out.append(",\"Signature\":"), signature);
    return out.append('}').toString().getBytes(StandardCharsets.UTF_8);
  }
}
