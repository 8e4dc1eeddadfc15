package nara.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The secret of a nara: a 32-byte seed, from which the key pair derives, and an 8-byte tag that
 * bonds the seed to one name. The wire contract writes it as Base58 of the 40 bytes.
 *
 * <p>Never print it: only {@link #encoded}, {@link #bytes} and {@link #seed} disclose the secret.
 */
public final class Soul {
  /** Bytes of a soul. */
  public static final int LENGTH = 40;

  /** Bytes of its seed. */
  public static final int SEED_LENGTH = 32;

  /** Bytes of its tag. */
  public static final int TAG_LENGTH = 8;

  // 58^54 < 256^40 < 58^55
  private static final int MAX_CHARACTERS = 55;

  private final byte[] bytes;

  private Soul(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Parses Base58 of exactly 40 bytes. */
  public static Optional<Soul> parse(String base58) {
    if (base58.length() > MAX_CHARACTERS) {
      return Optional.empty();
    }
    return Base58.decode(base58).filter(bytes -> bytes.length == LENGTH).map(Soul::new);
  }

  /** The soul of a seed of 32 bytes and a tag of 8, bonded or not. */
  public static Soul of(byte[] seed32, byte[] tag8) {
    if (seed32.length != SEED_LENGTH || tag8.length != TAG_LENGTH) {
      throw new IllegalArgumentException(
          "a soul is a seed of 32 bytes and a tag of 8, not %d and %d"
              .formatted(seed32.length, tag8.length));
    }
    byte[] bytes = Arrays.copyOf(seed32, LENGTH);
    System.arraycopy(tag8, 0, bytes, SEED_LENGTH, TAG_LENGTH);
    return new Soul(bytes);
  }

  /** The soul of this seed that is bonded to the name. */
  public static Soul forName(byte[] seed32, String name) {
    return of(seed32, tagFor(seed32, name));
  }

  /** A new soul bonded to the name, with a random seed. */
  public static Soul generate(String name, RandomGenerator random) {
    byte[] seed = new byte[SEED_LENGTH];
    random.nextBytes(seed);
    return forName(seed, name);
  }

  /** A copy of the 32 bytes of the seed. */
  public byte[] seed() {
    return Arrays.copyOf(bytes, SEED_LENGTH);
  }

  /** A copy of the 8 bytes of the tag. */
  public byte[] tag() {
    return Arrays.copyOfRange(bytes, SEED_LENGTH, LENGTH);
  }

  /** A copy of the 40 bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /**
   * A key of 32 bytes for one purpose: HKDF-SHA256 (RFC 5869) of the seed.
   *
   * @param salt names the purpose and its version
   * @param info names the key within the purpose
   */
  public byte[] derivedKey(String salt, String info) {
    return Hashing.hkdfSha256(seed(), salt, info);
  }

  /** The secret in Base58. */
  public String encoded() {
    return Base58.encode(bytes);
  }

  /**
   * The nara id of this soul under a name, which distinguishes naras with the same name: Base58 of
   * SHA-256 over the 40 bytes and the name in UTF-8. Nobody can compute it from a public key; see
   * {@link Keyring} for claims about ids.
   */
  public String idFor(String name) {
    return Base58.encode(Hashing.sha256(bytes, name.getBytes(StandardCharsets.UTF_8)));
  }

  /** Whether the tag is that of the name, in constant time; never for the empty name. */
  public boolean isBondedTo(String name) {
    return !name.isEmpty() && MessageDigest.isEqual(tag(), tagFor(seed(), name));
  }

  private static byte[] tagFor(byte[] seed, String name) {
    return Arrays.copyOf(Hashing.hmacSha256(seed, "nara:name:v2:" + name), TAG_LENGTH);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Soul soul && MessageDigest.isEqual(bytes, soul.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "Soul[masked]";
  }
}
