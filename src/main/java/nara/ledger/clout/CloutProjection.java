package nara.ledger.clout;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
 * <p>The rules compute a hash for each event. Most events come during a recovery, when nobody asks
 * for clout. So the projection applies the rules to new events only when somebody asks.
 *
 * <p>Not thread-safe.
 */
public final class CloutProjection {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  /** An event whose weight still changes. */
  private record Young(long settlesAtSeconds, long atSeconds, int hundredths, double weight) {}

  private static final class Score {
    private final Map<EventId, Young> young = new HashMap<>();

    /** Hundredths of the least weight. */
    private long settled;

    private int settledEvents;
  }

  private final CloutRules rules;
  private final Map<String, Score> scores = new HashMap<>();

  /** Social events to which the rules were not applied yet. */
  private final List<Event> unread = new ArrayList<>();

  public CloutProjection(CloutRules rules) {
    this.rules = rules;
  }

  /** Adds an event; one that is not social has no effect. */
  public void add(Event event) {
    if (event.payload() instanceof Social) {
      unread.add(event);
    }
  }

  private void readAll() {
    unread.forEach(
        event ->
            rules
                .credit(event.id(), (Social) event.payload())
                .ifPresent(
                    credit ->
                        scores
                            .computeIfAbsent(credit.name(), name -> new Score())
                            .young
                            .put(event.id(), young(event, credit))));
    unread.clear();
  }

  /** Removes an event that was added. */
  public void remove(Event event) {
    if (event.payload() instanceof Social social) {
      readAll();
      rules.credit(event.id(), social).ifPresent(credit -> remove(event.id(), credit));
    }
  }

  private void remove(EventId id, CloutRules.Credit credit) {
    Score score = scores.get(credit.name());
    if (score != null && score.young.remove(id) == null) {
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
        at + rules.settlingAge(credit.weight()), at, credit.hundredths(), credit.weight());
  }

  /** The clout of these naras at a time, Unix seconds; a nara without events is absent. */
  public Map<String, Double> clout(Set<String> names, long nowSeconds) {
    readAll();
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
    readAll();
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
    double sum = 0;
    for (Iterator<Young> each = score.young.values().iterator(); each.hasNext(); ) {
      Young event = each.next();
      if (event.settlesAtSeconds() <= nowSeconds) {
        score.settled += event.hundredths();
        score.settledEvents++;
        each.remove();
      } else {
        double weight = rules.weightAt(event.weight(), nowSeconds - event.atSeconds());
        sum += event.hundredths() * weight / 100;
      }
    }
    return sum + score.settled * CloutRules.MIN_WEIGHT / 100;
  }
}
