package nara.event;

import java.util.List;
import java.util.Optional;

/**
 * The history of a nara up to a moment, as a group of voters agreed on it.
 *
 * @param version 0, 1 or 2: selects the content string and the attestation text
 * @param subjectId the subject's nara id, or empty
 * @param previousCheckpointId the id of the previous checkpoint (version 2), or empty
 * @param asOfTime the moment, Unix seconds
 * @param round of the vote; not under any signature
 * @param voterIds the nara ids of the voters
 * @param signatures of the voters, Base64, in the order of the ids
 */
public record Checkpoint(
    long version,
    String subject,
    String subjectId,
    String previousCheckpointId,
    AgreedValues agreedValues,
    long asOfTime,
    long round,
    List<String> voterIds,
    List<String> signatures)
    implements Payload {

  /** Checkpoints about r2d2 up to this moment (Unix seconds) are known to be bad. */
  public static final long R2D2_KNOWN_BAD_UNTIL = 1_768_774_453L;

  /**
   * The agreed values.
   *
   * @param totalUptime seconds
   * @param startTime of the first start, Unix seconds
   */
  public record AgreedValues(long restarts, long totalUptime, long startTime) {}

  @Override
  public Service service() {
    return Service.CHECKPOINT;
  }

  @Override
  public String content() {
    AgreedValues v = agreedValues;
    String who = subjectId.isEmpty() ? subject : subjectId;
    String values = who + ':' + asOfTime + ':' + v.startTime + ':' + v.restarts;
    return versioned("checkpoint:", "checkpoint:v2:", values + ':' + v.totalUptime);
  }

  /** The text that the voter signs, directly and without hashing it first. */
  public String attestation(String voterId) {
    AgreedValues v = agreedValues;
    String values = subjectId + ':' + asOfTime + ':' + v.restarts + ':' + v.totalUptime;
    return versioned(
        "attestation:v1:", "attestation:v2:", voterId + ':' + values + ':' + v.startTime);
  }

  private String versioned(String prefix1, String prefix2, String values) {
    return version >= 2 ? prefix2 + values + ':' + previousCheckpointId : prefix1 + values;
  }

  @Override
  public Optional<String> validationError() {
    if (subject.isEmpty()) {
      return Optional.of("no subject");
    }
    if (asOfTime <= 0) {
      return Optional.of("as_of_time " + asOfTime + " is not positive");
    }
    if (agreedValues.restarts < 0 || agreedValues.totalUptime < 0) {
      return Optional.of("negative restarts or total_uptime");
    }
    return signatures.size() == voterIds.size()
        ? Optional.empty()
        : Optional.of(signatures.size() + " signatures for " + voterIds.size() + " voters");
  }

  /** Whether every node drops this checkpoint. */
  public boolean isKnownBad() {
    return subject.equals("r2d2") && asOfTime <= R2D2_KNOWN_BAD_UNTIL;
  }

  @Override
  public String actor() {
    return "";
  }

  @Override
  public String target() {
    return subject;
  }
}
