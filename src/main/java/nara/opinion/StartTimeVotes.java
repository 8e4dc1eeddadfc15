package nara.opinion;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.ledger.UptimeConsensus;
import nara.ledger.UptimeConsensus.WeightedReport;

/**
 * When this node first started, as those remember it who answered its announcement: after a restart
 * they know better. Each has one vote, the latest, that weighs by its uptime.
 *
 * <p>All of it is their word, under no signature: so values that two agree on come before those of
 * one alone, by the wire contract.
 */
final class StartTimeVotes {
  /** Voices heard, at most: ten answer an announcement, and a node announces itself again. */
  static final int MAX_VOTERS = 64;

  /** Seconds that clocks may differ by, the wire contract's. */
  private static final long TOLERANCE = 60;

  /** What an uptime weighs at most: ten years, more than any nara has been up. */
  private static final long MAX_WEIGHT_SECONDS = 10L * 365 * 24 * 3600;

  private final Map<String, WeightedReport> byVoter = new LinkedHashMap<>();

  /**
   * Takes a vote.
   *
   * @param uptime of the voter in seconds, as it tells
   * @param startTime Unix seconds; 0 or less is no vote
   */
  void add(String voter, long uptime, long startTime) {
    if (startTime > 0 && (byVoter.containsKey(voter) || byVoter.size() < MAX_VOTERS)) {
      byVoter.put(voter, new WeightedReport(startTime, Math.clamp(uptime, 0, MAX_WEIGHT_SECONDS)));
    }
  }

  int size() {
    return byVoter.size();
  }

  /** What they agree on, Unix seconds; empty without votes. */
  Optional<Long> agreedStartTime() {
    return UptimeConsensus.of(List.copyOf(byVoter.values()), TOLERANCE);
  }
}
