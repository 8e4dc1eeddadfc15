package nara.plaza;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import nara.event.GoJson;
import nara.event.JsonSpans;

/**
 * The answer to an announcement: who answers, what it observes of the other, and whom it knows.
 *
 * <p>Only from, to and seq are under the signature. All else, the sender's own address too, is the
 * word of whoever passed the message on.
 *
 * @param from who answers
 * @param to who had announced itself
 * @param seq the how-manieth answer to that announcement it is
 * @param you what the sender observes of the other
 * @param neighbours whom the sender knows, at most {@link #MOST_NEIGHBOURS}
 * @param me the sender's status, the JSON as it came
 * @param status the same, read
 * @param signature as Base64, over {@link #signedText}
 */
public record HowdyMessage(
    String from,
    String to,
    long seq,
    Standing you,
    List<Acquaintance> neighbours,
    String me,
    Status status,
    String signature) {
  /** How many neighbours one howdy may name. */
  public static final int MOST_NEIGHBOURS = 10;

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
  public record Acquaintance(
      String name, String publicKey, String meshIp, String id, Standing observation) {
    private static final String[] KEYS = {"Name", "PublicKey", "MeshIP", "ID", "Observation"};

    private static Acquaintance read(JsonParser parser) throws IOException {
      String[] t = {"", "", "", ""};
      Standing[] observation = {Standing.NONE};
      PlazaJson.object(
          parser,
          KEYS,
          (key, value) -> {
            if (key < t.length) {
              t[key] = PlazaJson.text(parser, value, KEYS[key]);
            } else {
              observation[0] = Standing.read(parser, value);
            }
          });
      return new Acquaintance(t[0], t[1], t[2], t[3], observation[0]);
    }

    private void write(StringBuilder out) {
      GoJson.text(out.append("{\"Name\":"), name);
      GoJson.text(out.append(",\"PublicKey\":"), publicKey);
      GoJson.text(out.append(",\"MeshIP\":"), meshIp);
      GoJson.text(out.append(",\"ID\":"), id);
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
   * @throws PlazaJson.Refused with a sentence when it is none
   */
  static HowdyMessage read(byte[] json) {
    String[] t = {"", "", "", "", "", "", ""};
    long[] seq = new long[1];
    Standing[] you = {Standing.NONE};
    List<Acquaintance> neighbours = new ArrayList<>();
    PlazaJson.read(
        json,
        0,
        json.length,
        parser -> {
          PlazaJson.object(
              parser,
              KEYS,
              (key, value) -> {
                switch (key) {
                  case 2 -> seq[0] = PlazaJson.whole(parser, value, KEYS[key]);
                  case 3 -> you[0] = Standing.read(parser, value);
                  case 4 -> readNeighbours(parser, value, neighbours);
                  case 5 -> {
                    JsonSpans.Span span = PlazaJson.skipped(parser, value, KEYS[key]);
                    t[key] = span.text(json);
                  }
                  default -> t[key] = PlazaJson.text(parser, value, KEYS[key]);
                }
              });
          return null;
        });
    if (t[5].isEmpty()) {
      throw new PlazaJson.Refused("no Me");
    }
    return new HowdyMessage(
        t[0], t[1], seq[0], you[0], List.copyOf(neighbours), t[5], Status.read(t[5]), t[6]);
  }

  private static void readNeighbours(
      JsonParser parser, JsonToken start, List<Acquaintance> neighbours) throws IOException {
    if (start == JsonToken.VALUE_NULL) {
      return;
    }
    if (start != JsonToken.START_ARRAY) {
      throw new PlazaJson.Refused("Neighbors is not a list");
    }
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (neighbours.size() == MOST_NEIGHBOURS) {
        throw new PlazaJson.Refused("more than " + MOST_NEIGHBOURS + " neighbours");
      }
      neighbours.add(Acquaintance.read(parser));
    }
  }

  /** The JSON, letter for letter as the reference writes it. */
  public byte[] json() {
    StringBuilder out = new StringBuilder(1_024);
    GoJson.text(out.append("{\"From\":"), from);
    GoJson.text(out.append(",\"To\":"), to);
    out.append(",\"Seq\":").append(seq);
    you.write(out.append(",\"You\":"));
    out.append(",\"Neighbors\":");
    if (neighbours.isEmpty()) {
      out.append("null");
    } else {
      char before = '[';
      for (Acquaintance neighbour : neighbours) {
        neighbour.write(out.append(before));
        before = ',';
      }
      out.append(']');
    }
    out.append(",\"Me\":").append(me);
    GoJson.text(out.append(",\"Signature\":"), signature);
    return out.append('}').toString().getBytes(StandardCharsets.UTF_8);
  }
}
