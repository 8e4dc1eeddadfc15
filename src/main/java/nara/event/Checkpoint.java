package nara.event;

import java.util.List;
import java.util.Optional;

/**
 * What a group of voters agreed to be a nara's history up to a moment.
 *
 * @param version 0, 1 or 2: which content string and attestation text it is under
 * @param subject the name of whom it is about
 * @param subjectId its nara id, or empty
 * @param previousCheckpointId the id of the checkpoint before it (version 2), or empty
 * @param agreedValues the agreed values
 * @param asOfTime the moment, Unix seconds
 * @param round the round of voting; under no signature
 * @param voterIds the nara ids of the voters
 * @param signatures the voters' signatures as Base64, in the order of the ids
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
   * @param restarts how often it had restarted
   * @param totalUptime how long it had been online, in seconds
   * @param startTime when it first started, Unix seconds
   */
  public record AgreedValues(long restarts, long totalUptime, long startTime) {}

  @Override
  public Service service() {
    return Service.CHECKPOINT;
  }

  @Override
  public String content() {
    String who = subjectId.isEmpty() ? subject : subjectId;
    String values =
        who
            + ':'
            + asOfTime
            + ':'
            + agreedValues.startTime
            + ':'
            + agreedValues.restarts
            + ':'
            + agreedValues.totalUptime;
    return version >= 2
        ? "checkpoint:v2:" + values + ':' + previousCheckpointId
        : "checkpoint:" + values;
  }

  /** The text that the voter signs, directly and without hashing it first. */
  public String attestation(String voterId) {
    String values =
        voterId
            + ':'
            + subjectId
            + ':'
            + asOfTime
            + ':'
            + agreedValues.restarts
            + ':'
            + agreedValues.totalUptime
            + ':'
            + agreedValues.startTime;
    return version >= 2
        ? "attestation:v2:" + values + ':' + previousCheckpointId
        : "attestation:v1:" + values;
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

  /** Whether it is one of those that every node drops on sight. */
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
