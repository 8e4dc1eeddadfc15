package nara.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import nara.mesh.wire.TestRequestSigning;
import nara.testing.Citizen;
import nara.testing.PagingUnderLoad;
import nara.testing.PagingUnderLoad.Page;

/**
 * How long answers take that 16 clients get who page through a full ledger of 80,000 events, first
 * while nothing happens and then while 5,000 events a second arrive and as many old ones go. The
 * slowest is to stay below ten times the median.
 */
public final class PagingBench {
  private static final int CLIENTS = 16;
  private static final int HELD = 80_000;
  private static final int PER_SECOND = 5_000;
  private static final int BATCH = 250;
  private static final int PAGE = 1_000;
  private static final Duration SPAN = Duration.ofSeconds(20);
  private static final Duration WARM_UP = Duration.ofSeconds(10);

  private PagingBench() {}

  public static void main(String[] args) throws Exception {
    List<Citizen> readers =
        IntStream.range(0, CLIENTS).mapToObj(i -> Citizen.named("reader-" + i)).toList();
    try (PagingUnderLoad node = new PagingUnderLoad(HELD, readers, TestRequestSigning::sign)) {
      measure(node, readers, 0, WARM_UP);
      Figures figures = new Figures();
      print(figures, "nothing arrives", measure(node, readers, 0, SPAN));
      measure(node, readers, PER_SECOND, WARM_UP);
      print(figures, PER_SECOND + " a second", measure(node, readers, PER_SECOND, SPAN));
      figures.save();
    }
  }

  private static List<Long> measure(
      PagingUnderLoad node, List<Citizen> readers, int perSecond, Duration span) throws Exception {
    long end = System.nanoTime() + span.toNanos();
    ConcurrentLinkedQueue<Long> took = new ConcurrentLinkedQueue<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> reading = new ArrayList<>();
      for (Citizen reader : readers) {
        reading.add(
            threads.submit(
                () -> {
                  Optional<String> cursor = Optional.of("");
                  while (System.nanoTime() < end) {
                    Page page = node.fetchPage(reader, cursor.orElse(""), PAGE);
                    took.add(page.latency().toNanos());
                    cursor = page.nextCursor();
                  }
                  return null;
                }));
      }
      write(node, perSecond, end);
      for (Future<?> reader : reading) {
        reader.get();
      }
    }
    return took.stream().sorted().toList();
  }

  private static void write(PagingUnderLoad node, int perSecond, long end) {
    if (perSecond == 0) {
      return;
    }
    long pause = 1_000_000_000L * BATCH / perSecond;
    long due = System.nanoTime();
    int late = 0;
    for (; due < end; due += pause) {
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      node.write(BATCH);
      late += System.nanoTime() > due + 10 * pause ? 1 : 0;
    }
    if (late > 0) {
      System.out.printf("the writer was late %d times%n", late);
    }
  }

  private static void print(Figures figures, String what, List<Long> sorted) {
    double median = millis(sorted, 0.5);
    double slowest = millis(sorted, 1);
    System.out.printf(
        Locale.ROOT,
        "%-16s %6d answers, median %.1f ms, 99 %% %.1f ms, 99.9 %% %.1f ms, slowest %.1f ms:"
            + " %.1f times the median%n",
        what,
        sorted.size(),
        median,
        millis(sorted, 0.99),
        millis(sorted, 0.999),
        slowest,
        slowest / median);
    figures.add(what + ", slowest ÷ median", slowest / median);
    figures.add(what + ", 99 % ÷ median", millis(sorted, 0.99) / median);
  }

  private static double millis(List<Long> sorted, double part) {
    return sorted.get((int) Math.min(sorted.size() - 1, sorted.size() * part)) / 1e6;
  }
}
