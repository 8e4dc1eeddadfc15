package nara.recovery;

import java.time.Duration;
import nara.mesh.MeshFailure;
import nara.mesh.MeshRequest.FetchFailed;
import nara.mesh.MeshRequest.Fetched;

/**
 * What one neighbour did in this recovery, and what is to be thought of it: whether it gets more
 * work, how long it is waited for, and a score.
 */
final class Conduct {
  /** How long a peer may bring nothing at first; doubled each time that it does not. */
  static final Duration FIRST_PATIENCE = Duration.ofSeconds(2);

  static final Duration MOST_PATIENCE = Duration.ofSeconds(64);

  /** Failures in a row after which a neighbour gets no more work in a rung. */
  static final int FAILURES = 3;

  /**
   * Stalls in a row after which it is not waited for again: the last took {@link #MOST_PATIENCE}.
   */
  static final int STALLS = 6;

  /** Answers that are not its own, or not to what it was asked: once may be a mishap. */
  private static final int LIES = 2;

  /**
   * Refused events, and their share of all, from which on a neighbour is dropped. Far above what an
   * honest one has when somebody once gave it forgeries: they may lie together.
   */
  private static final int REFUSED = 100;

  private static final double REFUSED_SHARE = 0.3;

  /** Refused events, and their share, from which on others have a look at what it walked. */
  private static final int DOUBTFUL = 5;

  private static final double DOUBTFUL_SHARE = 0.005;

  /** Events kept back, and their share of all that it should have given, for being dropped. */
  private static final int MISSING = 100;

  private static final double MISSING_SHARE = 0.05;

  private int answers;
  private int useless;
  private int failures;
  private int failuresInARow;
  private int stalls;
  private int stallsInARow;
  private int lies;
  private int refusals;
  private long received;
  private long refused;
  private long missing;
  private boolean disproved;
  private String lastFailure = "";
  private boolean gone;
  private boolean unsupported;
  private String dropped = "";

  void answered(Fetched page) {
    answers++;
    failuresInARow = 0;
    stallsInARow = 0;
    received += page.offered().received();
    refused += page.offered().rejected();
    if (page.offered().received() > 0 && page.offered().received() == page.offered().rejected()) {
      useless++;
    }
    if (refused >= REFUSED && refused > REFUSED_SHARE * received) {
      drop(refused + " of its " + received + " events were refused");
    }
  }

  void failed(FetchFailed failed) {
    failures++;
    failuresInARow++;
    lastFailure = failed.reason();
    gone = failed.failure() == MeshFailure.UNREACHABLE;
    unsupported |= failed.failure() == MeshFailure.UNSUPPORTED;
    switch (failed.failure()) {
      case STALLED -> {
        stalls++;
        stallsInARow++;
      }
      case BAD_SIGNATURE, NOT_ASKED -> {
        lies++;
        stallsInARow = 0;
        if (lies >= LIES) {
          drop("its answers are not what it was asked for: " + lastFailure);
        }
      }
      case STATUS, UNSUPPORTED, TOO_LARGE, MALFORMED -> {
        refusals++;
        stallsInARow = 0;
      }
      case UNREACHABLE, CUT_OFF, STOPPING -> stallsInARow = 0;
    }
  }

  /** It has not given so many events of a range that it holds by its own word. */
  void keptBack(long events) {
    missing += events;
    if (missing >= MISSING && missing > MISSING_SHARE * (received + missing)) {
      drop("it kept back " + missing + " events that it says it holds");
    }
  }

  /** Others had what it should have given. */
  void disproved() {
    disproved = true;
  }

  void drop(String why) {
    if (dropped.isEmpty()) {
      dropped = why;
    }
  }

  /** Gives it a new chance: another rung asks other things. */
  void forgive() {
    unsupported = false;
    if (!gone) {
      failuresInARow = 0;
      stallsInARow = 0;
    }
  }

  /** How long it may bring nothing before it is given up. */
  Duration patience() {
    Duration patience = FIRST_PATIENCE.multipliedBy(1L << Math.min(stalls, 5));
    return patience.compareTo(MOST_PATIENCE) > 0 ? MOST_PATIENCE : patience;
  }

  /** Whether it makes sense to give it more work: it is there and does not fail all the time. */
  boolean willing() {
    int most = stallsInARow == failuresInARow ? STALLS : FAILURES;
    return dropped.isEmpty()
        && !unsupported
        && failuresInARow < most
        && !(gone && failuresInARow > 1);
  }

  /** Whether its last call brought something, or it had none yet. */
  boolean steady() {
    return stallsInARow == 0;
  }

  /** Whether so much of what it gives is refused that others should be asked for the same. */
  boolean doubtful() {
    return disproved
        || !dropped.isEmpty()
        || (refused >= DOUBTFUL && refused > DOUBTFUL_SHARE * received);
  }

  /** Whether it is there, but would not do what it was asked so far: something else it may. */
  boolean unwilling() {
    return answers == 0 && refusals > 0 && dropped.isEmpty();
  }

  boolean answeredOnce() {
    return answers > 0;
  }

  /** Why it was dropped; empty when it was not. */
  String dropped() {
    return dropped;
  }

  /**
   * 1 for a neighbour that gave all that it was asked for, if anything, 0 for one that was dropped
   * or gave nothing: the share of its calls that brought something, times that of its events which
   * were good and of those it did not keep back, halved when it is in doubt.
   */
  double score() {
    if (answers + failures == 0) {
      return 1;
    }
    if (!dropped.isEmpty() || answers == 0) {
      return 0;
    }
    double calls = (double) (answers - useless) / (answers + failures);
    double good = received == 0 ? 1 : (double) (received - refused) / received;
    double whole = missing == 0 ? 1 : (double) received / (received + missing);
    return calls * good * whole * (doubtful() ? 0.5 : 1);
  }

  /** What there is to complain about, if anything: its last word was a failure. */
  String complaint() {
    if (failures > 0 && answers == 0) {
      return "answered none of " + failures + " calls: " + lastFailure;
    }
    return failuresInARow > 0
        ? "stopped answering after " + answers + " answers: " + lastFailure
        : "";
  }
}
