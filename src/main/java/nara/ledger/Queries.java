package nara.ledger;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import nara.event.Event;
import nara.event.Observation;
import nara.event.Service;
import nara.ledger.LedgerRequest.Answer;

/**
 * Answers the four queries of the wire contract from the indexes.
 *
 * <p>With n events held, k returned and m indexes that the filter needs (one without a filter, one
 * for each service, up to seven for each subject): page and recent O(m log n + k log m); slice the
 * same with k times the number of slices, and O(log n) for each event returned where one index
 * suffices; a slice over several subjects and a sample walk once over what passes the filter.
 */
final class Queries {
  /** A weight falls to 1/e in so many hours: a half-life of 720 hours, about. */
  private static final double DECAY_HOURS = 720 * 0.693;

  /** The logarithm of what the importance doubles, and of what being about the responder does. */
  private static final double TWICE = Math.log(2);

  private static final double NANOS_PER_HOUR = 3_600e9;

  private final Index index;

  Queries(Index index) {
    this.index = index;
  }

  Answer ask(Query query, RandomGenerator random) {
    return switch (query) {
      case Query.Page page -> page(page);
      case Query.Recent recent -> recent(recent);
      case Query.Slice slice -> new Answer(slice(slice), Optional.empty());
      case Query.Sample sample -> new Answer(sample(sample, random), Optional.empty());
    };
  }

  /**
   * A page. The cursor is a time and excludes it, so a page that ended between events of one time
   * would lose the rest of them to every reader. Ours never ends there: such a page ends before
   * that time, and the next one begins with it. Where the whole page is of one time, it goes on to
   * the last of that time, up to {@link Query#MOST}. Readers go on as long as there is a cursor; it
   * is given whenever a page is full or was ended early.
   */
  private Answer page(Query.Page page) {
    int size = bounded(page.size());
    List<Event> events = new ArrayList<>(Math.min(size, index.all().size()));
    Walk walk = Walk.after(page.after(), index.passing(page.filter()));
    Held next = walk.next();
    while (next != null && events.size() < size) {
      events.add(next.event());
      next = walk.next();
    }
    if (events.size() < size || events.isEmpty()) {
      return new Answer(events, Optional.empty());
    }
    long end = events.getLast().ts();
    if (next != null && next.event().ts() == end) {
      if (events.getFirst().ts() < end) {
        while (events.getLast().ts() == end) {
          events.removeLast();
        }
      } else {
        while (next != null && next.event().ts() == end && events.size() < Query.MOST) {
          events.add(next.event());
          next = walk.next();
        }
      }
    }
    return new Answer(events, Optional.of(events.getLast().ts()));
  }

  private Answer recent(Query.Recent recent) {
    int limit = bounded(recent.limit());
    List<Event> events = new ArrayList<>();
    Walk walk = Walk.back(index.passing(recent.filter()));
    for (Held held = walk.next(); held != null && events.size() < limit; held = walk.next()) {
      events.add(held.event());
    }
    return new Answer(events, Optional.empty());
  }

  private List<Event> slice(Query.Slice slice) {
    int most = bounded(slice.most());
    long total = Math.max(1, slice.total());
    List<Ordered> sources = index.passing(slice.filter());
    List<Event> events = new ArrayList<>();
    if (slice.index() < 0 || slice.index() >= total) {
      return events;
    }
    if (sources.size() == 1) {
      Ordered only = sources.getFirst();
      int from = only.rankAfter(slice.after());
      long last = newest(only.size() - from, slice.index(), total);
      for (long i = last; i >= 0 && events.size() < most; i -= total) {
        events.add(only.get(from + (int) i).event());
      }
    } else if (slice.filter().subjects().size() <= 1) {
      int passing = sources.stream().mapToInt(s -> s.size() - s.rankAfter(slice.after())).sum();
      Walk walk = Walk.back(sources);
      for (int i = passing - 1; i >= 0 && events.size() < most; i--) {
        Held held = walk.next();
        if (i % total == slice.index()) {
          events.add(held.event());
        }
      }
    } else {
      // Events may pass twice, so how many there are is known only at the end.
      List<Event> passing = new ArrayList<>();
      Walk walk = Walk.after(slice.after(), sources);
      for (Held held = walk.next(); held != null; held = walk.next()) {
        passing.add(held.event());
      }
      long last = newest(passing.size(), slice.index(), total);
      for (long i = last; i >= 0 && events.size() < most; i -= total) {
        events.add(passing.get((int) i));
      }
    }
    Collections.reverse(events);
    return events;
  }

  /** The highest index below the count that belongs to the slice; below zero for none. */
  private static long newest(int count, int slice, long total) {
    long last = count - 1L;
    return last - Math.floorMod(last - slice, total);
  }

  /**
   * All critical events, or the oldest of them, and a lottery over the rest. Service by service,
   * since of most services all events are critical or none is: those need no look at each.
   */
  private List<Event> sample(Query.Sample sample, RandomGenerator random) {
    int size = bounded(sample.size());
    List<Event> chosen = new ArrayList<>();
    Lottery lottery = new Lottery(size, sample, random);
    for (Service service : Service.values()) {
      Walk walk = Walk.back(index.passing(sample.filter(), service));
      lottery.start(service);
      for (Held held = walk.next(); held != null; held = walk.next()) {
        if (isCritical(service, held)) {
          chosen.add(held.event());
        } else {
          lottery.enter(held);
        }
      }
    }
    chosen.sort(Held::compare);
    if (chosen.size() >= size) {
      return List.copyOf(chosen.subList(0, size));
    }
    lottery.winners(size - chosen.size()).forEach(chosen::add);
    chosen.sort(Held::compare);
    return chosen;
  }

  private static boolean isCritical(Service service, Held held) {
    return switch (service) {
      case CHECKPOINT, HEY_THERE, CHAU -> true;
      case SOCIAL, PING, SEEN -> false;
      case OBSERVATION -> held.event().critical();
    };
  }

  /**
   * A weighted draw without replacement: each candidate draws u^(1/weight), the highest win. With u
   * = exp(-e), e drawn exponentially, that is the lowest e / weight, compared here by its logarithm
   * so that no age over- or underflows.
   *
   * <p>Candidates come newest first, so the heavy ones soon set a bar that most of the others miss
   * by their draw alone, without being looked at. Until the bar moves each of them misses it with
   * one and the same probability: so it is drawn at once how many do in a row, and who ends the row
   * draws from what the distribution has below the bar. All is as if each had drawn.
   */
  private static final class Lottery {
    private final int size;
    private final Query.Sample sample;
    private final RandomGenerator random;
    private final PriorityQueue<Drawn> winners =
        new PriorityQueue<>((a, b) -> Double.compare(b.draw, a.draw));

    /** The logarithm of the most that a weight of this service is multiplied by. */
    private double heaviest;

    /** Who draws more than this has lost, whatever it weighs. */
    private double hopeless;

    /** How many of those who come next draw more than that. */
    private long losing;

    Lottery(int size, Query.Sample sample, RandomGenerator random) {
      this.size = size;
      this.sample = sample;
      this.random = random;
    }

    /** What comes next is of another service, and may be newer than what came before. */
    void start(Service service) {
      heaviest = service == Service.OBSERVATION ? 2 * TWICE : TWICE;
      raiseBar(0);
    }

    void enter(Held held) {
      if (losing > 0) {
        losing--;
        return;
      }
      double exponential =
          hopeless == Double.POSITIVE_INFINITY
              ? random.nextExponential()
              : -Math.log1p(random.nextDouble() * Math.expm1(-hopeless));
      Event event = held.event();
      double decay = decay(event, sample.atSeconds());
      double draw = Math.log(exponential) - decay - logFactor(event, sample.me());
      if (winners.size() < size || draw < winners.peek().draw) {
        winners.add(new Drawn(event, draw));
        if (winners.size() > size) {
          winners.poll();
        }
      }
      raiseBar(decay);
    }

    /** Nothing that follows can weigh more than the heaviest of this age. */
    private void raiseBar(double decay) {
      if (size == 0) {
        losing = Long.MAX_VALUE;
      } else if (winners.size() < size) {
        hopeless = Double.POSITIVE_INFINITY;
        losing = 0;
      } else {
        hopeless = Math.exp(winners.peek().draw + decay + heaviest);
        losing = (long) (random.nextExponential() / hopeless);
      }
    }

    Stream<Event> winners(int most) {
      return winners.stream()
          .sorted(Comparator.comparingDouble(Drawn::draw))
          .limit(most)
          .map(Drawn::event);
    }
  }

  private record Drawn(Event event, double draw) {}

  /** The logarithm of what the age leaves of a weight: zero for the newest, below it for others. */
  private static double decay(Event event, long atSeconds) {
    // A clock that runs ahead gains nothing by it.
    return -Math.max(0, (atSeconds * 1e9 - event.ts()) / NANOS_PER_HOUR) / DECAY_HOURS;
  }

  /** The logarithm of what the weight is multiplied by, from 0 to twice {@link #TWICE}. */
  private static double logFactor(Event event, String me) {
    boolean important = event.payload() instanceof Observation o && o.importance() == 2;
    boolean mine =
        me.equals(event.emitter()) || me.equals(event.actor()) || me.equals(event.target());
    return (important ? TWICE : 0) + (mine ? TWICE : 0);
  }

  private static int bounded(int wanted) {
    return Math.max(0, Math.min(Query.MOST, wanted));
  }
}
