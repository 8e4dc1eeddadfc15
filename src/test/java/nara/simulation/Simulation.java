package nara.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** The command {@code scripts/simulate}: runs seeds, and tells the story of those that fail. */
public final class Simulation {
  private static final int STORIES = 3;

  private Simulation() {}

  private record Options(long first, long count, int threads, boolean single) {}

  /** Runs the command and exits. The script has checked the arguments. */
  public static void main(String[] args) {
    Options options = parse(args);
    System.exit((options.single ? replay(options.first) : runAll(options)) ? 0 : 1);
  }

  private static Options parse(String[] args) {
    long first = 0;
    long count = 1_000;
    int threads = Runtime.getRuntime().availableProcessors();
    boolean single = false;
    for (int i = 0; i < args.length; i += 2) {
      long value = Long.parseLong(args[i + 1]);
      switch (args[i]) {
        case "--seeds" -> count = value;
        case "--from" -> first = value;
        case "--threads" -> threads = Math.toIntExact(value);
        case "--seed" -> {
          first = value;
          single = true;
        }
        default -> throw new IllegalArgumentException("unknown option " + args[i]);
      }
    }
    return new Options(first, count, threads, single);
  }

  private static boolean replay(long seed) {
    SimulationRun.Result result = SimulationRun.run(seed);
    System.out.println(result.story());
    System.out.printf(
        "%s; trace %016x, %d steps%n",
        result.failed() ? "failed" : "passed", result.trace(), result.steps());
    return !result.failed();
  }

  private static boolean runAll(Options options) {
    long began = System.nanoTime();
    List<SimulationRun.Result> failed = new ArrayList<>();
    AtomicLong ended = new AtomicLong();
    run(
        options.first,
        options.count,
        options.threads,
        result -> {
          ended.incrementAndGet();
          if (result.failed()) {
            failed.add(result);
            System.out.printf("seed %d failed: %s%n", result.seed(), result.failures());
          }
        });
    failed.stream().limit(STORIES).forEach(result -> System.out.printf("%n%s%n", result.story()));
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    System.out.printf(
        "%d seeds in %d s, %d failed%s%n",
        options.count,
        took.toSeconds(),
        failed.size(),
        failed.isEmpty() ? "" : "; scripts/simulate --seed SEED replays one");
    if (ended.get() < options.count) {
      System.out.printf("only %d of them ended: a thread has died%n", ended.get());
    }
    return failed.isEmpty() && ended.get() == options.count;
  }

  /** Runs seeds on some threads, each seed on one; the results come one at a time. */
  static void run(long first, long count, int threads, Consumer<SimulationRun.Result> onResult) {
    AtomicLong next = new AtomicLong(first);
    List<Thread> running = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      Thread thread =
          new Thread(
              () -> {
                for (long seed = next.getAndIncrement();
                    seed < first + count;
                    seed = next.getAndIncrement()) {
                  SimulationRun.Result result = SimulationRun.run(seed);
                  synchronized (onResult) {
                    onResult.accept(result);
                  }
                }
              },
              "simulation-" + t);
      thread.start();
      running.add(thread);
    }
    try {
      for (Thread thread : running) {
        thread.join();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }
}
