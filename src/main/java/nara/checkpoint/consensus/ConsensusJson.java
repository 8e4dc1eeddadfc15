package nara.checkpoint.consensus;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import nara.checkpoint.consensus.Attestation.Claim;
import nara.event.Checkpoint.AgreedValues;
import nara.event.EventId;
import nara.event.Signatures;
import nara.event.json.GoJson;
import nara.identity.Base58;
import nara.mqtt.wire.PlazaJson;
import nara.mqtt.wire.PlazaJson.PlazaJsonException;

/**
 * Proposals and votes as they are on the wire: letter for letter what the reference writes, and
 * read within bounds. What is read is well formed in every field that a signature covers.
 */
final class ConsensusJson {
  private static final String[] KEYS = {
    "version",
    "subject",
    "subject_id",
    "observation",
    "attester",
    "attester_id",
    "last_seen_checkpoint_id",
    "as_of_time",
    "signature",
    "round",
    "proposal_ts",
    "approved"
  };
  private static final String[] OBSERVATION_KEYS = {"restarts", "total_uptime", "start_time"};

  /** Characters of a nara id, at most: a hash of 32 bytes in Base58. */
  private static final int MAX_ID_CHARACTERS = 44;

  private static final int MAX_ROUND = 2;

  private ConsensusJson() {}

  static byte[] write(Proposal proposal) {
    return endObject(
        beginAttestation(proposal.attestation()).append(",\"round\":").append(proposal.round()));
  }

  static byte[] write(Vote vote) {
    return endObject(
        beginAttestation(vote.attestation())
            .append(",\"proposal_ts\":")
            .append(vote.proposalTime())
            .append(",\"round\":")
            .append(vote.round())
            .append(",\"approved\":")
            .append(vote.approved()));
  }

  /**
   * A proposal.
   *
   * @throws PlazaJsonException when it is none
   */
  static Proposal readProposal(byte[] json) {
    Fields fields = readFields(json);
    return new Proposal(fields.attestation(), fields.round());
  }

  /**
   * A vote.
   *
   * @throws PlazaJsonException when it is none
   */
  static Vote readVote(byte[] json) {
    Fields fields = readFields(json);
    return new Vote(
        fields.attestation(), fields.numbers[10], fields.round(), fields.texts[11].equals("true"));
  }

  private static StringBuilder beginAttestation(Attestation a) {
    StringBuilder out = new StringBuilder(640).append("{\"version\":").append(Attestation.VERSION);
    appendText(out, "subject", a.subject());
    appendText(out, "subject_id", a.subjectId());
    out.append(",\"observation\":{");
    int start = out.length();
    AgreedValues agreedValues = a.claim().agreedValues();
    appendNumber(out, OBSERVATION_KEYS[0], agreedValues.restarts(), start);
    appendNumber(out, OBSERVATION_KEYS[1], agreedValues.totalUptime(), start);
    appendNumber(out, OBSERVATION_KEYS[2], agreedValues.startTime(), start);
    out.append('}');
    appendText(out, "attester", a.attester());
    appendText(out, "attester_id", a.attesterId());
    if (!a.claim().previousCheckpointId().isEmpty()) {
      appendText(out, "last_seen_checkpoint_id", a.claim().previousCheckpointId());
    }
    out.append(",\"as_of_time\":").append(a.asOfTime());
    appendText(out, "signature", a.signature());
    return out;
  }

  private static void appendText(StringBuilder out, String name, String value) {
    GoJson.appendString(out.append(",\"").append(name).append("\":"), value);
  }

  private static void appendNumber(StringBuilder out, String name, long value, int start) {
    if (value != 0) {
      out.append(out.length() == start ? "\"" : ",\"").append(name).append("\":").append(value);
    }
  }

  private static byte[] endObject(StringBuilder out) {
    return out.append('}').toString().getBytes(StandardCharsets.UTF_8);
  }

  private static Fields readFields(byte[] json) {
    return PlazaJson.read(
        json,
        0,
        json.length,
        parser -> {
          Fields fields = new Fields();
          PlazaJson.readObject(parser, KEYS, (key, value) -> fields.readField(parser, key, value));
          return fields;
        });
  }

  /** What was read so far, each field at the place of its key. */
  private static final class Fields {
    private final String[] texts = new String[KEYS.length];
    private final long[] numbers = new long[KEYS.length];
    private final long[] observation = new long[OBSERVATION_KEYS.length];

    Fields() {
      java.util.Arrays.fill(texts, "");
    }

    void readField(JsonParser parser, int key, JsonToken value) throws IOException {
      switch (KEYS[key]) {
        case "version", "as_of_time", "round", "proposal_ts" ->
            numbers[key] = PlazaJson.readLong(parser, value, KEYS[key]);
        case "observation" ->
            PlazaJson.readObject(
                parser,
                OBSERVATION_KEYS,
                (place, number) ->
                    observation[place] =
                        PlazaJson.readLong(parser, number, OBSERVATION_KEYS[place]));
        case "approved" -> texts[key] = String.valueOf(PlazaJson.readBoolean(value, KEYS[key]));
        default -> texts[key] = PlazaJson.readString(parser, value, KEYS[key]);
      }
    }

    int round() {
      return (int) requireWithin(numbers[9], 1, MAX_ROUND, "round");
    }

    Attestation attestation() {
      requireWithin(numbers[0], Attestation.VERSION, Attestation.VERSION, "version");
      for (long value : observation) {
        requireWithin(value, 0, Long.MAX_VALUE, "a value");
      }
      requireWithin(numbers[7], 1, Long.MAX_VALUE, "as_of_time");
      if (texts[1].isEmpty() || texts[4].isEmpty()) {
        throw new PlazaJsonException("no name of the subject or of the attester");
      }
      if (!texts[6].isEmpty() && EventId.parse(texts[6]).isEmpty()) {
        throw new PlazaJsonException("last_seen_checkpoint_id is no id of an event");
      }
      if (Signatures.decode(texts[8]).isEmpty()) {
        throw new PlazaJsonException("the signature is not Base64 of 64 bytes");
      }
      return new Attestation(
          texts[1],
          requireId(texts[2]),
          new Claim(new AgreedValues(observation[0], observation[1], observation[2]), texts[6]),
          texts[4],
          requireId(texts[5]),
          numbers[7],
          texts[8]);
    }

    /**
     * A nara id. The signed text joins its fields by colons: with one within an id, the signature
     * over an attestation of that id would be good for one about somebody else as well.
     */
    private static String requireId(String text) {
      if (text.isEmpty() || text.length() > MAX_ID_CHARACTERS || Base58.decode(text).isEmpty()) {
        throw new PlazaJsonException("an id is no nara id");
      }
      return text;
    }

    private static long requireWithin(long number, long least, long most, String what) {
      if (number < least || number > most) {
        throw new PlazaJsonException(what + " is " + number);
      }
      return number;
    }
  }
}
