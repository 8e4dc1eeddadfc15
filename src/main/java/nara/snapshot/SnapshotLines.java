package nara.snapshot;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import nara.event.Verdict;
import nara.identity.Keyring.KeyEntry;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.identity.Witness;

/**
 * The metadata lines of a snapshot: the format, keys, and the verdict of the events that follow.
 *
 * <p>Each is a JSON array of strings. An event is a JSON object, so no event can pass for one.
 */
public final class SnapshotLines {
  /** The format with its version. */
  static final String FORMAT = "nara:snapshot:v1";

  private static final byte[] HEADER_PREFIX =
      ("[\"" + FORMAT + "\"").getBytes(StandardCharsets.UTF_8);

  private static final String KEY = "key";
  private static final String VERDICT = "verdict";
  private static final String SECTION = "section";

  /** Bytes of a section in one line: in Base64 they fit the limit of a line. */
  private static final int SECTION_BYTES = 9_000;

  // How strong the evidence for a key was, the last field of its line.
  private static final String OWN = "own";
  private static final String STRONG = "strong";
  private static final String WEAK = "weak";

  /** The addresses of configured peers follow. An earlier version takes such a key for weak. */
  private static final String SUPPORTED = "supported by ";

  private static final JsonMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private SnapshotLines() {}

  static byte[] header(Instant writtenAt) {
    return line(FORMAT, writtenAt.toString());
  }

  /** The line of a key with the evidence for it; see {@link #parseKey}. */
  static byte[] key(SnapshotKey key) {
    KeyEntry entry = key.entry();
    String evidence =
        entry.origin().isOwn()
            ? OWN
            : entry.origin() == Origin.SNAPSHOT
                ? STRONG
                : key.supporters().isEmpty() ? WEAK : SUPPORTED + hosts(key.supporters());
    return line(KEY, entry.name(), entry.id(), entry.key().encoded(), evidence);
  }

  private static String hosts(List<Witness> supporters) {
    return supporters.stream().map(Witness::host).collect(Collectors.joining(" "));
  }

  static byte[] verdict(Verdict verdict) {
    return line(VERDICT, verdict.label());
  }

  /** The lines of another part's bytes; see {@link #parseSection}. */
  static List<byte[]> section(String name, byte[] bytes) {
    List<byte[]> lines = new ArrayList<>();
    for (int from = 0; from < bytes.length; from += SECTION_BYTES) {
      int to = Math.min(bytes.length, from + SECTION_BYTES);
      byte[] piece = Arrays.copyOfRange(bytes, from, to);
      lines.add(line(SECTION, name, Base64.getEncoder().encodeToString(piece)));
    }
    return lines;
  }

  /** A piece of the bytes that another part keeps in the snapshot, with that part's name. */
  record SectionPiece(String name, byte[] bytes) {}

  /** The piece in a line of a section; empty for other lines. */
  static Optional<SectionPiece> parseSection(List<String> fields) {
    if (fields.size() != 3 || !SECTION.equals(fields.get(0))) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new SectionPiece(fields.get(1), Base64.getDecoder().decode(fields.get(2))));
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
  }

  private static byte[] line(String... fields) {
    try {
      return JSON.writeValueAsBytes(fields);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("an array of strings can be written", impossible);
    }
  }

  /** Whether a file that starts with this line is a snapshot. */
  public static boolean isHeader(byte[] line) {
    return Arrays.mismatch(line, HEADER_PREFIX) >= HEADER_PREFIX.length;
  }

  /** Whether the line is not an event's. */
  public static boolean isMetadata(byte[] line) {
    return line.length > 0 && line[0] == '[';
  }

  /** The fields of a metadata line; none when it is malformed. */
  static List<String> fields(byte[] line) {
    try {
      return Arrays.asList(JSON.readValue(line, String[].class));
    } catch (IOException malformed) {
      return List.of();
    }
  }

  /**
   * The key in a key line; empty for other lines. A restart must not make a claim stronger than it
   * was. So the key is weak when the evidence is unknown or missing, as in files of earlier
   * versions.
   */
  static Optional<SnapshotKey> parseKey(List<String> fields) {
    if (fields.size() < 4 || fields.size() > 5 || !KEY.equals(fields.get(0))) {
      return Optional.empty();
    }
    String evidence = fields.size() == 5 ? fields.get(4) : WEAK;
    Origin origin =
        OWN.equals(evidence)
            ? Origin.CONFIG
            : STRONG.equals(evidence) ? Origin.SNAPSHOT : Origin.HEY_THERE;
    return PublicKey.parse(fields.get(3))
        .map(key -> new KeyEntry(fields.get(1), fields.get(2), key, origin))
        .map(entry -> new SnapshotKey(entry, supporters(evidence)));
  }

  private static List<Witness> supporters(String evidence) {
    return evidence != null && evidence.startsWith(SUPPORTED)
        ? Arrays.stream(evidence.substring(SUPPORTED.length()).split(" "))
            .filter(host -> !host.isEmpty())
            .map(host -> new Witness(host, true))
            .limit(SnapshotKey.MAX_SUPPORTERS)
            .toList()
        : List.of();
  }

  /** Whether the verdict in a verdict line is {@code valid}; empty for other lines. */
  static Optional<Boolean> parseValid(List<String> fields) {
    return fields.size() == 2 && VERDICT.equals(fields.get(0))
        ? Optional.of(Verdict.VALID.label().equals(fields.get(1)))
        : Optional.empty();
  }

  /** The JSON in one line: line ends between its tokens become spaces. */
  static byte[] singleLine(byte[] json) {
    String text = new String(json, StandardCharsets.ISO_8859_1);
    return text.indexOf('\n') < 0 && text.indexOf('\r') < 0
        ? json
        : text.replace('\n', ' ').replace('\r', ' ').getBytes(StandardCharsets.ISO_8859_1);
  }
}
