package nara.recovery;

import java.time.Duration;
import nara.mesh.client.MeshRequest.FetchFailed;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.mesh.wire.MeshFailure;

/**
 * What one neighbour did in this recovery, and what is to be thought of it: whether it gets more
 * work, how long it is waited for, and a score.
 */
public final class PeerScore {
  /** How long a peer may bring nothing at first; doubled each time that it does not. */
  static final Duration INITIAL_STALL_TIMEOUT = Duration.ofSeconds(2);

  static final Duration MAX_STALL_TIMEOUT = Duration.ofSeconds(64);

  /** Failures in a row after which a neighbour gets no more work in a rung. */
  static final int MAX_CONSECUTIVE_FAILURES = 3;

  /**
   * Stalls in a row after which it is not waited for again: the last took {@link
   * #MAX_STALL_TIMEOUT}.
   */
  static final int MAX_CONSECUTIVE_STALLS = 6;

  /** Answers that are not its own, or not to what it was asked: once may be a mishap. */
  private static final int INVALID_RESPONSES_LIMIT = 2;

  /**
   * Refused events, and their share of all, from which on a neighbour is dropped. Far above what an
   * honest one has when somebody once gave it forgeries: they may lie together.
   */
  private static final int REJECTED_LIMIT = 100;

  private static final double REJECTED_SHARE_LIMIT = 0.3;

  /** Refused events, and their share, from which on others have a look at what it walked. */
  private static final int SUSPECT_REJECTED = 5;

  private static final double SUSPECT_REJECTED_SHARE = 0.005;

  /** Events kept back, and their share of all that it should have given, for being dropped. */
  private static final int WITHHELD_LIMIT = 100;

  private static final double WITHHELD_SHARE_LIMIT = 0.05;

  private int responses;
  private int fullyRejectedResponses;
  private int failures;
  private int consecutiveFailures;
  private int stalls;
  private int consecutiveStalls;
  private int invalidResponses;
  private int errorResponses;
  private long receivedEvents;
  private long rejectedEvents;
  private long withheldEvents;
  private boolean omissionFound;
  private String lastFailure = "";
  private boolean unreachable;
  private boolean unsupported;
  private String dropReason = "";

  void onResponse(PageFetched page) {
    responses++;
    consecutiveFailures = 0;
    consecutiveStalls = 0;
    receivedEvents += page.offerResult().received();
    rejectedEvents += page.offerResult().rejected();
    if (page.offerResult().received() > 0
        && page.offerResult().received() == page.offerResult().rejected()) {
      fullyRejectedResponses++;
    }
    if (rejectedEvents >= REJECTED_LIMIT
        && rejectedEvents > REJECTED_SHARE_LIMIT * receivedEvents) {
      drop(rejectedEvents + " of its " + receivedEvents + " events were refused");
    }
  }

  void onFailure(FetchFailed failed) {
    failures++;
    consecutiveFailures++;
    lastFailure = failed.reason();
    unreachable = failed.failure() == MeshFailure.UNREACHABLE;
    unsupported |= failed.failure() == MeshFailure.UNSUPPORTED;
    switch (failed.failure()) {
      case STALLED -> {
        stalls++;
        consecutiveStalls++;
      }
      case BAD_SIGNATURE, NOT_ASKED -> {
        invalidResponses++;
        consecutiveStalls = 0;
        if (invalidResponses >= INVALID_RESPONSES_LIMIT) {
          drop("its answers are not what it was asked for: " + lastFailure);
        }
      }
      case STATUS, UNSUPPORTED, TOO_LARGE, MALFORMED -> {
        errorResponses++;
        consecutiveStalls = 0;
      }
      case UNREACHABLE, CUT_OFF, STOPPING -> consecutiveStalls = 0;
    }
  }

  /** It has not given so many events of a range that it holds by its own word. */
  public void onEventsWithheld(long events) {
    withheldEvents += events;
    if (withheldEvents >= WITHHELD_LIMIT
        && withheldEvents > WITHHELD_SHARE_LIMIT * (receivedEvents + withheldEvents)) {
      drop("it kept back " + withheldEvents + " events that it says it holds");
    }
  }

  /** Others had what it should have given. */
  public void onOmissionFound() {
    omissionFound = true;
  }

  void drop(String reason) {
    if (dropReason.isEmpty()) {
      dropReason = reason;
    }
  }

  /** Gives it a new chance: another rung asks other things. */
  void resetFailures() {
    unsupported = false;
    if (!unreachable) {
      consecutiveFailures = 0;
      consecutiveStalls = 0;
    }
  }

  /** How long it may bring nothing before it is given up. */
  Duration stallTimeout() {
    Duration stallTimeout = INITIAL_STALL_TIMEOUT.multipliedBy(1L << Math.min(stalls, 5));
    return stallTimeout.compareTo(MAX_STALL_TIMEOUT) > 0 ? MAX_STALL_TIMEOUT : stallTimeout;
  }

  /** Whether it makes sense to give it more work: it is there and does not fail all the time. */
  public boolean usable() {
    int maxFailures =
        consecutiveStalls == consecutiveFailures
            ? MAX_CONSECUTIVE_STALLS
            : MAX_CONSECUTIVE_FAILURES;
    return dropReason.isEmpty()
        && !unsupported
        && consecutiveFailures < maxFailures
        && !(unreachable && consecutiveFailures > 1);
  }

  /** Whether its last call brought something, or it had none yet. */
  public boolean responsive() {
    return consecutiveStalls == 0;
  }

  /** Whether so much of what it gives is refused that others should be asked for the same. */
  public boolean suspect() {
    return omissionFound
        || !dropReason.isEmpty()
        || (rejectedEvents >= SUSPECT_REJECTED
            && rejectedEvents > SUSPECT_REJECTED_SHARE * receivedEvents);
  }

  /** Whether it is there, but would not do what it was asked so far: something else it may. */
  public boolean onlyErrorResponses() {
    return responses == 0 && errorResponses > 0 && dropReason.isEmpty();
  }

  public boolean hasResponded() {
    return responses > 0;
  }

  /** Why it was dropped; empty when it was not. */
  public String dropReason() {
    return dropReason;
  }

  /**
   * 1 for a neighbour that gave all that it was asked for, if anything, 0 for one that was dropped
   * or gave nothing: the share of its calls that brought something, times that of its events which
   * were good and of those it did not keep back, halved when it is in doubt.
   */
  public double score() {
    if (responses + failures == 0) {
      return 1;
    }
    if (!dropReason.isEmpty() || responses == 0) {
      return 0;
    }
    double callShare = (double) (responses - fullyRejectedResponses) / (responses + failures);
    double acceptedShare =
        receivedEvents == 0 ? 1 : (double) (receivedEvents - rejectedEvents) / receivedEvents;
    double deliveredShare =
        withheldEvents == 0 ? 1 : (double) receivedEvents / (receivedEvents + withheldEvents);
    return callShare * acceptedShare * deliveredShare * (suspect() ? 0.5 : 1);
  }

  /** What there is to complain about, if anything: its last word was a failure. */
  String failureSummary() {
    if (failures > 0 && responses == 0) {
      return "answered none of " + failures + " calls: " + lastFailure;
    }
    return consecutiveFailures > 0
        ? "stopped answering after " + responses + " answers: " + lastFailure
        : "";
  }
}
