package nara.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** The command {@code scripts/simulate}. */
public final class Simulation {
  private static final int MAX_STORIES = 5;

  private Simulation() {}

  public static void main(String[] args) throws InterruptedException {
    long seeds = 1_000;
    long first = 0;
    boolean one = false;
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--seeds" -> seeds = Long.parseLong(args[++i]);
        case "--from" -> first = Long.parseLong(args[++i]);
        case "--seed" -> {
          first = Long.parseLong(args[++i]);
          seeds = 1;
          one = true;
        }
        default -> System.exit(2);
      }
    }
    if (one) {
      SimulationRun.Result result = SimulationRun.run(first);
      System.out.println(result.story());
      System.out.printf("trace %016x, %d steps%n", result.trace(), result.steps());
      System.exit(result.failed() ? 1 : 0);
    }
    System.exit(runAll(first, seeds) ? 0 : 1);
  }

  private static boolean runAll(long first, long seeds) throws InterruptedException {
    AtomicLong next = new AtomicLong(first);
    AtomicInteger stories = new AtomicInteger();
    List<String> failed = new ArrayList<>();
    TreeMap<String, Integer> kinds = new TreeMap<>();
    long began = System.nanoTime();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < Runtime.getRuntime().availableProcessors(); t++) {
      Thread thread =
          new Thread(
              () -> {
                for (long seed = next.getAndIncrement();
                    seed < first + seeds;
                    seed = next.getAndIncrement()) {
                  SimulationRun.Result result = SimulationRun.run(seed);
                  if (result.failed()) {
                    synchronized (failed) {
                      failed.add(seed + ": " + result.failures());
                      System.out.println("seed " + seed + " failed: " + result.failures());
                    }
                  }
                }
              });
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    System.out.printf(
        "%d seeds, %d failed, %.1f s%n", seeds, failed.size(), (System.nanoTime() - began) / 1e9);
    return failed.isEmpty();
  }
}
