package nara.mqtt.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.fuzz.FuzzTarget;
import nara.fuzz.Property;
import nara.identity.Keyring;
import nara.mqtt.wire.PlazaMessage.Ignored;
import nara.profile.Status;
import nara.testing.Citizen;
import nara.testing.Vectors;
import nara.trust.verifier.VerifierChoice;
import nara.trust.verifier.Verifiers;

/** Arbitrary bytes as a newspaper, and as the plaza's other messages about events. */
public final class StatusFuzz implements FuzzTarget {
  private static final int MAX_BYTES = 1 << 20;

  private final PlazaDecoder decoder = decoder();

  static PlazaDecoder decoder() {
    return new PlazaDecoder(
        "lisa",
        new Keyring(),
        ((VerifierChoice.Available) Verifiers.choose("tables", 0)).signatureVerifier(),
        MAX_BYTES);
  }

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = recorded("");
    Citizen bart = Citizen.named("bart");
    String status = Status.of(bart.identity(), "1", "10.0.0.1").json();
    Status read = Status.read(status);
    String signature = bart.identity().keys().signBase64(status.getBytes(UTF_8));
    seeds.add(new Newspaper("bart", status, read, signature).json());
    seeds.add(
        "{\"From\":\"bart\",\"Status\":{\"Chattiness\":-1e300,\"ID\":\"\\u0000\"}}"
            .getBytes(UTF_8));
    return seeds;
  }

  /** Recorded messages whose topic contains a text. */
  static List<byte[]> recorded(String topicPart) {
    List<byte[]> messages = new ArrayList<>();
    for (JsonNode message : Vectors.json("mqtt.json").get("messages")) {
      if (message.get("topic").asText().contains(topicPart)) {
        messages.add(message.get("payload").asText().getBytes(UTF_8));
      }
    }
    Vectors.json("mqtt-live.json")
        .get("by_topic")
        .properties()
        .forEach(
            topic -> {
              if (topic.getKey().contains(topicPart)) {
                topic.getValue().forEach(text -> messages.add(text.asText().getBytes(UTF_8)));
              }
            });
    return messages;
  }

  @Override
  public void run(byte[] json) {
    decode(Topics.newspaper("bart"), json);
    decode(Topics.HEY_THERE, json);
    decode(Topics.CHAU, json);
    decode(Topics.SOCIAL, json);
    decode(Topics.request("lisa"), json);
    if (decode(Topics.response("lisa"), json) instanceof PlazaMessage.IncomingResponse response) {
      Property.holds(
          response.events().size() <= LedgerResponseMessage.MAX_EVENTS, "events are bounded");
    }
    try {
      Newspaper newspaper = Newspaper.read(json);
      Property.equal(Newspaper.read(newspaper.json()), newspaper, "a newspaper written again");
      checkStatus(newspaper.status());
    } catch (MalformedJsonException malformed) {
      Property.printable(malformed.getMessage());
    }
  }

  private PlazaMessage decode(String topic, byte[] json) {
    PlazaMessage message = decoder.decode(topic, json);
    switch (message) {
      case PlazaMessage.VerifiedNewspaper verified ->
          Property.equal(verified.newspaper().from(), "bart", "the publisher");
      case PlazaMessage.VerifiedHeyThere there -> checkName(there.name());
      case PlazaMessage.VerifiedChau chau -> checkName(chau.name());
      case PlazaMessage.IncomingRequest request -> checkName(request.request().from());
      default -> Property.holds(!(message instanceof Ignored) || message.toString() != null, "");
    }
    return message;
  }

  private static void checkName(String name) {
    Property.equal(Topics.nameError(name), java.util.Optional.empty(), "a name fits into a topic");
  }

  static void checkStatus(Status status) {
    Property.holds(status.uptime() >= 0, "no uptime is negative");
    Property.equal(Status.read(status.json()), status, "a status written again");
  }
}
