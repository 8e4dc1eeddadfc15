package nara.mqtt.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import nara.event.Event;
import nara.event.HeyThere;
import nara.event.ReadResult.ParsedEvent;
import nara.event.Social;
import nara.event.json.EventReader;
import nara.event.json.JsonSpans.Span;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.identity.Soul;
import nara.mqtt.JdkTestVerifier;
import nara.mqtt.wire.PlazaMessage.IgnoreReason;
import nara.mqtt.wire.PlazaMessage.Ignored;
import nara.presence.Announcer;
import nara.profile.Status;
import nara.recovery.plaza.SubjectPartitioner;
import nara.testing.Altered;
import nara.testing.Statuses;
import nara.testing.Vectors;
import org.junit.jupiter.api.Test;

/** The reference's messages: one of each topic, and a conversation on a real broker. */
class PlazaVectorsTest {
  private static final JsonNode RECORDED = Vectors.json("mqtt.json");
  private static final JsonNode LIVE = Vectors.json("mqtt-live.json");

  private static Keyring keysOf(JsonNode vector) {
    Keyring keys = new Keyring();
    for (JsonNode key : vector.get("keys")) {
      PublicKey known = PublicKey.parse(key.get("public_key").asText()).orElseThrow();
      keys.learn(key.get("name").asText(), key.get("id").asText(), known, Origin.CONFIG);
    }
    return keys;
  }

  private static PlazaDecoder decoderOf(String name, JsonNode vector) {
    return new PlazaDecoder(name, keysOf(vector), new JdkTestVerifier(), 8 << 20);
  }

  private static Identity identity(JsonNode vector, String name) {
    for (JsonNode key : vector.get("keys")) {
      if (key.get("name").asText().equals(name)) {
        return Identity.of(name, Soul.parse(key.get("soul").asText()).orElseThrow());
      }
    }
    throw new AssertionError("no key of " + name);
  }

  private static String payload(String topic) {
    for (JsonNode message : RECORDED.get("messages")) {
      if (message.get("topic").asText().equals(topic)) {
        return message.get("payload").asText();
      }
    }
    throw new AssertionError("nothing recorded at " + topic);
  }

  private static String live(String topic, int index) {
    return LIVE.get("by_topic").get(topic).get(index).asText();
  }

  @Test
  void signed_messages_verify_and_altered_ones_do_not() {
    PlazaDecoder decoder = decoderOf("other-open", RECORDED);
    int signed = 0;
    for (JsonNode message : RECORDED.get("messages")) {
      String topic = message.get("topic").asText();
      String payload = message.get("payload").asText();
      if (message.path("verifies").asBoolean()) {
        signed++;
        assertThat(decoder.decode(topic, payload.getBytes(UTF_8)))
            .as(topic)
            .isNotInstanceOf(Ignored.class);
        assertThat(decoder.decode(topic, Altered.signature(payload).getBytes(UTF_8)))
            .as("forged, at %s", topic)
            .isEqualTo(new Ignored(IgnoreReason.BAD_SIGNATURE));
      }
    }
    assertThat(signed).isEqualTo(4);
  }

  @Test
  void recorded_conversation_is_decoded_by_its_recipients() {
    int decoded = 0;
    for (var at : LIVE.get("by_topic").properties()) {
      String topic = at.getKey();
      String owner = topic.startsWith("nara/ledger/") ? topic.split("/")[2] : "gopher1";
      for (JsonNode payload : at.getValue()) {
        assertThat(decoderOf(owner, LIVE).decode(topic, payload.asText().getBytes(UTF_8)))
            .as(topic)
            .isNotInstanceOf(Ignored.class);
        decoded++;
      }
    }
    assertThat(decoded).isEqualTo(11);
  }

  @Test
  void howdies_are_written_back_byte_for_byte() {
    List<String> howdies =
        List.of(
            payload("nara/plaza/howdy"), live("nara/plaza/howdy", 0), live("nara/plaza/howdy", 1));
    for (String howdy : howdies) {
      assertThat(new String(HowdyMessage.read(howdy.getBytes(UTF_8)).json(), UTF_8))
          .isEqualTo(howdy);
    }
  }

  @Test
  void howdy_has_observation_neighbours_and_status() {
    HowdyMessage howdy = HowdyMessage.read(payload("nara/plaza/howdy").getBytes(UTF_8));

    assertThat(HowdyMessage.signedText(howdy.from(), howdy.to(), howdy.seq()))
        .isEqualTo("howdy:plaza-open:other-open:3");
    assertThat(howdy.observation())
        .isEqualTo(new HowdyObservation(4, 0, 1700000000, "ONLINE", 1768900000, 0));
    assertThat(howdy.neighbours()).hasSize(1);
    assertThat(howdy.neighbours().getFirst().meshIp()).isEqualTo("100.64.0.6");
    assertThat(howdy.status().meshIp()).isEqualTo("100.64.0.5");
    assertThat(howdy.status().personality().sociability()).isEqualTo(80);
    assertThat(howdy.status().memory().maxEvents()).isEqualTo(80_000);
  }

  @Test
  void newspaper_keeps_the_signed_bytes() {
    String topic = "nara/newspaper/plaza-open";
    Newspaper paper = Newspaper.read(payload(topic).getBytes(UTF_8));

    for (JsonNode message : RECORDED.get("messages")) {
      if (message.get("topic").asText().equals(topic)) {
        assertThat(paper.statusJson()).isEqualTo(message.get("signed_text").asText());
      }
    }
    assertThat(new String(paper.json(), UTF_8)).isEqualTo(payload(topic));
  }

  @Test
  void requests_are_written_back_byte_for_byte() {
    List<String> requests =
        List.of(
            payload("nara/ledger/other-open/request"),
            live("nara/ledger/gopher1/request", 0),
            live("nara/ledger/pythonista/request", 1));
    for (String request : requests) {
      assertThat(new String(LedgerRequestMessage.read(request.getBytes(UTF_8)).json(), UTF_8))
          .isEqualTo(request);
    }
  }

  @Test
  void responses_become_the_same_events_as_in_the_reference() {
    for (JsonNode message : RECORDED.get("messages")) {
      if (message.has("as_events")) {
        LedgerResponseMessage.DecodedResponse response =
            LedgerResponseMessage.decode(message.get("payload").asText().getBytes(UTF_8));

        assertThat(response.from()).isEqualTo("other-open");
        List<String> events = new ArrayList<>();
        for (Span span : response.events().spans()) {
          events.add(span.text(response.events().json()));
        }
        List<String> expected = new ArrayList<>();
        message.get("as_events").forEach(event -> expected.add(event.asText()));
        assertThat(events).isEqualTo(expected);
        assertThat(written(response)).isEqualTo(message.get("payload").asText());
      }
    }
  }

  @Test
  void recorded_responses_are_written_back_byte_for_byte_from_their_events() {
    for (String name : List.of("pythonista", "gopher1", "gopher2")) {
      String text = live("nara/ledger/" + name + "/response", 0);
      assertThat(written(LedgerResponseMessage.decode(text.getBytes(UTF_8)))).isEqualTo(text);
    }
  }

  /** The response of a ledger with these events. */
  private static String written(LedgerResponseMessage.DecodedResponse response) {
    List<LedgerResponseMessage.SocialEntry> entries = new ArrayList<>();
    for (Span span : response.events().spans()) {
      Event event =
          ((ParsedEvent)
                  new EventReader().read(response.events().json(), span.offset(), span.length()))
              .event();
      entries.add(LedgerResponseMessage.SocialEntry.of(event, (Social) event.payload()));
    }
    return new String(new LedgerResponseMessage(response.from(), entries).json(), UTF_8);
  }

  @Test
  void announcement_equals_the_recorded_one() {
    String recorded = live("nara/plaza/hey_there", 0);
    Event theirs = ((ParsedEvent) new EventReader().read(recorded.getBytes(UTF_8))).event();
    HeyThere hello = (HeyThere) theirs.payload();

    byte[] json = Announcer.heyThere(identity(LIVE, "pythonista"), theirs.ts(), hello.meshIp());

    // Ours leaves only the payload's own signature empty, which is of an older format.
    assertThat(new String(json, UTF_8)).isEqualTo(recorded.replace(hello.signature(), ""));
  }

  @Test
  void chau_equals_the_recorded_one() {
    String recorded = payload("nara/plaza/chau");
    Event theirs = ((ParsedEvent) new EventReader().read(recorded.getBytes(UTF_8))).event();
    Identity me = identity(RECORDED, "plaza-open");

    byte[] json = Announcer.chau(me, theirs.ts());

    String emitterId = "\"emitter_id\":\"" + me.id() + "\",";
    assertThat(new String(json, UTF_8).replace(emitterId, "")).isEqualTo(recorded);
  }

  @Test
  void howdy_has_the_signature_of_the_recorded_one() {
    HowdyMessage theirs = HowdyMessage.read(payload("nara/plaza/howdy").getBytes(UTF_8));

    byte[] json =
        new PlazaEncoder(identity(RECORDED, "plaza-open"))
            .howdy(
                theirs.to(),
                theirs.seq(),
                theirs.observation(),
                theirs.neighbours(),
                Status.of(identity(RECORDED, "plaza-open"), "test", "100.64.0.5"));

    HowdyMessage ours = HowdyMessage.read(json);
    assertThat(ours.signature()).isEqualTo(theirs.signature());
    assertThat(ours.status().publicKey()).isEqualTo(theirs.status().publicKey());
    assertThat(ours.status().personality()).isEqualTo(theirs.status().personality());
    assertThat(decoderOf("other-open", RECORDED).decode("nara/plaza/howdy", json))
        .isInstanceOf(PlazaMessage.VerifiedHowdy.class);
  }

  @Test
  void newspaper_verifies_and_its_signature_covers_the_status() {
    Identity me = identity(RECORDED, "plaza-open");
    Status status = Statuses.of(me, "100.64.0.5").memory("medium", 9).uptime(890).buzz(3).status();

    byte[] json = new PlazaEncoder(me).newspaper(status);

    PlazaMessage.VerifiedNewspaper newspaper =
        (PlazaMessage.VerifiedNewspaper)
            decoderOf("other-open", RECORDED).decode("nara/newspaper/plaza-open", json);
    assertThat(newspaper.newspaper().status()).isEqualTo(status);
    assertThat(newspaper.newspaper().statusJson())
        .contains("\"HostStats\":{\"Uptime\":890,")
        .doesNotContain("Observations");
    byte[] altered =
        Altered.replace(new String(json, UTF_8), "\"Uptime\":890", "\"Uptime\":891")
            .getBytes(UTF_8);
    assertThat(decoderOf("other-open", RECORDED).decode("nara/newspaper/plaza-open", altered))
        .isEqualTo(new Ignored(IgnoreReason.BAD_SIGNATURE));
  }

  @Test
  void recorded_newspaper_has_an_uptime() {
    Newspaper paper = Newspaper.read(payload("nara/newspaper/plaza-open").getBytes(UTF_8));
    assertThat(paper.status().uptime()).isEqualTo(890);
    assertThat(paper.status().chattiness()).isEqualTo(100);
  }

  @Test
  void subjects_are_partitioned_like_in_the_reference() {
    for (JsonNode vector : Vectors.json("numbers.json").get("partitions")) {
      List<String> subjects = new ArrayList<>();
      vector.get("subjects").forEach(subject -> subjects.add(subject.asText()));
      List<List<String>> expected = new ArrayList<>();
      for (JsonNode part : vector.get("partitions")) {
        List<String> names = new ArrayList<>();
        part.forEach(name -> names.add(name.asText()));
        expected.add(names);
      }
      assertThat(SubjectPartitioner.partition(subjects, vector.get("n").asInt()))
          .isEqualTo(expected);
    }
  }

  @Test
  void neighbour_without_subjects_gets_no_request() {
    assertThat(SubjectPartitioner.assign(List.of("gopher2", "pythonista"), List.of("gopher1")))
        .isEqualTo(java.util.Map.of("gopher2", List.of("gopher1")));
  }
}
