package nara.checkpoint;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import nara.checkpoint.Attestation.Claim;
import nara.event.Checkpoint.Standing;
import nara.event.EventId;
import nara.event.GoJson;
import nara.event.Signatures;
import nara.identity.Base58;
import nara.plaza.PlazaJson;
import nara.plaza.PlazaJson.Refused;

/**
 * Proposals and votes as they are on the wire: letter for letter what the reference writes, and
 * read within bounds. What is read is well formed in every field that a signature covers.
 */
final class BallotJson {
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
  private static final String[] VALUES = {"restarts", "total_uptime", "start_time"};

  /** Characters of a nara id, at most: a hash of 32 bytes in Base58. */
  private static final int MOST_ID_CHARACTERS = 44;

  private static final int LAST_ROUND = 2;

  private BallotJson() {}

  static byte[] write(Proposal proposal) {
    return bytes(
        attestation(proposal.attestation()).append(",\"round\":").append(proposal.round()));
  }

  static byte[] write(Vote vote) {
    return bytes(
        attestation(vote.attestation())
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
   * @throws Refused when it is none
   */
  static Proposal proposal(byte[] json) {
    Fields fields = fields(json);
    return new Proposal(fields.attestation(), fields.round());
  }

  /**
   * A vote.
   *
   * @throws Refused when it is none
   */
  static Vote vote(byte[] json) {
    Fields fields = fields(json);
    return new Vote(
        fields.attestation(), fields.numbers[10], fields.round(), fields.texts[11].equals("true"));
  }

  private static StringBuilder attestation(Attestation a) {
    StringBuilder out = new StringBuilder(640).append("{\"version\":").append(Attestation.VERSION);
    text(out, "subject", a.subject());
    text(out, "subject_id", a.subjectId());
    out.append(",\"observation\":{");
    int start = out.length();
    Standing standing = a.claim().standing();
    value(out, VALUES[0], standing.restarts(), start);
    value(out, VALUES[1], standing.totalUptime(), start);
    value(out, VALUES[2], standing.startTime(), start);
    out.append('}');
    text(out, "attester", a.attester());
    text(out, "attester_id", a.attesterId());
    if (!a.claim().reference().isEmpty()) {
      text(out, "last_seen_checkpoint_id", a.claim().reference());
    }
    out.append(",\"as_of_time\":").append(a.asOfTime());
    text(out, "signature", a.signature());
    return out;
  }

  private static void text(StringBuilder out, String name, String value) {
    GoJson.text(out.append(",\"").append(name).append("\":"), value);
  }

  private static void value(StringBuilder out, String name, long value, int start) {
    if (value != 0) {
      out.append(out.length() == start ? "\"" : ",\"").append(name).append("\":").append(value);
    }
  }

  private static byte[] bytes(StringBuilder out) {
    return out.append('}').toString().getBytes(StandardCharsets.UTF_8);
  }

  private static Fields fields(byte[] json) {
    return PlazaJson.read(
        json,
        0,
        json.length,
        parser -> {
          Fields fields = new Fields();
          PlazaJson.object(parser, KEYS, (key, value) -> fields.take(parser, key, value));
          return fields;
        });
  }

  /** What was read so far, each field at the place of its key. */
  private static final class Fields {
    private final String[] texts = new String[KEYS.length];
    private final long[] numbers = new long[KEYS.length];
    private final long[] values = new long[VALUES.length];

    Fields() {
      java.util.Arrays.fill(texts, "");
    }

    void take(JsonParser parser, int key, JsonToken value) throws IOException {
      switch (KEYS[key]) {
        case "version", "as_of_time", "round", "proposal_ts" ->
            numbers[key] = PlazaJson.whole(parser, value, KEYS[key]);
        case "observation" ->
            PlazaJson.object(
                parser,
                VALUES,
                (place, number) -> values[place] = PlazaJson.whole(parser, number, VALUES[place]));
        case "approved" -> texts[key] = String.valueOf(PlazaJson.truth(value, KEYS[key]));
        default -> texts[key] = PlazaJson.text(parser, value, KEYS[key]);
      }
    }

    int round() {
      return (int) within(numbers[9], 1, LAST_ROUND, "round");
    }

    Attestation attestation() {
      within(numbers[0], Attestation.VERSION, Attestation.VERSION, "version");
      for (long value : values) {
        within(value, 0, Long.MAX_VALUE, "a value");
      }
      within(numbers[7], 1, Long.MAX_VALUE, "as_of_time");
      if (texts[1].isEmpty() || texts[4].isEmpty()) {
        throw new Refused("no name of the subject or of the attester");
      }
      if (!texts[6].isEmpty() && EventId.parse(texts[6]).isEmpty()) {
        throw new Refused("last_seen_checkpoint_id is no id of an event");
      }
      if (Signatures.decode(texts[8]).isEmpty()) {
        throw new Refused("the signature is not Base64 of 64 bytes");
      }
      return new Attestation(
          texts[1],
          id(texts[2]),
          new Claim(new Standing(values[0], values[1], values[2]), texts[6]),
          texts[4],
          id(texts[5]),
          numbers[7],
          texts[8]);
    }

    /**
     * A nara id. The signed text joins its fields by colons: with one within an id, the signature
     * over an attestation of that id would be good for one about somebody else as well.
     */
    private static String id(String text) {
      if (text.isEmpty() || text.length() > MOST_ID_CHARACTERS || Base58.decode(text).isEmpty()) {
        throw new Refused("an id is no nara id");
      }
      return text;
    }

    private static long within(long number, long least, long most, String what) {
      if (number < least || number > most) {
        throw new Refused(what + " is " + number);
      }
      return number;
    }
  }
}
