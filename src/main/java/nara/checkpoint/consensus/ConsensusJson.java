package nara.checkpoint.consensus;

import nara.checkpoint.consensus.Attestation.Claim;
import nara.event.Checkpoint.AgreedValues;
import nara.event.EventId;
import nara.event.Signatures;
import nara.event.json.EventWriter;
import nara.event.json.JsonFields;
import nara.event.json.JsonRecord;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.event.json.JsonWriter;
import nara.identity.Base58;

/**
 * Proposals and votes as they are on the wire: written byte for byte as the reference does, and
 * read within bounds. After reading, every field that a signature covers is well formed.
 */
final class ConsensusJson {
  private static final JsonFields FIELDS =
      new JsonFields()
          .numbers("version")
          .texts("subject", "subject_id")
          .object("observation", new JsonFields().numbers("restarts", "total_uptime", "start_time"))
          .texts("attester", "attester_id", "last_seen_checkpoint_id")
          .numbers("as_of_time")
          .texts("signature")
          .numbers("proposal_ts", "round")
          .flag("approved");

  /** Characters of a nara id, at most: a hash of 32 bytes in Base58. */
  private static final int MAX_ID_CHARACTERS = 44;

  private static final int MAX_ROUND = 2;

  private ConsensusJson() {}

  static byte[] write(Proposal proposal) {
    return attestation(proposal.attestation()).number("round", proposal.round()).end().toBytes();
  }

  static byte[] write(Vote vote) {
    return attestation(vote.attestation())
        .number("proposal_ts", vote.proposalTime())
        .number("round", vote.round())
        .flag("approved", vote.approved())
        .end()
        .toBytes();
  }

  private static JsonWriter attestation(Attestation a) {
    return JsonWriter.begin()
        .number("version", Attestation.VERSION)
        .text("subject", a.subject())
        .text("subject_id", a.subjectId())
        .object("observation", out -> EventWriter.agreedValues(out, a.claim().agreedValues()))
        .text("attester", a.attester())
        .text("attester_id", a.attesterId())
        .optional("last_seen_checkpoint_id", a.claim().previousCheckpointId())
        .number("as_of_time", a.asOfTime())
        .text("signature", a.signature());
  }

  /**
   * Reads a proposal.
   *
   * @throws MalformedJsonException when the bytes are none
   */
  static Proposal readProposal(byte[] json) {
    JsonRecord proposal = FIELDS.read(json);
    return new Proposal(attestation(proposal), round(proposal));
  }

  /**
   * Reads a vote.
   *
   * @throws MalformedJsonException when the bytes are none
   */
  static Vote readVote(byte[] json) {
    JsonRecord vote = FIELDS.read(json);
    return new Vote(
        attestation(vote), vote.number("proposal_ts"), round(vote), vote.flag("approved"));
  }

  private static int round(JsonRecord message) {
    return (int) requireWithin(message, "round", 1, MAX_ROUND);
  }

  private static Attestation attestation(JsonRecord message) {
    requireWithin(message, "version", Attestation.VERSION, Attestation.VERSION);
    JsonRecord observation = message.object("observation");
    AgreedValues values =
        new AgreedValues(
            requireWithin(observation, "restarts", 0, Long.MAX_VALUE),
            requireWithin(observation, "total_uptime", 0, Long.MAX_VALUE),
            requireWithin(observation, "start_time", 0, Long.MAX_VALUE));
    String previousId = message.text("last_seen_checkpoint_id");
    if (!previousId.isEmpty() && EventId.parse(previousId).isEmpty()) {
      throw new MalformedJsonException("last_seen_checkpoint_id is not an event id");
    }
    String signature = message.text("signature");
    if (Signatures.decode(signature).isEmpty()) {
      throw new MalformedJsonException("signature is not Base64 of 64 bytes");
    }
    return new Attestation(
        requirePresent(message, "subject"),
        requireId(message, "subject_id"),
        new Claim(values, previousId),
        requirePresent(message, "attester"),
        requireId(message, "attester_id"),
        requireWithin(message, "as_of_time", 1, Long.MAX_VALUE),
        signature);
  }

  private static String requirePresent(JsonRecord message, String field) {
    String text = message.text(field);
    if (text.isEmpty()) {
      throw new MalformedJsonException(field + " is missing");
    }
    return text;
  }

  /**
   * A nara id. The signed text joins its fields by colons. With a colon inside an id, a signature
   * over one attestation would also be valid for an attestation about another nara.
   */
  private static String requireId(JsonRecord message, String field) {
    String id = message.text(field);
    if (id.isEmpty() || id.length() > MAX_ID_CHARACTERS || Base58.decode(id).isEmpty()) {
      throw new MalformedJsonException(field + " is not a nara id");
    }
    return id;
  }

  private static long requireWithin(JsonRecord record, String field, long least, long most) {
    long number = record.number(field);
    if (number < least || number > most) {
      throw new MalformedJsonException(field + " is out of range: " + number);
    }
    return number;
  }
}
