package nara.snapshot;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import nara.event.Verdict;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.PublicKey;

/**
 * The lines of a snapshot that are no events: what the file is, keys, and the verdict that the
 * events after it got.
 *
 * <p>Each is a JSON array of texts. An event is a JSON object whatever a peer puts into it, so none
 * can pass for one of these.
 */
public final class SnapshotLines {
  /** What the file is, and the version of it. */
  static final String FORMAT = "nara:snapshot:v1";

  private static final byte[] HEADER_PREFIX =
      ("[\"" + FORMAT + "\"").getBytes(StandardCharsets.UTF_8);

  private static final String KEY = "key";
  private static final String VERDICT = "verdict";

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private SnapshotLines() {}

  static byte[] header(Instant writtenAt) {
    return line(FORMAT, writtenAt.toString());
  }

  static byte[] key(Keyring.KeyEntry keyEntry) {
    return line(KEY, keyEntry.name(), keyEntry.id(), keyEntry.key().encoded());
  }

  static byte[] verdict(Verdict verdict) {
    return line(VERDICT, verdict.label());
  }

  private static byte[] line(String... texts) {
    try {
      return JSON.writeValueAsBytes(texts);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("an array of texts can be written", impossible);
    }
  }

  /** Whether a file that begins with this line is a snapshot. */
  public static boolean isHeader(byte[] line) {
    return Arrays.mismatch(line, HEADER_PREFIX) >= HEADER_PREFIX.length;
  }

  /** Whether the line is none of an event's. */
  public static boolean isMetadata(byte[] line) {
    return line.length > 0 && line[0] == '[';
  }

  /** The texts of a line; none when it is not an array of them. */
  static List<String> fields(byte[] line) {
    try {
      return Arrays.asList(JSON.readValue(line, String[].class));
    } catch (java.io.IOException noTexts) {
      return List.of();
    }
  }

  /** The key that a line tells, if it does. */
  static Optional<Keyring.KeyEntry> parseKey(List<String> texts) {
    return texts.size() == 4 && KEY.equals(texts.get(0))
        ? PublicKey.parse(texts.get(3))
            .map(key -> new Keyring.KeyEntry(texts.get(1), texts.get(2), key, Origin.SNAPSHOT))
        : Optional.empty();
  }

  /** Whether the line says of what verdict the following events are. */
  static boolean isVerdict(List<String> texts) {
    return texts.size() == 2 && VERDICT.equals(texts.get(0));
  }

  /** Whether that verdict is {@code valid}. */
  static boolean isValid(List<String> texts) {
    return isVerdict(texts) && Verdict.VALID.label().equals(texts.get(1));
  }

  /** The JSON in one line: ends of lines mean nothing between its tokens, and become blanks. */
  static byte[] singleLine(byte[] json) {
    String text = new String(json, StandardCharsets.ISO_8859_1);
    return text.indexOf('\n') < 0 && text.indexOf('\r') < 0
        ? json
        : text.replace('\n', ' ').replace('\r', ' ').getBytes(StandardCharsets.ISO_8859_1);
  }
}
