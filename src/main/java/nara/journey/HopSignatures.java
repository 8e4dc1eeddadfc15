package nara.journey;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import nara.bounds.SafeText;
import nara.event.Signatures;
import nara.event.json.JsonWriter;
import nara.identity.Hashing;
import nara.identity.Identity;
import nara.identity.PublicKey;
import nara.trust.verifier.SignatureCheck;
import nara.trust.verifier.SignatureVerifier;

/**
 * The signatures of hops: Ed25519 over the SHA-256 of a JSON text with the journey, the hops before
 * and the signing name (the wire contract section 8). A hop's own time and stamp are not in its
 * signature.
 *
 * <p>The texts of all hops have a common beginning, so verifying n hops hashes each byte once.
 */
final class HopSignatures {
  private static final List<String> STAMPS =
      List.of("🌟", "🎉", "🚀", "💫", "✨", "🌈", "🎊", "💖", "🌸", "🔥");

  private HopSignatures() {}

  /** The result of verifying the hops of a journey. */
  sealed interface ChainResult {
    /** All signatures are valid. */
    record Verified() implements ChainResult {}

    /** Keys of these names are missing; no hop with a known key is wrong. */
    record KeysMissing(Set<String> names) implements ChainResult {}

    /** A hop is wrong, for a reason in the reference's words. */
    record Broken(String reason) implements ChainResult {}
  }

  /** Adds this node's hop to a journey. */
  static Journey sign(Journey journey, Identity me, long nowSeconds) {
    byte[] hash = new Texts(journey).hashBefore(journey.hops().size(), me.name());
    String stamp = STAMPS.get(journey.hops().size() % STAMPS.size());
    return journey.with(new Hop(me.name(), nowSeconds, me.keys().signBase64(hash), stamp));
  }

  /** The SHA-256 that the hop at an index signs. */
  static byte[] signedHash(Journey journey, int index) {
    return new Texts(journey).hashBefore(index, journey.hops().get(index).nara());
  }

  /** Verifies all hops. Not for an event loop. */
  static ChainResult verify(
      Journey journey, Function<String, Optional<PublicKey>> keyOf, SignatureVerifier verifier) {
    Set<String> missing = new LinkedHashSet<>();
    List<SignatureCheck> checks = new ArrayList<>();
    List<Integer> indexes = new ArrayList<>();
    Texts texts = new Texts(journey);
    for (int i = 0; i < journey.hops().size(); i++) {
      Hop hop = journey.hops().get(i);
      byte[] hash = texts.hashBefore(i, hop.nara());
      Optional<PublicKey> key = keyOf.apply(hop.nara());
      if (key.isEmpty()) {
        missing.add(hop.nara());
        continue;
      }
      Optional<String> malformed = encodingFault(hop.signature());
      if (malformed.isPresent()) {
        return broken(
            "invalid signature encoding for %s: %s", SafeText.excerpt(hop.nara()), malformed.get());
      }
      Optional<byte[]> signature = Signatures.decode(hop.signature());
      if (signature.isEmpty()) {
        return invalid(hop, i);
      }
      checks.add(new SignatureCheck(key.get(), hash, signature.get()));
      indexes.add(i);
    }
    boolean[] valid = verifier.verify(checks);
    for (int i = 0; i < valid.length; i++) {
      if (!valid[i]) {
        return invalid(journey.hops().get(indexes.get(i)), indexes.get(i));
      }
    }
    return missing.isEmpty() ? new ChainResult.Verified() : new ChainResult.KeysMissing(missing);
  }

  private static ChainResult invalid(Hop hop, int index) {
    return broken("invalid signature from %s at hop %d", SafeText.excerpt(hop.nara()), index);
  }

  private static ChainResult broken(String format, Object... args) {
    return new ChainResult.Broken(format.formatted(args));
  }

  /** Why a signature is no Base64, as the reference says it. */
  private static Optional<String> encodingFault(String signature) {
    int used = 0;
    for (int i = 0; i < signature.length(); i++) {
      char c = signature.charAt(i);
      boolean digit =
          c >= 'A' && c <= 'Z'
              || c >= 'a' && c <= 'z'
              || c >= '0' && c <= '9'
              || c == '+'
              || c == '/';
      boolean padding = c == '=' && i >= signature.length() - 2 && i % 4 >= 2;
      if (!digit && !padding) {
        return Optional.of("illegal base64 data at input byte " + i);
      }
      used++;
    }
    return used % 4 == 0
        ? Optional.empty()
        : Optional.of("illegal base64 data at input byte " + used / 4 * 4);
  }

  /** The signed texts of a journey, hashed from left to right. */
  private static final class Texts {
    private final Journey journey;
    private final MessageDigest common = Hashing.newSha256();
    private int hashedHops;

    Texts(Journey journey) {
      this.journey = journey;
      update(
          JsonWriter.begin()
              .text("id", journey.id())
              .text("message", journey.message())
              .text("originator", journey.originator())
              .name("previous_hops")
              .toString());
      update("[");
    }

    /** The hash that a nara signs behind the first {@code hops} hops; these must not go back. */
    byte[] hashBefore(int hops, String nara) {
      while (hashedHops < hops) {
        update((hashedHops == 0 ? "" : ",") + journey.hops().get(hashedHops).json());
        hashedHops++;
      }
      MessageDigest text = copy(common);
      String end = JsonWriter.continued().text("current_nara", nara).end().toString();
      text.update(("]" + end).getBytes(UTF_8));
      return text.digest();
    }

    private void update(String text) {
      common.update(text.getBytes(UTF_8));
    }

    private static MessageDigest copy(MessageDigest digest) {
      try {
        return (MessageDigest) digest.clone();
      } catch (CloneNotSupportedException unsupported) {
        throw new IllegalStateException("the JDK's SHA-256 can be copied", unsupported);
      }
    }
  }
}
