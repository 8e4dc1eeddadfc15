package nara.mqtt.wire;

import java.nio.charset.StandardCharsets;
import nara.event.json.GoJson;

/**
 * A nara's status, published for everybody.
 *
 * @param from who publishes it
 * @param statusJson the status, exactly the text that is signed
 * @param status the same, read
 * @param signature as Base64, over the bytes of the status, directly and without hashing them
 */
public record Newspaper(String from, String statusJson, Status status, String signature) {
  private static final String[] KEYS = {"From", "Status", "Signature"};

  /**
   * Reads a newspaper.
   *
   * @throws PlazaJson.PlazaJsonException with a sentence when it is none
   */
  public static Newspaper read(byte[] json) {
    String[] t = {"", "", ""};
    PlazaJson.read(
        json,
        0,
        json.length,
        parser -> {
          PlazaJson.readObject(
              parser,
              KEYS,
              (key, value) ->
                  t[key] =
                      key == 1
                          ? PlazaJson.skipObject(parser, value, KEYS[key]).text(json)
                          : PlazaJson.readString(parser, value, KEYS[key]));
          return null;
        });
    if (t[1].isEmpty()) {
      throw new PlazaJson.PlazaJsonException("no Status");
    }
    return new Newspaper(t[0], t[1], Status.read(t[1]), t[2]);
  }

  /** The JSON, letter for letter as the reference writes it. */
  public byte[] json() {
    StringBuilder out = new StringBuilder(512);
    GoJson.appendString(out.append("{\"From\":"), from);
    out.append(",\"Status\":").append(statusJson);
    GoJson.appendString(out.append(",\"Signature\":"), signature);
    return out.append('}').toString().getBytes(StandardCharsets.UTF_8);
  }
}
