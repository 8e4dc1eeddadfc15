package nara.ledger.clout;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import nara.event.Event;
import nara.event.EventId;
import nara.event.Social;

/**
 * The clout of each nara by one observer's rules, kept up to date with each event.
 *
 * <p>An event loses weight with its age until it settles at the least weight, after eleven days or
 * so. Settled events are a sum. So a nara's clout costs as much as it has younger events.
 *
 * <p>Not thread-safe.
 */
public final class CloutProjection {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  /** An event whose weight still changes. */
  private record Young(
      long settlesAtSeconds, EventId id, long atSeconds, int hundredths, double weight) {}

  private static final class Score {
    private final TreeSet<Young> young =
        new TreeSet<>(Comparator.comparing(Young::settlesAtSeconds).thenComparing(Young::id));

    /** Hundredths of the least weight. */
    private long settled;

    private int settledEvents;
  }

  private final CloutRules rules;
  private final Map<String, Score> scores = new HashMap<>();

  public CloutProjection(CloutRules rules) {
    this.rules = rules;
  }

  /** Adds an event; one that is not social has no effect. */
  public void add(Event event) {
    if (event.payload() instanceof Social social) {
      rules
          .credit(event.id(), social)
          .ifPresent(
              credit ->
                  scores
                      .computeIfAbsent(credit.name(), name -> new Score())
                      .young
                      .add(young(event, credit)));
    }
  }

  /** Removes an event that was added. */
  public void remove(Event event) {
    if (event.payload() instanceof Social social) {
      rules.credit(event.id(), social).ifPresent(credit -> remove(event, credit));
    }
  }

  private void remove(Event event, CloutRules.Credit credit) {
    Score score = scores.get(credit.name());
    if (score != null && !score.young.remove(young(event, credit))) {
      score.settled -= credit.hundredths();
      score.settledEvents--;
    }
    if (score != null && score.young.isEmpty() && score.settledEvents == 0) {
      scores.remove(credit.name());
    }
  }

  private Young young(Event event, CloutRules.Credit credit) {
    long at = event.ts() / NANOS_PER_SECOND;
    return new Young(
        at + rules.settlingAge(credit.weight()),
        event.id(),
        at,
        credit.hundredths(),
        credit.weight());
  }

  /** The clout of these naras at a time, Unix seconds; a nara without events is absent. */
  public Map<String, Double> clout(Set<String> names, long nowSeconds) {
    Map<String, Double> clout = new HashMap<>();
    for (String name : names) {
      Score score = scores.get(name);
      if (score != null) {
        clout.put(name, clout(score, nowSeconds));
      }
    }
    return clout;
  }

  /** The naras with the highest clouts at a time, Unix seconds, with these. */
  public Map<String, Double> highest(int limit, long nowSeconds) {
    Map<String, Double> all = clout(Set.copyOf(scores.keySet()), nowSeconds);
    if (all.size() <= limit) {
      return all;
    }
    return all.entrySet().stream()
        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
        .limit(limit)
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private double clout(Score score, long nowSeconds) {
    while (!score.young.isEmpty() && score.young.first().settlesAtSeconds() <= nowSeconds) {
      score.settled += score.young.pollFirst().hundredths();
      score.settledEvents++;
    }
    double sum = score.settled * CloutRules.MIN_WEIGHT / 100;
    for (Young event : score.young) {
      double weight = rules.weightAt(event.weight(), nowSeconds - event.atSeconds());
      sum += event.hundredths() * weight / 100;
    }
    return sum;
  }
}
