package nara.cli.file;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import nara.bounds.SafeText;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.PublicKey;

/**
 * A file of public keys that the operator trusts: a JSON array of {@code {name, id, public_key}},
 * or an object with this array under {@code keys}.
 */
public final class KeysFile {
  /** The keys of 100,000 names take 15 MB. */
  private static final int MAX_BYTES = 64 << 20;

  // The parser would ignore a first value of a repeated name, and a second text after the first.
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private KeysFile() {}

  /**
   * Adds all keys of the file to the keyring.
   *
   * @throws CommandFailure when the file cannot be read, or an entry is no key or contradicts
   *     another one
   */
  public static void learn(Path path, Keyring keys) {
    JsonNode root = read(path);
    JsonNode entries = root.isArray() ? root : root.path("keys");
    if (!entries.isArray()) {
      throw new CommandFailure(
          path
              + " holds no keys: expected an array of {name, id, public_key}, or an object with"
              + " this array under \"keys\"");
    }
    int index = 0;
    for (JsonNode entry : entries) {
      learn(path, index++, entry, keys);
    }
  }

  private static void learn(Path path, int index, JsonNode entry, Keyring keys) {
    String name = entry.path("name").asText("");
    String id = entry.path("id").asText("");
    Optional<PublicKey> key = PublicKey.parse(entry.path("public_key").asText(""));
    if (key.isEmpty()) {
      throw new CommandFailure(
          "%s: key %d (%s) has no public_key of 32 bytes in Base64"
              .formatted(path, index + 1, SafeText.excerpt(name)));
    }
    switch (keys.learn(name, id, key.get(), Origin.CONFIG)) {
      case ADDED, KNOWN -> {}
      case CONFLICT ->
          throw new CommandFailure(
              "%s: key %d (%s) contradicts an earlier key with the same name or id"
                  .formatted(path, index + 1, SafeText.excerpt(name)));
      case FULL ->
          throw new CommandFailure(path + " has more keys than a keyring holds; remove some");
      case REFUSED ->
          throw new CommandFailure(
              "%s: key %d needs a name or an id, and neither may be too long"
                  .formatted(path, index + 1));
    }
  }

  private static JsonNode read(Path path) {
    byte[] json = BoundedFile.read(path, MAX_BYTES, "a file of keys");
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException broken) {
      throw new CommandFailure(
          path + " is not JSON: " + SafeText.excerpt(broken.getOriginalMessage()));
    } catch (IOException failure) {
      throw CommandFailure.unreadable(path, failure);
    }
  }
}
