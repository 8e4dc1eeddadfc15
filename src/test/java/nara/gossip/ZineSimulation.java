package nara.gossip;

import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import nara.identity.Personality;
import nara.ledger.MemoryMode;
import nara.ledger.Query;
import nara.liveness.PingRate;
import nara.mesh.wire.MeshLimits;

/**
 * A quiet network of naras that only gossip: all online, all known to each other, no broker. The
 * rules of the code decide when a nara sends zines, to how many, and which events; a nara without
 * other news makes one event per ping. Only the sets of known events are simulated: there are no
 * messages, signatures or failures, and a peer is drawn at random, as {@link GossipPeerSelector}
 * does when nobody fails.
 *
 * <p>Nara {@code i} of {@code n} makes event {@code k * n + i}: so the number of an event is its
 * time, too.
 */
public final class ZineSimulation {
  /** Pings of one target that a ledger keeps, by the wire contract. */
  private static final int PINGS_PER_TARGET = 5;

  private static final Duration WARM_UP = Duration.ofMinutes(15);
  private static final Duration MEASURED = Duration.ofMinutes(5);

  /**
   * The average cost for each nara.
   *
   * @param zines sent per minute; each has a response
   * @param events in one zine or its response
   * @param sentEvents per minute, in zines and in responses; as many are received
   * @param fresh the share of received events that the receiver did not know
   * @param reach the share of all naras that know an event 5 minutes after it was made
   */
  public record Cost(double zines, double events, double sentEvents, double fresh, double reach) {}

  private final int naras;
  private final SplittableRandom random;
  private final GossipConfig[] configs;
  private final long eventNanos;

  /** By number, modulo its length: the nara that an event is about. */
  private final int[] targets;

  /** By nara: the events that it knows, a bit each, by number modulo {@link #capacity}. */
  private final long[][] known;

  private final int capacity;

  private final int[] targetCounts;
  private final int[] zine = new int[Query.MAX_EVENTS];
  private long created;
  private long zines;
  private long bodies;
  private long sentEvents;
  private long freshEvents;

  /** A network of so many naras with characters drawn at random, as souls are. */
  public ZineSimulation(int naras, long seed) {
    this.naras = naras;
    random = new SplittableRandom(seed);
    eventNanos = PingRate.INTERVAL.toNanos() / naras;
    configs = new GossipConfig[naras];
    Duration span = Duration.ZERO;
    for (int i = 0; i < naras; i++) {
      Personality personality =
          new Personality(random.nextInt(100), random.nextInt(100), random.nextInt(100));
      configs[i] = GossipConfig.of(Optional.empty(), personality, MemoryMode.HOG, false);
      span = configs[i].zineSpan().compareTo(span) > 0 ? configs[i].zineSpan() : span;
    }
    // One ping interval more, in which the oldest events are overwritten.
    int words = (int) (span.plus(PingRate.INTERVAL).toNanos() / eventNanos / Long.SIZE + 1);
    capacity = words * Long.SIZE;
    targets = new int[capacity];
    known = new long[naras][words];
    targetCounts = new int[naras];
  }

  /** Runs it until the network is in its usual state, then measures. */
  public Cost run() {
    record Round(long nanos, int nara) {}
    PriorityQueue<Round> rounds = new PriorityQueue<>(Comparator.comparingLong(Round::nanos));
    for (int i = 0; i < naras; i++) {
      rounds.add(new Round(random.nextLong(configs[i].interval().toNanos()), i));
    }
    long from = WARM_UP.toNanos();
    long end = from + MEASURED.toNanos();
    for (Round round = rounds.poll(); round.nanos() < end; round = rounds.poll()) {
      createUntil(round.nanos());
      exchangeZines(round.nara(), round.nanos(), round.nanos() >= from);
      rounds.add(
          new Round(round.nanos() + configs[round.nara()].interval().toNanos(), round.nara()));
    }
    createUntil(end);
    double narasMinutes = (double) naras * MEASURED.toMinutes();
    return new Cost(
        zines / narasMinutes,
        (double) sentEvents / bodies,
        sentEvents / narasMinutes,
        (double) freshEvents / sentEvents,
        reach(end));
  }

  private void createUntil(long nanos) {
    for (; created * eventNanos <= nanos; created++) {
      int place = (int) (created % capacity);
      if (place % Long.SIZE == 0) {
        for (long[] events : known) {
          events[place / Long.SIZE] = 0;
        }
      }
      int emitter = (int) (created % naras);
      targets[place] = (emitter + 1 + random.nextInt(naras - 1)) % naras;
      know(emitter, created);
    }
  }

  private void exchangeZines(int nara, long nanos, boolean counts) {
    int count = Math.min(naras - 1, configs[nara].drawPeerCount(random));
    int[] peers = random.ints(0, naras).filter(i -> i != nara).distinct().limit(count).toArray();
    int[] own = zineOf(nara, nanos - configs[nara].zineSpan().toNanos());
    for (int peer : peers) {
      long fresh = merge(peer, own);
      int[] answer = zineOf(peer, nanos - MeshLimits.ZINE_SPAN.toNanos());
      fresh += merge(nara, answer);
      if (counts) {
        zines++;
        bodies += 2;
        sentEvents += own.length + answer.length;
        freshEvents += fresh;
      }
    }
  }

  /** The newest events that a nara knows and its ledger keeps, made after a time. */
  private int[] zineOf(int nara, long afterNanos) {
    Arrays.fill(targetCounts, 0);
    long oldest =
        Math.max(0, Math.max(afterNanos / eventNanos + 1, created - capacity + Long.SIZE));
    int size = 0;
    long event = created - 1;
    while (event >= oldest && size < zine.length) {
      int place = (int) (event % capacity);
      // The known events of this word up to this one, the newest in the highest bit.
      long word = known[nara][place / Long.SIZE] << (Long.SIZE - 1 - place % Long.SIZE);
      int unknown = Long.numberOfLeadingZeros(word);
      if (unknown > 0) {
        event -= Math.min(unknown, place % Long.SIZE + 1);
      } else if (targetCounts[targets[place]]++ < PINGS_PER_TARGET) {
        zine[size++] = (int) event--;
      } else {
        event--;
      }
    }
    return Arrays.copyOf(zine, size);
  }

  private long merge(int nara, int[] events) {
    long fresh = 0;
    for (int event : events) {
      if (!knows(nara, event)) {
        know(nara, event);
        fresh++;
      }
    }
    return fresh;
  }

  private boolean knows(int nara, long event) {
    int place = (int) (event % capacity);
    return (known[nara][place / Long.SIZE] >>> place & 1) != 0;
  }

  private void know(int nara, long event) {
    int place = (int) (event % capacity);
    known[nara][place / Long.SIZE] |= 1L << place;
  }

  /** Of the events that were made 5 to 5.5 minutes before. */
  private double reach(long nanos) {
    long last = (nanos - Duration.ofMinutes(5).toNanos()) / eventNanos;
    long first = last - naras + 1;
    long knowing = 0;
    for (int nara = 0; nara < naras; nara++) {
      for (long event = first; event <= last; event++) {
        knowing += knows(nara, event) ? 1 : 0;
      }
    }
    return (double) knowing / naras / naras;
  }
}
