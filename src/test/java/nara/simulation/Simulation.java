package nara.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** The command {@code scripts/simulate}: runs seeds, and tells the story of those that fail. */
public final class Simulation {
  private static final int STORIES = 3;

  private static final String USAGE =
      """
      Simulates recoveries among honest and hostile neighbours: whole nodes in virtual time.
      A seed decides everything, so a failing one can be replayed.

      usage: scripts/simulate [--seeds N] [--from SEED] [--threads N]
             scripts/simulate --seed SEED

        --seeds N     runs so many seeds (default 1000)
        --from SEED   the first of them (default 0)
        --threads N   simulations at once (default: one for each core)
        --seed SEED   replays one seed, and prints its story

      Exit status: 0 when no seed fails, 1 when one does, 2 for bad usage.\
      """;

  private Simulation() {}

  private record Options(long first, long count, int threads, boolean single) {}

  /** Runs the command and exits. */
  public static void main(String[] args) {
    if (List.of(args).contains("--help")) {
      System.out.println(USAGE);
      return;
    }
    Options options;
    try {
      options = parse(args);
    } catch (IllegalArgumentException wrong) {
      System.err.println(wrong.getMessage() + "\n\n" + USAGE);
      System.exit(2);
      return;
    }
    System.exit((options.single ? replay(options.first) : runAll(options)) ? 0 : 1);
  }

  private static Options parse(String[] args) {
    long first = 0;
    long count = 1_000;
    int threads = Runtime.getRuntime().availableProcessors();
    boolean single = false;
    for (int i = 0; i < args.length; i += 2) {
      String option = args[i];
      if (i + 1 == args.length) {
        throw new IllegalArgumentException(option + " needs a number after it");
      }
      long value = number(option, args[i + 1]);
      switch (option) {
        case "--seeds" -> count = value;
        case "--from" -> first = value;
        case "--threads" -> threads = Math.clamp(value, 1, 64);
        case "--seed" -> {
          first = value;
          single = true;
        }
        default -> throw new IllegalArgumentException("unknown option " + option);
      }
    }
    return new Options(first, count, threads, single);
  }

  private static long number(String option, String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException wrong) {
      throw new IllegalArgumentException(
          "%s: expected a number, got '%s'".formatted(option, text), wrong);
    }
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
    run(
        options.first,
        options.count,
        options.threads,
        result -> {
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
    return failed.isEmpty();
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
