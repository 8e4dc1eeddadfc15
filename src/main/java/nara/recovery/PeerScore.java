package nara.recovery;

import java.time.Duration;
import nara.mesh.wire.MeshFailure;
import nara.trust.TrustRequest.OfferResult;

/**
 * The conduct of one peer in this recovery. It decides whether the peer gets more calls, how long
 * they wait for it, and its score in the report.
 */
public final class PeerScore {
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
  private long claimedEvents;
  private boolean omissionFound;
  private String lastFailure = "";
  private boolean unreachable;
  private boolean lost;
  private boolean awaited;
  private boolean unsupported;
  private String dropReason = "";
  private boolean late;
  private boolean outOfTime;

  void onResponse(OfferResult offer) {
    responses++;
    lost = false;
    awaited = false;
    consecutiveFailures = 0;
    consecutiveStalls = 0;
    receivedEvents += offer.received();
    rejectedEvents += offer.rejected();
    if (offer.received() > 0 && offer.received() == offer.rejected()) {
      fullyRejectedResponses++;
    }
  }

  /** A response does not match its request, or is not signed by the peer. */
  void onInvalidResponse(String reason) {
    invalidResponses++;
    if (invalidResponses >= RecoveryLimits.MAX_INVALID_RESPONSES) {
      drop("its responses do not match the requests: " + reason);
    }
  }

  void onFailure(MeshFailure failure, String reason) {
    failures++;
    consecutiveFailures++;
    lastFailure = reason;
    unreachable = failure == MeshFailure.UNREACHABLE;
    lost = unreachable || failure == MeshFailure.CUT_OFF;
    unsupported |= failure == MeshFailure.UNSUPPORTED;
    consecutiveStalls = failure == MeshFailure.STALLED ? consecutiveStalls + 1 : 0;
    switch (failure) {
      case STALLED -> stalls++;
      case BAD_SIGNATURE, NOT_ASKED -> onInvalidResponse(reason);
      // With different clocks, nobody knows whose is wrong.
      case STATUS, UNSUPPORTED, TOO_LARGE, MALFORMED, CLOCK_SKEW -> errorResponses++;
      case UNREACHABLE, CUT_OFF, UNVERIFIABLE, STOPPING -> {}
    }
  }

  /** The peer did not give so many events that it claims to hold. */
  public void onEventsWithheld(long events) {
    withheldEvents += events;
    if (withheldEvents >= RecoveryLimits.MAX_WITHHELD
        && withheldEvents > RecoveryLimits.MAX_WITHHELD_SHARE * (receivedEvents + withheldEvents)) {
      drop("it withheld %d events that it claims to hold".formatted(withheldEvents));
    }
  }

  /** The peer showed that it holds at least so many events. */
  public void onClaim(long events) {
    claimedEvents = Math.max(claimedEvents, events);
  }

  /**
   * Whether the peer claims to hold at most so many events, apart from some that a full ledger may
   * have dropped since.
   */
  public boolean claimsAtMost(long events) {
    return events >= RecoveryLimits.LEAST_SHARE_OF_CLAIM * claimedEvents;
  }

  /**
   * A replica gave an event that this peer left out, or this one gave it and the replica had not.
   */
  public void onOmissionFound() {
    omissionFound = true;
  }

  /** Makes the peer a last resort: it is asked only for events that no other peer gave. */
  public void drop(String reason) {
    dropReason = dropReason.isEmpty() ? reason : dropReason;
  }

  /** Whether a peer that responded before refused or lost its last connection. */
  public boolean lost() {
    return lost && responses > 0 && dropReason.isEmpty();
  }

  /** Keeps a lost peer usable: the recovery waits for it. */
  public void await() {
    awaited = true;
  }

  /** Whether the recovery waits for the peer to come back. */
  public boolean awaited() {
    return awaited && dropReason.isEmpty();
  }

  /** The recovery no longer waits for the peer. */
  public void stopAwaiting() {
    awaited = false;
  }

  /** Its first response came after its rung had ended, so the plan asks it again. */
  void onLateResponse() {
    responses++;
    consecutiveFailures = 0;
    consecutiveStalls = 0;
  }

  /** A discovered newcomer, while others have responded already: the recovery waits less for it. */
  void onCameLate() {
    late = true;
  }

  /** The time for newcomers is over: this one may only go on while it responds. */
  void onLateTimeOver() {
    outOfTime |= late;
  }

  /** Whether the peer came late and its calls obtained nothing: no further rung asks it. */
  boolean lateWithoutResult() {
    return late && !hasSentAnything() && (failures > 0 || outOfTime);
  }

  /** Whether the peer was never asked, because the time for newcomers was over. */
  boolean unaskedInTime() {
    return outOfTime && responses + failures == 0;
  }

  void resetFailures() {
    awaited = false;
    unsupported = false;
    if (!unreachable && !outOfTime) {
      consecutiveFailures = 0;
      consecutiveStalls = 0;
    }
  }

  /** Starts at two seconds and doubles with each stall. */
  Duration stallTimeout() {
    int doublings = Math.min(stalls, RecoveryLimits.MAX_STALL_DOUBLINGS);
    return RecoveryLimits.INITIAL_STALL_TIMEOUT.multipliedBy(1L << doublings);
  }

  /** Whether the peer may get calls like any other. */
  public boolean usable() {
    return dropReason.isEmpty() && usableAsLastResort();
  }

  /**
   * Whether the peer may get calls for events that no other peer gave: it does not keep failing.
   */
  public boolean usableAsLastResort() {
    int maxStalls = late ? RecoveryLimits.MAX_LATE_STALLS : RecoveryLimits.MAX_CONSECUTIVE_STALLS;
    int maxFailures =
        consecutiveStalls == consecutiveFailures
            ? maxStalls
            : RecoveryLimits.MAX_CONSECUTIVE_FAILURES;
    return !unsupported
        && !(outOfTime && (responses == 0 || consecutiveFailures > 0))
        && !wasteful()
        && (awaited()
            || (consecutiveFailures < maxFailures && !(unreachable && consecutiveFailures > 1)));
  }

  /** Whether the last call did not stall. */
  public boolean responsive() {
    return consecutiveStalls == 0;
  }

  /** Whether other peers have to fetch this one's ranges again, and are asked before it. */
  public boolean suspect() {
    return omissionFound || !dropReason.isEmpty() || relaysRejectedEvents();
  }

  /** A peer that relays such events may be honest: the reference accepts everything. */
  private boolean relaysRejectedEvents() {
    return rejectedEvents >= RecoveryLimits.SUSPECT_REJECTED
        && rejectedEvents > RecoveryLimits.SUSPECT_REJECTED_SHARE * receivedEvents;
  }

  /** Whether its rejected events cost more than its other events are worth. */
  private boolean wasteful() {
    long accepted = receivedEvents - rejectedEvents;
    return rejectedEvents
        > RecoveryLimits.MAX_REJECTED + RecoveryLimits.REJECTED_PER_ACCEPTED * accepted;
  }

  /** Why others were asked before the peer; empty when none were, or when it was dropped. */
  public String askedLaterReason() {
    if (!dropReason.isEmpty()) {
      return "";
    }
    if (omissionFound) {
      return "it left out an event that another neighbour gave";
    }
    return relaysRejectedEvents()
        ? "%d of its %d events were rejected".formatted(rejectedEvents, receivedEvents)
        : "";
  }

  /** Whether the peer responds, but only with errors: another kind of request may succeed. */
  public boolean onlyErrorResponses() {
    return responses == 0 && errorResponses > 0 && dropReason.isEmpty();
  }

  public boolean hasResponded() {
    return responses > 0;
  }

  /** Whether all calls to the peer failed. A peer that was dropped for what it sent is left out. */
  boolean gaveNothing() {
    return failures > 0 && responses == 0 && dropReason.isEmpty();
  }

  /** Whether the peer has been asked and has not sent a byte of a response yet. */
  public boolean silent() {
    return responses == 0 && stalls > 0 && errorResponses + invalidResponses == 0;
  }

  /** Whether the peer has sent anything, be it an error. */
  public boolean hasSentAnything() {
    return responses + errorResponses + invalidResponses > 0;
  }

  /** Empty when the peer was not dropped. */
  public String dropReason() {
    return dropReason;
  }

  /**
   * 1 for a peer without calls or without fault, 0 for one that was dropped or never responded. In
   * between, the product of three shares: of calls that succeeded, of events that were accepted,
   * and of claimed events that it gave. A suspect gets half.
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

  /** A sentence without its subject when the last call failed; else empty. */
  String failureSummary() {
    if (unaskedInTime()) {
      return "came late, and was not asked in time";
    }
    if (failures > 0 && responses == 0) {
      return "answered none of " + failures + " calls: " + lastFailure;
    }
    return consecutiveFailures > 0
        ? "stopped answering after " + responses + " responses: " + lastFailure
        : "";
  }
}
