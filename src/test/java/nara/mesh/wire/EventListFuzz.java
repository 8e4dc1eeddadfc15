package nara.mesh.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import nara.event.json.EventFuzz;
import nara.event.json.EventReader;
import nara.event.json.JsonSpans.Span;
import nara.event.json.RawEvents;
import nara.fuzz.Property;
import nara.testing.Citizen;
import nara.trust.verifier.SignatureVerifier;
import nara.trust.verifier.VerifierChoice;
import nara.trust.verifier.Verifiers;

/** The properties of every body that carries a list of events. */
final class EventListFuzz {
  static final int MAX_EVENTS = 50;
  static final Citizen BART = Citizen.named("bart");
  static final SignatureVerifier VERIFIER =
      ((VerifierChoice.Available) Verifiers.choose("tables", 0)).signatureVerifier();

  /** A second reader that shares nothing with ours, as strict as JSON itself. */
  private static final JsonMapper JACKSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private EventListFuzz() {}

  /** Events lie within the bytes, one after the other, and each is read or has a reason. */
  static void check(byte[] body, RawEvents events, EventReader reader) {
    Property.holds(events.size() <= MAX_EVENTS, "no more events than allowed");
    Property.holds(events.json() == body, "events are not copied");
    int end = 0;
    for (Span span : events.spans()) {
      Property.holds(span.offset() >= end && span.length() > 0, "events follow each other");
      end = span.offset() + span.length();
      EventFuzz.check(Arrays.copyOfRange(body, span.offset(), end), reader);
    }
    Property.holds(end <= body.length, "events lie within the body");
  }

  /** The two readers give the same meaning to each input that both accept. */
  static void compare(byte[] body, String from, String list, RawEvents events) {
    JsonNode tree;
    try {
      tree = JACKSON.readTree(body);
    } catch (JsonProcessingException refused) {
      return; // Ours does not look into events and unknown fields.
    } catch (IOException impossible) {
      throw new AssertionError(impossible);
    }
    String text = tree.path("from").asText("");
    if (text.chars().noneMatch(c -> Character.isSurrogate((char) c))) {
      Property.equal(from, text.equals("null") && tree.path("from").isNull() ? "" : text, "from");
    }
    Property.equal(events.size(), tree.path(list).size(), "the number of events");
  }

  /** A refusal has a printable reason. */
  static void refused(MeshException refusal) {
    Property.printable(refusal.reason());
  }

  static void fault(Optional<String> fault) {
    fault.ifPresent(Property::printable);
  }

  static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }
}
