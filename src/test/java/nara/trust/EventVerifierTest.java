package nara.trust;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import nara.event.Chau;
import nara.event.Checkpoint;
import nara.event.HeyThere;
import nara.event.Observation;
import nara.event.Payload;
import nara.event.ReadResult;
import nara.event.Signatures;
import nara.event.Social;
import nara.event.Verdict;
import nara.event.json.EventReader;
import nara.event.json.EventWriter;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.identity.Witness;
import nara.testing.Altered;
import nara.testing.Citizen;
import nara.testing.Vectors;
import nara.trust.verifier.TableVerifier;
import org.junit.jupiter.api.Test;

class EventVerifierTest {
  private static final Instant NOW = Instant.parse("2026-11-22T20:00:00Z");
  private static final long T = NOW.getEpochSecond() * 1_000_000_000L - 3_600_000_000_000L;

  private final Keyring keys = new Keyring();
  private final EventVerifier verifier =
      new EventVerifier(new TableVerifier(64), keys, InstantSource.fixed(NOW));
  private final Citizen lisa = Citizen.named("lisa");
  private final Citizen bart = Citizen.named("bart");

  @Test
  void recorded_corpus_gets_the_recorded_verdicts() {
    JsonNode corpus = Vectors.json("corpus.json");
    learn(corpus.get("keys"));

    Map<Verdict, Integer> counts = new EnumMap<>(Verdict.class);
    for (VerificationResult j :
        verifier.verify(readings(Vectors.gzippedLines("corpus.jsonl.gz")))) {
      counts.merge(j.verdict(), 1, Integer::sum);
      JsonNode recorded =
          corpus
              .get("verdicts_other_than_valid_and_unsigned_by_id")
              .path(j.readResult().claimedId());
      if (recorded.isMissingNode()) {
        assertThat(j.verdict()).as(j.reason()).isIn(Verdict.VALID, Verdict.UNSIGNED);
      } else {
        assertThat(j.verdict().label()).isEqualTo(recorded.asText());
      }
    }
    corpus
        .get("verdict_counts")
        .properties()
        .forEach(
            e ->
                assertThat(counts)
                    .containsEntry(
                        Verdict.valueOf(e.getKey().toUpperCase(java.util.Locale.ROOT)),
                        e.getValue().asInt()));
  }

  @Test
  void recorded_events_are_valid_when_the_reference_verifies_them_and_the_id_matches() {
    JsonNode vector = Vectors.json("events.json");
    learn(vector.get("keys"));
    for (JsonNode e : vector.get("events")) {
      String label = e.get("label").asText();
      VerificationResult j = verifier.verify(readings(List.of(e.get("json").asText()))).get(0);
      if (j.verdict() == Verdict.VALID) {
        assertThat(e.get("verifies_by_emitter_id").asBoolean()).as(label).isTrue();
      } else if (e.get("verifies_by_emitter_id").asBoolean() && e.get("valid").asBoolean()) {
        // The reference verifies these events, and we refuse them.
        assertThat(label).isIn("altered: signature with newline inside", "year 2262");
      }
    }
  }

  @Test
  void key_with_two_ids_counts_as_one_voter() {
    String other = Citizen.named("an id that somebody made up").id();
    keys.learn("bart", bart.id(), bart.key(), Origin.HEY_THERE);
    keys.learn("bart", other, bart.key(), Origin.HOWDY);
    assertThat(keys.byId(other)).contains(bart.key());
    Checkpoint.AgreedValues values = new Checkpoint.AgreedValues(1, 2, 3);
    Checkpoint bare =
        new Checkpoint(2, "lisa", lisa.id(), "", values, 100, 1, List.of(), List.of());
    List<String> ids = List.of(bart.id(), other);
    List<String> signatures =
        ids.stream()
            .map(id -> bare.attestation(id).getBytes(StandardCharsets.UTF_8))
            .map(text -> bart.identity().keys().signBase64(text))
            .toList();
    Checkpoint backed = new Checkpoint(2, "lisa", lisa.id(), "", values, 100, 1, ids, signatures);

    assertThat(
            verifier
                .verify(List.of(Citizen.read(Citizen.unsigned(T, backed))))
                .getFirst()
                .verdict())
        .isEqualTo(Verdict.UNBACKED_CHECKPOINT);
  }

  @Test
  void checkpoint_is_valid_with_two_distinct_valid_voters() {
    JsonNode vector = Vectors.json("checkpoints.json");
    learn(vector.get("keys"));
    for (JsonNode c : vector.get("checkpoints")) {
      VerificationResult j = verifier.verify(readings(List.of(c.get("json").asText()))).get(0);
      String label = c.get("label").asText();
      boolean backed =
          c.get("reference_valid").asBoolean()
              && c.get("distinct_voters").asInt() >= EventVerifier.MIN_VOTERS;
      if (!c.get("valid_payload").asBoolean()) {
        assertThat(j.verdict()).as(label).isEqualTo(Verdict.MALFORMED);
      } else if (backed) {
        assertThat(j.verdict()).as(label).isEqualTo(Verdict.VALID);
      } else {
        boolean unknown = c.get("known_voters").asInt() < c.get("total_voters").asInt();
        assertThat(j.verdict())
            .as(label)
            .isEqualTo(unknown ? Verdict.UNKNOWN_EMITTER : Verdict.UNBACKED_CHECKPOINT);
      }
    }
  }

  @Test
  void keys_of_a_batch_are_learned_before_its_other_events_are_verified() {
    List<VerificationResult> judged =
        judgeJson(lisa.tease(T, "bart"), lisa.heyThere(T + 1, "127.0.0.1:9001"));

    assertThat(judged).extracting(VerificationResult::verdict).containsOnly(Verdict.VALID);
    assertThat(keys.byName("lisa")).contains(lisa.key());
  }

  @Test
  void unknown_emitter_is_listed_as_missing_key() {
    VerificationResult j = judgeJson(lisa.tease(T, "bart")).get(0);

    assertThat(j.verdict()).isEqualTo(Verdict.UNKNOWN_EMITTER);
    assertThat(j.missingKeys()).containsExactly("lisa");
  }

  @Test
  void first_key_of_a_name_stays_and_events_of_an_impostor_wait() {
    judgeJson(lisa.heyThere(T, ""));
    Citizen impostor = Citizen.impostor("lisa");

    List<VerificationResult> judged =
        judgeJson(impostor.heyThere(T + 1, ""), impostor.chau(T + 2), impostor.tease(T + 3, "b"));

    assertThat(judged)
        .allSatisfy(
            each -> {
              assertThat(each.verdict()).isEqualTo(Verdict.UNKNOWN_EMITTER);
              assertThat(each.missingKeys()).containsExactly("lisa");
            });
    assertThat(keys.byName("lisa")).contains(lisa.key());
    assertThat(keys.conflicts()).isNotEmpty();
  }

  @Test
  void events_of_an_impostor_are_bad_when_the_operator_gave_the_key() {
    keys.learn("lisa", lisa.id(), lisa.key(), Origin.CONFIG);
    Citizen impostor = Citizen.impostor("lisa");

    List<VerificationResult> judged =
        judgeJson(impostor.heyThere(T + 1, ""), impostor.chau(T + 2), impostor.tease(T + 3, "b"));

    assertThat(judged).extracting(VerificationResult::verdict).containsOnly(Verdict.BAD_SIGNATURE);
  }

  @Test
  void events_of_a_contested_name_wait_until_a_peer_supports_one_key() {
    keys.openClaims();
    Citizen impostor = Citizen.impostor("lisa");
    byte[][] events = {
      lisa.heyThere(T + 2, ""),
      impostor.heyThere(T, ""),
      lisa.tease(T + 3, "b"),
      impostor.tease(T + 4, "b"),
      Altered.signature(lisa.tease(T + 5, "b"))
    };

    assertThat(judgeJson(events))
        .extracting(VerificationResult::verdict)
        .containsOnly(Verdict.UNKNOWN_EMITTER);

    keys.learn("lisa", "", lisa.key(), Origin.PEER_QUERY, new Witness("10.0.0.1", false));
    assertThat(judgeJson(events))
        .extracting(VerificationResult::verdict)
        .containsExactly(
            Verdict.VALID,
            Verdict.UNKNOWN_EMITTER,
            Verdict.VALID,
            Verdict.UNKNOWN_EMITTER,
            Verdict.BAD_SIGNATURE);
  }

  @Test
  void emitter_id_that_another_nara_claims_leaves_an_event_valid() {
    Citizen mallory = Citizen.named("mallory");
    keys.learn("mallory", lisa.id(), mallory.key(), Origin.HEY_THERE);

    List<VerificationResult> judged =
        judgeJson(lisa.heyThere(T, ""), lisa.tease(T + 1, "b"), mallory.tease(T + 2, "b"));

    assertThat(judged).extracting(VerificationResult::verdict).containsOnly(Verdict.VALID);
  }

  @Test
  void checkpoints_are_valid_when_a_stranger_claims_the_id_of_a_voter() {
    Citizen mallory = Citizen.named("mallory");
    keys.learn("mallory", lisa.id(), mallory.key(), Origin.HEY_THERE);
    keys.learn("mallory", bart.id(), mallory.key(), Origin.HEY_THERE);
    judgeJson(lisa.heyThere(T, ""), bart.heyThere(T, ""));

    for (int i = 0; i < 52; i++) {
      assertThat(judgeJson(checkpoint(T + i, List.of(lisa, bart))).getFirst().verdict())
          .isEqualTo(Verdict.VALID);
      assertThat(judgeJson(checkpoint(T + i, List.of(lisa, lisa))).getFirst().verdict())
          .isEqualTo(Verdict.UNBACKED_CHECKPOINT);
    }
  }

  @Test
  void checkpoint_waits_while_only_a_strangers_key_is_known_for_the_id_of_a_voter() {
    Citizen mallory = Citizen.named("mallory");
    Witness configured = new Witness("10.0.0.9:7433", true);
    keys.learn("mallory", lisa.id(), mallory.key(), Origin.HEY_THERE, configured);
    judgeJson(bart.heyThere(T, ""));
    byte[] honest = checkpoint(T, List.of(lisa, bart));

    VerificationResult waiting = judgeJson(honest).getFirst();
    assertThat(waiting.verdict()).isEqualTo(Verdict.UNKNOWN_EMITTER);
    assertThat(waiting.missingKeys()).containsExactly(lisa.id());

    judgeJson(lisa.heyThere(T, ""));
    assertThat(judgeJson(honest).getFirst().verdict()).isEqualTo(Verdict.VALID);
  }

  @Test
  void checkpoint_is_refused_when_the_keys_of_its_voters_are_decided() {
    byte[] forged = checkpoint(T, List.of(Citizen.impostor("lisa"), bart));
    String voter = Citizen.impostor("lisa").id();
    for (Origin decisive : List.of(Origin.CONFIG, Origin.SNAPSHOT, Origin.NAMED_PING)) {
      Keyring known = new Keyring();
      EventVerifier byKnown =
          new EventVerifier(new TableVerifier(64), known, InstantSource.fixed(NOW));
      known.learn("bart", bart.id(), bart.key(), Origin.HEY_THERE);
      known.learn("lisa", voter, lisa.key(), Origin.HEY_THERE);
      assertThat(byKnown.verify(List.of(Citizen.read(forged))).getFirst().verdict())
          .isEqualTo(Verdict.UNKNOWN_EMITTER);

      known.learn("lisa", voter, lisa.key(), decisive);
      assertThat(byKnown.verify(List.of(Citizen.read(forged))).getFirst().verdict())
          .as(decisive.name())
          .isEqualTo(Verdict.UNBACKED_CHECKPOINT);
    }
  }

  @Test
  void checkpoint_is_refused_when_too_few_of_its_voters_can_still_be_valid() {
    judgeJson(bart.heyThere(T, ""));

    assertThat(judgeJson(checkpoint(T, List.of(lisa))).getFirst().verdict())
        .isEqualTo(Verdict.UNBACKED_CHECKPOINT);
    assertThat(judgeJson(checkpoint(T, List.of(lisa, lisa))).getFirst().verdict())
        .isEqualTo(Verdict.UNBACKED_CHECKPOINT);
    assertThat(judgeJson(checkpoint(T, List.of(lisa, bart))).getFirst().verdict())
        .isEqualTo(Verdict.UNKNOWN_EMITTER);
  }

  private byte[] checkpoint(long ts, List<Citizen> voters) {
    Checkpoint.AgreedValues values = new Checkpoint.AgreedValues(1, 2, 3);
    Checkpoint bare =
        new Checkpoint(2, "lisa", lisa.id(), "", values, 100, 1, List.of(), List.of());
    List<String> ids = voters.stream().map(Citizen::id).toList();
    List<String> signatures =
        voters.stream()
            .map(
                voter ->
                    voter
                        .identity()
                        .keys()
                        .signBase64(bare.attestation(voter.id()).getBytes(StandardCharsets.UTF_8)))
            .toList();
    return Citizen.unsigned(
        ts, new Checkpoint(2, "lisa", lisa.id(), "", values, 100, 1, ids, signatures));
  }

  @Test
  void older_hey_there_wins_when_a_batch_has_two_keys_for_one_name() {
    Citizen impostor = Citizen.impostor("lisa");
    judgeJson(impostor.heyThere(T + 1, ""), lisa.heyThere(T, ""));
    assertThat(keys.byName("lisa")).contains(lisa.key());
  }

  @Test
  void event_without_its_signature_is_unsigned_with_a_reason() {
    String json = new String(lisa.tease(T, "bart"), StandardCharsets.UTF_8);
    byte[] stripped =
        Altered.match(json, "\"sig\":\"[^\"]*\",", "").getBytes(StandardCharsets.UTF_8);

    VerificationResult j = judgeJson(stripped).get(0);

    assertThat(j.verdict()).isEqualTo(Verdict.UNSIGNED);
    assertThat(j.reason()).contains("lisa").contains("no signature");
  }

  @Test
  void event_has_bad_id_when_id_is_short_long_absent_or_not_hex() {
    Social tease = new Social("tease", "lisa", "", "bart", "", "random", "");
    for (String id :
        List.of("", "abc", "g".repeat(32), "0".repeat(33), "\u0000\n/", "A1".repeat(16))) {
      VerificationResult j = judgeJson(EventWriter.write(id, T, "", "", "", tease)).get(0);
      assertThat(j.verdict()).as(id).isEqualTo(Verdict.BAD_ID);
    }
  }

  @Test
  void event_is_from_the_future_when_more_than_ten_minutes_ahead() {
    keys.learn("lisa", lisa.id(), lisa.key(), Origin.CONFIG);
    long limit = (NOW.getEpochSecond() + 600) * 1_000_000_000L;

    assertThat(judgeJson(lisa.tease(limit, "bart")).get(0).verdict()).isEqualTo(Verdict.VALID);
    assertThat(judgeJson(lisa.tease(limit + 1, "bart")).get(0).verdict())
        .isEqualTo(Verdict.FROM_THE_FUTURE);
    assertThat(judgeJson(lisa.tease(Long.MAX_VALUE, "bart")).get(0).verdict())
        .isEqualTo(Verdict.FROM_THE_FUTURE);
  }

  @Test
  void event_that_states_a_time_far_ahead_is_from_the_future() {
    long limit = NOW.getEpochSecond() + 600;

    assertThat(judgeJson(restart(limit, 0)).get(0).verdict()).isEqualTo(Verdict.UNSIGNED);
    for (byte[] ahead :
        List.of(
            restart(limit + 1, 0),
            restart(1, limit + 1),
            restart(Long.MAX_VALUE, 0),
            checkpoint(limit + 1),
            checkpoint(Long.MAX_VALUE))) {
      assertThat(judgeJson(ahead).get(0).verdict()).isEqualTo(Verdict.FROM_THE_FUTURE);
    }
    assertThat(judgeJson(checkpoint(limit)).get(0).verdict())
        .isEqualTo(Verdict.UNBACKED_CHECKPOINT);
  }

  private static byte[] restart(long startTime, long lastRestart) {
    return Citizen.unsigned(
        T,
        new Observation(
            "a", "", "b", "", "restart", 3, false, startTime, 1, lastRestart, "", "", 0));
  }

  private static byte[] checkpoint(long asOfTime) {
    return Citizen.unsigned(
        T,
        new Checkpoint(
            2,
            "a",
            "",
            "",
            new Checkpoint.AgreedValues(1, 1, 1),
            asOfTime,
            1,
            List.of(),
            List.of()));
  }

  @Test
  void verdicts_do_not_depend_on_the_order_of_a_batch() {
    List<byte[]> batch = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      batch.add(lisa.tease(T + i, "bart"));
      batch.add(bart.tease(T + i, "lisa"));
      batch.add(Citizen.impostor("lisa").tease(T + 100 + i, "bart"));
    }
    batch.add(lisa.heyThere(T + 50, ""));
    batch.add(Citizen.impostor("lisa").heyThere(T + 51, ""));
    Map<String, Verdict> first = null;
    for (int seed = 0; seed < 20; seed++) {
      Collections.shuffle(batch, new Random(seed));
      EventVerifier fresh =
          new EventVerifier(new TableVerifier(64), new Keyring(), InstantSource.fixed(NOW));
      Map<String, Verdict> verdicts = new HashMap<>();
      for (VerificationResult j :
          fresh.verify(batch.stream().<ReadResult>map(Citizen::read).toList())) {
        verdicts.put(j.readResult().claimedId(), j.verdict());
      }
      first = first == null ? verdicts : first;
      assertThat(verdicts).isEqualTo(first);
    }
  }

  @Test
  void bad_event_does_not_affect_other_events_of_its_batch() {
    keys.learn("lisa", lisa.id(), lisa.key(), Origin.CONFIG);
    byte[] forged = Altered.signature(lisa.tease(T, "bart"));

    List<VerificationResult> judged =
        judgeJson(lisa.tease(T + 1, "a"), forged, "{}".getBytes(), lisa.tease(T + 2, "b"));

    assertThat(judged)
        .extracting(VerificationResult::verdict)
        .containsExactly(Verdict.VALID, Verdict.BAD_SIGNATURE, Verdict.MALFORMED, Verdict.VALID);
  }

  private List<VerificationResult> judgeJson(byte[]... events) {
    EventReader reader = new EventReader();
    return verifier.verify(Arrays.stream(events).map(reader::read).toList());
  }

  private static List<ReadResult> readings(List<String> lines) {
    EventReader reader = new EventReader();
    return lines.stream().map(l -> reader.read(l.getBytes(StandardCharsets.UTF_8))).toList();
  }

  private void learn(JsonNode entries) {
    for (JsonNode key : entries) {
      keys.learn(
          key.get("name").asText(),
          key.get("id").asText(),
          PublicKey.parse(key.get("public_key").asText()).orElseThrow(),
          Origin.CONFIG);
    }
  }

  @Test
  void announcement_without_a_signature_is_refused() {
    for (Payload payload :
        List.of(
            new HeyThere("lisa", Citizen.named("lisa").key().encoded(), "", "", ""),
            new Chau("lisa", Citizen.named("lisa").key().encoded(), "", ""))) {
      VerificationResult j = judgeJson(Citizen.unsigned(1, payload)).get(0);
      assertThat(j.verdict()).isEqualTo(Verdict.BAD_SIGNATURE);
      assertThat(j.reason()).contains("no signature");
    }
  }

  @Test
  void signature_has_one_encoding() {
    byte[] bytes = new byte[64];
    String canonical = Base64.getEncoder().encodeToString(bytes);
    assertThat(Signatures.decode(canonical)).contains(bytes);
    // The last character before the padding has four unused bits.
    assertThat(Signatures.decode(canonical.substring(0, 85) + "B==")).isEmpty();
  }
}
