package nara.ledger;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import nara.event.Event;
import nara.event.Observation;
import nara.event.Service;
import nara.ledger.index.StoredEvent;

/**
 * A weighted random sample without replacement, with the weights of the wire contract. Each
 * candidate draws u^(1/weight), and the highest win. With u = exp(-e), where e has an exponential
 * distribution, those are the lowest e / weight. They are compared by logarithm, so that no age
 * overflows or underflows.
 *
 * <p>Candidates come newest first. So the heavy ones soon set a cutoff that most others miss by
 * their draw alone. Until the cutoff moves, all of them miss it with the same probability.
 * Therefore one random number says how many in a row miss it, without reading them. The candidate
 * after them draws from the part of the distribution below the cutoff. The result has the same
 * distribution as if each candidate had drawn.
 */
final class WeightedReservoir {
  /** A weight falls to 1/e in so many hours. */
  private static final double DECAY_HOURS = 720 * 0.693;

  /** The logarithm of the factor for importance 2, and of the factor for the responder. */
  private static final double LOG_2 = Math.log(2);

  private static final double NANOS_PER_HOUR = 3_600e9;

  private record Candidate(Event event, double key) {}

  private final int size;
  private final Query.Sample sample;
  private final RandomGenerator random;
  private final PriorityQueue<Candidate> selected =
      new PriorityQueue<>((a, b) -> Double.compare(b.key, a.key));

  /** The logarithm of the highest factor of this service. */
  private double maxLogFactor;

  /** A candidate that draws more than this loses, whatever it weighs. */
  private double cutoff;

  /** The number of next candidates that draw more than the cutoff. */
  private long skipCount;

  /**
   * @param size at least 1
   */
  WeightedReservoir(int size, Query.Sample sample, RandomGenerator random) {
    this.size = size;
    this.sample = sample;
    this.random = random;
  }

  /** Starts the candidates of another service, which may be newer than those before. */
  void startService(Service service) {
    maxLogFactor = service == Service.OBSERVATION ? 2 * LOG_2 : LOG_2;
    updateCutoff(0);
  }

  /** The number of next candidates that lose, whatever they are: the caller leaves them out. */
  long takeSkips() {
    long skips = skipCount;
    skipCount = 0;
    return skips;
  }

  /** Leaves out a candidate that would not be skipped: the next one has the same chance again. */
  void passOver() {
    drawSkips();
  }

  void offer(StoredEvent stored) {
    if (skipCount > 0) {
      skipCount--;
      return;
    }
    double exponential =
        cutoff == Double.POSITIVE_INFINITY
            ? random.nextExponential()
            : -Math.log1p(random.nextDouble() * Math.expm1(-cutoff));
    Event event = stored.event();
    double decay = logDecay(event);
    double key = Math.log(exponential) - decay - logFactor(event);
    if (selected.size() < size || key < selected.peek().key) {
      selected.add(new Candidate(event, key));
      if (selected.size() > size) {
        selected.poll();
      }
    }
    updateCutoff(decay);
  }

  /** No later candidate weighs more than the heaviest of this age. */
  private void updateCutoff(double decay) {
    cutoff =
        selected.size() < size
            ? Double.POSITIVE_INFINITY
            : Math.exp(selected.peek().key + decay + maxLogFactor);
    drawSkips();
  }

  private void drawSkips() {
    skipCount = (long) (random.nextExponential() / cutoff);
  }

  /** The winners, best first, at most so many. */
  Stream<Event> selected(int limit) {
    return selected.stream()
        .sorted(Comparator.comparingDouble(Candidate::key))
        .limit(limit)
        .map(Candidate::event);
  }

  /** The logarithm of the weight that the age leaves: 0 for now and for later times. */
  private double logDecay(Event event) {
    return -Math.max(0, (sample.atSeconds() * 1e9 - event.ts()) / NANOS_PER_HOUR) / DECAY_HOURS;
  }

  private double logFactor(Event event) {
    boolean important = event.payload() instanceof Observation o && o.importance() == 2;
    String responder = sample.responder();
    boolean own =
        responder.equals(event.emitter())
            || responder.equals(event.actor())
            || responder.equals(event.target());
    return (important ? LOG_2 : 0) + (own ? LOG_2 : 0);
  }
}
