package nara.event;

import java.util.Optional;
import java.util.Set;
import nara.bounds.SafeText;

/**
 * One nara noticed something about another one: a restart, the first sighting, a change of status.
 * The signature does not cover importance, isBackfill, lastRestart, clusterName and observerUptime.
 *
 * @param type restart, first-seen or status-change
 * @param importance 1 to 3; 3 is critical
 * @param isBackfill made up later from older knowledge
 * @param startTime when the subject started, Unix seconds
 * @param restartNum restarts so far
 * @param lastRestart Unix seconds
 * @param onlineState ONLINE, OFFLINE or MISSING, in status changes
 * @param clusterName the observer's name for its cluster
 * @param observerUptime seconds
 */
public record Observation(
    String observer,
    String observerId,
    String subject,
    String subjectId,
    String type,
    long importance,
    boolean isBackfill,
    long startTime,
    long restartNum,
    long lastRestart,
    String onlineState,
    String clusterName,
    long observerUptime)
    implements Payload {
  /** A nara restarted. */
  public static final String RESTART = "restart";

  /** A nara was seen for the first time. */
  public static final String FIRST_SEEN = "first-seen";

  /** A nara went online, offline or missing. */
  public static final String STATUS_CHANGE = "status-change";

  private static final Set<String> STATES = Set.of("ONLINE", "OFFLINE", "MISSING");

  @Override
  public Service service() {
    return Service.OBSERVATION;
  }

  @Override
  public String content() {
    if (type.equals(RESTART)) {
      return subject + ':' + type + ':' + restartNum + ':' + startTime;
    }
    String status = onlineState + ':' + startTime + ':' + restartNum;
    return observer + ':' + subject + ':' + type + ':' + status;
  }

  @Override
  public Optional<String> validationError() {
    return Payload.firstMissing("observer", observer, "subject", subject)
        .or(() -> Optional.ofNullable(invalidValue()));
  }

  private String invalidValue() {
    if (importance < 1 || importance > 3) {
      return "importance " + importance + " is not 1 to 3";
    }
    return switch (type) {
      case RESTART ->
          startTime > 0 && restartNum >= 0
              ? null
              : "a restart needs start_time > 0 and restart_num >= 0";
      case FIRST_SEEN -> startTime > 0 ? null : "first-seen needs start_time > 0";
      case STATUS_CHANGE ->
          STATES.contains(onlineState)
              ? null
              : "unknown online_state '" + SafeText.excerpt(onlineState) + "'";
      default -> "unknown observation type '" + SafeText.excerpt(type) + "'";
    };
  }

  @Override
  public String actor() {
    return observer;
  }

  @Override
  public String target() {
    return subject;
  }
}
