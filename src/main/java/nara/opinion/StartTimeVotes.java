package nara.opinion;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
  static final long TOLERANCE = 60;

  /** No nara has been up for ten years. */
  private static final long MAX_WEIGHT_SECONDS = 10L * 365 * 24 * 3600;

  private record Vote(long startTime, long weight) {}

  private final Map<String, Vote> byVoter = new LinkedHashMap<>();

  /**
   * Counts a vote.
   *
   * @param uptime of the voter in seconds, by its own word
   * @param startTime Unix seconds; 0 or less is no vote
   */
  void add(String voter, long uptime, long startTime) {
    if (startTime > 0 && (byVoter.containsKey(voter) || byVoter.size() < MAX_VOTERS)) {
      byVoter.put(voter, new Vote(startTime, Math.clamp(uptime, 0, MAX_WEIGHT_SECONDS)));
    }
  }

  int size() {
    return byVoter.size();
  }

  /**
   * The winning start time, Unix seconds; empty without votes. A group of votes extends from its
   * lowest value by the tolerance. The heaviest group of at least two votes wins, else the heaviest
   * vote; of equally heavy ones the lower values. The result is the upper median of the group.
   */
  Optional<Long> agreedStartTime() {
    List<Vote> sorted = new ArrayList<>(byVoter.values());
    sorted.sort(Comparator.comparingLong(Vote::startTime));
    List<Vote> best = List.of();
    int from = 0;
    for (int to = 1; to <= sorted.size(); to++) {
      if (to == sorted.size()
          || sorted.get(to).startTime - sorted.get(from).startTime > TOLERANCE) {
        List<Vote> group = sorted.subList(from, to);
        best = best.isEmpty() || isBetter(group, best) ? group : best;
        from = to;
      }
    }
    return best.isEmpty() ? Optional.empty() : Optional.of(best.get(best.size() / 2).startTime);
  }

  private static boolean isBetter(List<Vote> group, List<Vote> best) {
    boolean bestIsSingle = best.size() == 1;
    return (group.size() == 1) == bestIsSingle ? weight(group) > weight(best) : bestIsSingle;
  }

  private static long weight(List<Vote> group) {
    return group.stream().mapToLong(Vote::weight).sum();
  }
}
