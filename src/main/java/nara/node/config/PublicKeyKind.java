package nara.node.config;

import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.bounds.SafeText;
import nara.discovery.DiscoveryConfig.ConfiguredPeer;
import nara.identity.PublicKey;
import nara.trust.ed25519.Ed25519;

/**
 * Reads the public keys that an operator writes. On the wire any 32 bytes are a key; here a key
 * that can verify nothing, or everything, is the operator's mistake.
 */
final class PublicKeyKind {
  static final ConfigKind<PublicKey> PUBLIC_KEY =
      new ConfigKind<>(
          "a public key (32 bytes in Base64)",
          given ->
              given instanceof String text
                  ? PublicKey.parse(text).filter(key -> faultOf(key).isEmpty())
                  : Optional.empty(),
          PublicKey::encoded,
          given -> given instanceof String text ? faultOf(text) : Optional.empty());

  private PublicKeyKind() {}

  private static Optional<String> faultOf(String text) {
    byte[] bytes;
    try {
      // The decoder accepts a text without its padding.
      bytes = Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
    if (bytes.length != PublicKey.LENGTH) {
      return Optional.of("has %d bytes, expected %d".formatted(bytes.length, PublicKey.LENGTH));
    }
    return text.endsWith("=")
        ? faultOf(PublicKey.of(bytes))
        : Optional.of("lacks the padding at its end: \"=\"");
  }

  private static Optional<String> faultOf(PublicKey key) {
    if (!Ed25519.isPoint(key.bytes(), 0)) {
      return Optional.of("is no public key: it is no point of the curve Ed25519");
    }
    return Ed25519.isSmallOrder(key.bytes(), 0)
        ? Optional.of("is no safe public key: its order is small, so anyone can forge signatures")
        : Optional.empty();
  }

  /** Reports two keys for one name, and one key for two names, wherever they stand. */
  static void rejectContradictions(
      ConfigSection discovery,
      List<ConfiguredPeer> peers,
      ConfigSection trust,
      Map<String, PublicKey> trusted) {
    Map<PublicKey, String> names = new HashMap<>();
    trusted.forEach((name, key) -> rejectSecondName(trust, "keys", name, key, names));
    Map<String, PublicKey> keys = new HashMap<>(trusted);
    for (ConfiguredPeer peer : peers) {
      if (peer.key().isPresent()) {
        PublicKey key = peer.key().get();
        PublicKey other = keys.putIfAbsent(peer.name(), key);
        if (other != null && !other.equals(key)) {
          discovery.addProblem(
              "peers",
              "gives %s another public_key than %s; keep the right one"
                  .formatted(
                      SafeText.quoted(peer.name()),
                      trusted.containsKey(peer.name()) ? "trust.keys" : "an earlier entry"));
        } else {
          rejectSecondName(discovery, "peers", peer.name(), key, names);
        }
      }
    }
  }

  private static void rejectSecondName(
      ConfigSection s, String path, String name, PublicKey key, Map<PublicKey, String> names) {
    String first = names.putIfAbsent(key, name);
    if (first != null && !first.equals(name)) {
      s.addProblem(
          path,
          "gives %s the key of %s; each nara has a key of its own"
              .formatted(SafeText.quoted(name), SafeText.quoted(first)));
    }
  }
}
