package nara.checkpoint.consensus;

import java.nio.charset.StandardCharsets;
import java.util.List;
import nara.event.Checkpoint;
import nara.event.Checkpoint.AgreedValues;
import nara.identity.Identity;

/**
 * A nara's signed word on what somebody's history is up to a moment: its own in a proposal,
 * somebody else's in a vote. The signatures of a checkpoint are those of attestations, so who signs
 * one has signed the checkpoint. Always of version 2, the wire contract's present one; older ones
 * are not understood.
 *
 * @param subject the name of whom it is about; under no signature
 * @param subjectId its nara id
 * @param claim what is said
 * @param attester the name of who says it; under no signature
 * @param attesterId its nara id
 * @param asOfTime the moment, Unix seconds
 * @param signature as Base64
 */
record Attestation(
    String subject,
    String subjectId,
    Claim claim,
    String attester,
    String attesterId,
    long asOfTime,
    String signature) {
  /** The version that is written and the only one that is read. */
  static final int VERSION = 2;

  /**
   * What voters must agree on: the values, and the checkpoint that these go on from.
   *
   * @param agreedValues the values
   * @param previousCheckpointId the id of the last checkpoint that the attester knows of the
   *     subject, or empty
   */
  record Claim(AgreedValues agreedValues, String previousCheckpointId) {}

  /** Whom an attestation is about, and as of when. */
  record SubjectAsOf(String subject, String subjectId, long asOfTime) {}

  /** Signs a claim. */
  static Attestation sign(Identity me, SubjectAsOf subject, Claim claim) {
    Attestation unsigned =
        new Attestation(
            subject.subject(),
            subject.subjectId(),
            claim,
            me.name(),
            me.id(),
            subject.asOfTime(),
            "");
    return new Attestation(
        subject.subject(),
        subject.subjectId(),
        claim,
        me.name(),
        me.id(),
        subject.asOfTime(),
        me.keys().signBase64(unsigned.signedBytes()));
  }

  /** The text that is signed, directly and without hashing it first. */
  byte[] signedBytes() {
    return new Checkpoint(
            VERSION,
            subject,
            subjectId,
            claim.previousCheckpointId(),
            claim.agreedValues(),
            asOfTime,
            0,
            List.of(),
            List.of())
        .attestation(attesterId)
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Whom it is about, and as of when. */
  SubjectAsOf subjectAsOf() {
    return new SubjectAsOf(subject, subjectId, asOfTime);
  }
}
