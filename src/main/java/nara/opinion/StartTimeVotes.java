package nara.opinion;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.ledger.UptimeConsensus;
import nara.ledger.UptimeConsensus.WeightedReport;

/**
 * When this node first started, by the votes of the peers that answered its announcement: after a
 * restart they know it better. Each peer has one vote, its latest. The vote weighs as much as the
 * peer's uptime.
 *
 * <p>No signature covers a vote. So a value on which two voters agree wins over any single vote.
 */
final class StartTimeVotes {
  /** Ten peers answer an announcement, and a node announces itself several times. */
  static final int MAX_VOTERS = 64;

  /** By the wire contract: how far two clocks may differ, in seconds. */
  private static final long TOLERANCE = 60;

  /** No nara has been up for ten years. */
  private static final long MAX_WEIGHT_SECONDS = 10L * 365 * 24 * 3600;

  private final Map<String, WeightedReport> byVoter = new LinkedHashMap<>();

  /**
   * Counts a vote.
   *
   * @param uptime of the voter in seconds, by its own word
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

  /** The winning start time, Unix seconds; empty without votes. */
  Optional<Long> agreedStartTime() {
    return UptimeConsensus.of(List.copyOf(byVoter.values()), TOLERANCE);
  }
}
