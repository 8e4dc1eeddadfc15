package nara.journey;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.identity.Identity;
import nara.identity.PublicKey;
import nara.identity.Soul;
import nara.testing.Vectors;

/** The recorded journeys, with the identities of the four naras. */
final class WorldVectors {
  static final JsonNode WORLD = Vectors.json("world.json");

  private static final Map<String, Identity> NARAS = new HashMap<>();

  static {
    WORLD
        .get("keys")
        .forEach(
            nara -> {
              String name = nara.get("name").asText();
              NARAS.put(
                  name, Identity.of(name, Soul.parse(nara.get("soul").asText()).orElseThrow()));
            });
  }

  private WorldVectors() {}

  static Identity nara(String name) {
    return NARAS.get(name);
  }

  static Optional<PublicKey> keyOf(String name) {
    return Optional.ofNullable(NARAS.get(name)).map(nara -> nara.keys().publicKey());
  }

  static byte[] body(JsonNode exchange) {
    return exchange.at("/request/body").asText().getBytes(UTF_8);
  }

  /** All requests of the two whole journeys. */
  static List<JsonNode> hops() {
    List<JsonNode> hops = new ArrayList<>();
    WORLD.get("journeys").forEach(journey -> journey.get("hops").forEach(hops::add));
    return hops;
  }

  /** All completions of whole journeys. */
  static List<byte[]> completions() {
    List<byte[]> completions = new ArrayList<>();
    WORLD
        .get("journeys")
        .forEach(
            journey ->
                journey
                    .get("completion")
                    .forEach(
                        sent -> completions.add(sent.get("payload").asText().getBytes(UTF_8))));
    WORLD
        .get("edge_completions")
        .forEach(sent -> completions.add(sent.get("payload").asText().getBytes(UTF_8)));
    return completions;
  }

  static JsonNode edge(String label) {
    for (JsonNode edge : WORLD.get("edges")) {
      if (edge.get("label").asText().startsWith(label)) {
        return edge;
      }
    }
    throw new IllegalArgumentException("no edge " + label);
  }
}
