package nara.checkpoint.consensus;

import java.nio.charset.StandardCharsets;
import java.util.List;
import nara.event.Checkpoint;
import nara.event.Checkpoint.AgreedValues;
import nara.identity.Identity;

/**
 * A nara's signed statement about the history of a subject at a time: of its own in a proposal, of
 * the proposer's in a vote. A checkpoint contains the signatures of attestations, so they are also
 * signatures of the checkpoint. Always version 2, the wire contract's present one; no other version
 * is read.
 *
 * @param subject name of the subject; not signed
 * @param subjectId its nara id
 * @param attester name of the nara that signs; not signed
 * @param attesterId its nara id
 * @param asOfTime Unix seconds
 * @param signature Base64
 */
record Attestation(
    String subject,
    String subjectId,
    Claim claim,
    String attester,
    String attesterId,
    long asOfTime,
    String signature) {
  static final int VERSION = 2;

  /**
   * The values that voters must agree on.
   *
   * @param previousCheckpointId the latest checkpoint of the subject that the attester knows; its
   *     values continue that one's. Empty without one
   */
  record Claim(AgreedValues agreedValues, String previousCheckpointId) {}

  record SubjectAsOf(String subject, String subjectId, long asOfTime) {}

  static Attestation sign(Identity me, SubjectAsOf about, Claim claim) {
    byte[] text = attestation(me, about, claim, "").signedBytes();
    return attestation(me, about, claim, me.keys().signBase64(text));
  }

  private static Attestation attestation(
      Identity me, SubjectAsOf about, Claim claim, String signature) {
    return new Attestation(
        about.subject(), about.subjectId(), claim, me.name(), me.id(), about.asOfTime(), signature);
  }

  /** The text that is signed directly, without a hash. */
  byte[] signedBytes() {
    AgreedValues values = claim.agreedValues();
    String previous = claim.previousCheckpointId();
    return new Checkpoint(
            VERSION, subject, subjectId, previous, values, asOfTime, 0, List.of(), List.of())
        .attestation(attesterId)
        .getBytes(StandardCharsets.UTF_8);
  }

  SubjectAsOf subjectAsOf() {
    return new SubjectAsOf(subject, subjectId, asOfTime);
  }
}
