package nara.event;

import java.util.Optional;
import java.util.Set;
import nara.bounds.SafeText;

/**
 * What one nara noticed about another: that it restarted, was first seen, changed its status.
 *
 * @param observer the name of who noticed
 * @param observerId its nara id, or empty; not under the signature
 * @param subject the name of whom it is about
 * @param subjectId its nara id, or empty; not under the signature
 * @param type restart, first-seen or status-change
 * @param importance 1 to 3, 3 is critical; not under the signature
 * @param isBackfill made up afterwards from what was known before; not under the signature
 * @param startTime when the subject started, Unix seconds
 * @param restartNum how often it had restarted
 * @param lastRestart when it last restarted, Unix seconds; not under the signature
 * @param onlineState ONLINE, OFFLINE or MISSING, in status changes
 * @param clusterName the observer's word for its cluster; not under the signature
 * @param observerUptime the observer's uptime in seconds; not under the signature
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
    return observer
        + ':'
        + subject
        + ':'
        + type
        + ':'
        + onlineState
        + ':'
        + startTime
        + ':'
        + restartNum;
  }

  @Override
  public Optional<String> validationError() {
    Optional<String> missing = Payload.firstMissing("observer", observer, "subject", subject);
    if (missing.isPresent()) {
      return missing;
    }
    if (importance < 1 || importance > 3) {
      return Optional.of("importance " + importance + " is not 1 to 3");
    }
    return switch (type) {
      case RESTART ->
          startTime > 0 && restartNum >= 0
              ? Optional.empty()
              : Optional.of("a restart needs start_time > 0 and restart_num >= 0");
      case FIRST_SEEN ->
          startTime > 0 ? Optional.empty() : Optional.of("first-seen needs start_time > 0");
      case STATUS_CHANGE ->
          STATES.contains(onlineState)
              ? Optional.empty()
              : Optional.of("unknown online_state '" + SafeText.excerpt(onlineState) + "'");
      default -> Optional.of("unknown observation type '" + SafeText.excerpt(type) + "'");
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
