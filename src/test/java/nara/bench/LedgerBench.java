package nara.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import nara.event.Event;
import nara.event.Observation;
import nara.event.Payload;
import nara.event.ReadResult;
import nara.event.Seen;
import nara.event.Social;
import nara.event.Verdict;
import nara.event.json.EventReader;
import nara.event.json.EventWriter;
import nara.identity.Standing;
import nara.ledger.Ledger;
import nara.ledger.LedgerConfig;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.ledger.Query;
import nara.ledger.Query.Filter;
import nara.ledger.Query.Page;

/**
 * Measures the ledger's operations at 20,000, 80,000 and 320,000 events. Their cost must not depend
 * on the size of the ledger.
 *
 * <p>The events are of 40 citizens, about 475 bytes each, with random bytes as signatures, because
 * nothing here verifies them. They are merged in random order, in batches of a thousand and one by
 * one. The sizes take turns, so a machine that slows down slows all of them. Seconds are processor
 * time of the working thread.
 */
public final class LedgerBench {
  private static final int[] SIZES = {20_000, 80_000, 320_000};
  private static final int CITIZENS = 40;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final int ROUNDS = 7;
  private static final int BATCH = 1_000;
  private static final long NOW_SECONDS = 1_795_000_000;

  private LedgerBench() {}

  /** Prints one table. */
  public static void main(String[] args) throws IOException {
    long empty = usedHeap();
    List<JudgedEvent> corpus = corpus(SIZES[SIZES.length - 1]);
    double eventHeap = (usedHeap() - empty) / (double) corpus.size();
    long bytes = corpus.stream().mapToLong(event -> event.event().json().length).sum();
    System.out.printf(
        "%,d events of %d citizens, %d bytes each on average; java %s, %d cores%n%n",
        corpus.size(),
        CITIZENS,
        bytes / corpus.size(),
        Runtime.version(),
        Runtime.getRuntime().availableProcessors());

    double[] batches = new double[SIZES.length];
    double[] singles = new double[SIZES.length];
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < SIZES.length; i++) {
        batches[i] = Math.max(batches[i], mergedPerSecond(corpus.subList(0, SIZES[i]), BATCH));
        singles[i] = Math.max(singles[i], mergedPerSecond(corpus.subList(0, SIZES[i]), 1));
      }
    }
    double[] recorded = new double[SIZES.length];
    double[] full = new double[SIZES.length];
    double[] heap = new double[SIZES.length];
    double[] pages = new double[SIZES.length];
    double[] filtered = new double[SIZES.length];
    double[] recents = new double[SIZES.length];
    double[] slices = new double[SIZES.length];
    double[] samples = new double[SIZES.length];
    for (int i = 0; i < SIZES.length; i++) {
      List<JudgedEvent> events = corpus.subList(0, SIZES[i]);
      heap[i] = heapPerEvent(events);
      Ledger ledger = merged(events, BATCH, SIZES[i]);
      full[i] = replacedPerSecond(ledger, events);
      recorded[i] = recordedPerSecond(SIZES[i]);
      Random random = new Random(2);
      long span = span(ledger);
      long from = NOW_SECONDS * 1_000_000_000L - span;
      Filter all = Filter.ALL;
      Filter one = new Filter(Set.of("social"), Set.of(name(7)));
      pages[i] =
          answersPerSecond(
              ledger,
              () ->
                  new Page(from + (long) (random.nextDouble() * span / 2), Query.MAX_EVENTS, all));
      filtered[i] = answersPerSecond(ledger, () -> new Page(from, 100, one));
      recents[i] = answersPerSecond(ledger, () -> new Query.Recent(100, all));
      slices[i] = answersPerSecond(ledger, () -> new Query.Slice(0, 1, 4, Query.MAX_EVENTS, all));
      samples[i] =
          answersPerSecond(
              ledger, () -> new Query.Sample(Query.MAX_EVENTS, name(1), NOW_SECONDS, all));
    }

    System.out.printf("%-44s", "");
    for (int size : SIZES) {
      System.out.printf("%,12d", size);
    }
    System.out.printf("%18s%n", "largest : smallest");
    Figures figures = new Figures();
    row(figures, "merged in random order, by the thousand, ev/s", batches);
    row(figures, "merged in random order, one by one, ev/s", singles);
    row(figures, "merged into a full ledger, ev/s", full);
    row(figures, "own restarts of one subject recorded, ev/s", recorded);
    row(figures, "heap for indexes, bytes per event", heap);
    row(
        figures,
        "heap in all, bytes per event",
        Arrays.stream(heap).map(h -> h + eventHeap).toArray());
    row(figures, "pages of 5,000, answers/s", pages);
    row(figures, "pages of 100, one subject and service, /s", filtered);
    row(figures, "newest 100, answers/s", recents);
    row(figures, "slices of 5,000, one of four, answers/s", slices);
    row(figures, "samples of 5,000 (one pass each), answers/s", samples);
    figures.save();
  }

  private static void row(Figures figures, String what, double[] values) {
    System.out.printf("%-44s", what);
    for (double value : values) {
      System.out.printf("%,12.0f", value);
    }
    double ratio = Arrays.stream(values).max().orElse(0) / Arrays.stream(values).min().orElse(1);
    double change = values[0] > values[values.length - 1] ? 1 / ratio : ratio;
    System.out.printf(Locale.ROOT, "%18.2f%n", change);
    figures.add(what + ", largest ÷ smallest", change);
    if (what.startsWith("heap")) {
      figures.add(what, values[values.length - 1]);
    }
  }

  private static double mergedPerSecond(List<JudgedEvent> events, int batch) {
    System.gc();
    long start = cpu();
    Ledger ledger = merged(events, batch, events.size());
    // The first query sorts the pending events.
    ledger.query(new Page(Long.MIN_VALUE, 1, Filter.ALL), new Random(1));
    double seconds = (cpu() - start) / 1e9;
    if (ledger.stats().total() != events.size()) {
      throw new IllegalStateException("not everything was kept");
    }
    return events.size() / seconds;
  }

  private static Ledger merged(List<JudgedEvent> events, int batch, int maximum) {
    Ledger ledger = new Ledger(LedgerConfig.ofSize(maximum), name -> Standing.ESTABLISHED);
    for (int from = 0; from < events.size(); from += batch) {
      ledger.merge(events.subList(from, Math.min(events.size(), from + batch)));
    }
    return ledger;
  }

  /** Merges newer events into a full ledger: each one prunes an old one. */
  private static double replacedPerSecond(Ledger ledger, List<JudgedEvent> events) {
    Random random = new Random(3);
    long ts = NOW_SECONDS * 1_000_000_000L;
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
      List<JudgedEvent> newer = new ArrayList<>();
      for (int i = 0; i < 10 * BATCH; i++) {
        newer.add(judged(random, ts++));
      }
      Collections.shuffle(newer, random);
      long start = cpu();
      for (int from = 0; from < newer.size(); from += BATCH) {
        ledger.merge(newer.subList(from, from + BATCH));
      }
      best = Math.max(best, newer.size() / ((cpu() - start) / 1e9));
    }
    if (ledger.stats().total() != events.size()) {
      throw new IllegalStateException("the maximum was not kept");
    }
    return best;
  }

  /** Records own restarts in a ledger with so many restarts of the same subject. */
  private static double recordedPerSecond(int size) {
    Ledger ledger = new Ledger(LedgerConfig.ofSize(2 * size), name -> Standing.ESTABLISHED);
    for (int start = 1; start <= size; start++) {
      ledger.merge(List.of(restart("observer-" + start / 20, start)));
    }
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
      List<JudgedEvent> own = new ArrayList<>();
      for (int i = 1; i <= 100; i++) {
        own.add(restart(name(1), size + 100 * round + i));
      }
      long start = cpu();
      own.forEach(ledger::recordObservation);
      best = Math.max(best, own.size() / ((cpu() - start) / 1e9));
    }
    return best;
  }

  /** A restart each minute. */
  private static JudgedEvent restart(String observer, long number) {
    return judged(
        new Random(number),
        number * 60_000_000_000L,
        observer,
        new Observation(
            observer,
            id(observer),
            name(0),
            id(name(0)),
            Observation.RESTART,
            3,
            false,
            number * 60,
            number,
            0,
            "",
            "",
            0));
  }

  private static double heapPerEvent(List<JudgedEvent> events) {
    long before = usedHeap();
    Ledger ledger = merged(events, BATCH, events.size());
    long after = usedHeap();
    // The corpus keeps the events themselves, so this is what the ledger adds.
    return (after - before) / (double) ledger.stats().total();
  }

  private static long usedHeap() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /** The processor time of this thread, which other processes disturb less than the clock. */
  private static long cpu() {
    return THREADS.getCurrentThreadCpuTime();
  }

  private interface QuerySource {
    Query next();
  }

  private static double answersPerSecond(Ledger ledger, QuerySource source) {
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    double best = 0;
    for (int round = 0; round < 3; round++) {
      long start = cpu();
      int answers = 0;
      while (cpu() - start < 400_000_000L) {
        if (ledger.query(source.next(), random).events().isEmpty()) {
          throw new IllegalStateException("an empty answer");
        }
        answers++;
      }
      best = Math.max(best, answers / ((cpu() - start) / 1e9));
    }
    return best;
  }

  private static long span(Ledger ledger) {
    List<Event> oldest =
        ledger.query(new Page(Long.MIN_VALUE, 1, Filter.ALL), new Random(1)).events();
    return NOW_SECONDS * 1_000_000_000L - oldest.getFirst().ts();
  }

  /** Distinct events over 90 days, in random order. */
  private static List<JudgedEvent> corpus(int size) {
    Random random = new Random(1);
    List<JudgedEvent> events = new ArrayList<>(size);
    long span = 90L * 86_400 * 1_000_000_000;
    for (int i = 0; i < size; i++) {
      events.add(
          judged(random, NOW_SECONDS * 1_000_000_000L - (long) (random.nextDouble() * span)));
    }
    Collections.shuffle(events, random);
    return events;
  }

  private static final EventReader READER = new EventReader();

  private static JudgedEvent judged(Random random, long ts) {
    String who = name(random.nextInt(CITIZENS));
    String whom = name(random.nextInt(CITIZENS));
    Payload payload =
        random.nextInt(4) == 0
            ? new Seen(who, id(who), whom, id(whom), "mesh")
            : new Social("gossip", who, id(who), whom, id(whom), "journey-complete", "");
    return judged(random, ts, who, payload);
  }

  private static JudgedEvent judged(Random random, long ts, String who, Payload payload) {
    byte[] signature = new byte[64];
    random.nextBytes(signature);
    String eventId = Event.idOf(ts, payload.service(), payload.content()).toString();
    byte[] json =
        EventWriter.write(
            eventId, ts, who, id(who), Base64.getEncoder().encodeToString(signature), payload);
    if (READER.read(json) instanceof ReadResult.ParsedEvent event) {
      return new JudgedEvent(event.event(), Verdict.VALID);
    }
    throw new IllegalStateException("the bench made something unreadable");
  }

  private static String name(int citizen) {
    return "citizen-number-%03d".formatted(citizen);
  }

  /** A text of the length of a nara id. */
  private static String id(String name) {
    return (name + "x".repeat(44)).substring(0, 44);
  }
}
