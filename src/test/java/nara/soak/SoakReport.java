package nara.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** The table at the end of a soak, as docs/measurements.md has it, and the verdict. */
final class SoakReport {
  /** Of heap and resident memory: a part, and some that is noise on any JVM. */
  private static final double MEMORY_TOLERANCE = 0.15;

  private static final long MEMORY_NOISE_KB = 8 * 1024;

  /** Threads and files follow the connections of the moment. */
  private static final double COUNT_TOLERANCE = 0.10;

  private static final long COUNT_NOISE = 12;

  /** Answers to audits: a node may be busy, and a neighbour's quota is shared with the audit. */
  private static final double ANSWERED = 0.95;

  private static final double HELD = 0.99;

  private final SoakOptions options;
  private final List<Sample> all;
  private final List<Sample> longLived;
  private final int churned;
  private final int said;
  private final List<Long> acts;
  private final double cores;
  private final List<String> faults;
  private final List<String> failures = new ArrayList<>();
  private final StringBuilder text = new StringBuilder();

  SoakReport(
      SoakOptions options,
      List<Sample> samples,
      Set<String> longLived,
      int churned,
      int said,
      List<Long> acts,
      double cores,
      List<String> faults) {
    this.options = options;
    this.all = samples;
    this.longLived = samples.stream().filter(sample -> longLived.contains(sample.node())).toList();
    this.churned = churned;
    this.said = said;
    this.acts = acts;
    this.cores = cores;
    this.faults = faults;
    write(longLived.size());
  }

  boolean passed() {
    return failures.isEmpty();
  }

  String text() {
    return text.toString();
  }

  private void write(int longLivedNodes) {
    text.append(
        "%d nodes with -Xmx%s for %d minutes: %d of them lived all the time, the others were ended %,d times.%n"
            .formatted(
                options.nodes(),
                options.heap(),
                options.duration().toMinutes(),
                longLivedNodes,
                churned));
    text.append(
        "Honest events: %,d. Hostile acts: flooder %,d, tarpit %,d, forger %,d. Cores used by all nodes: %.2f.%n%n"
            .formatted(said, acts.get(0), acts.get(1), acts.get(2), cores));
    text.append("| nodes that lived all the time | first third | last third | largest | |\n");
    text.append("| --- | ---: | ---: | ---: | --- |\n");
    long begin = all.isEmpty() ? 0 : all.getFirst().seconds();
    long end = all.isEmpty() ? 0 : all.getLast().seconds();
    List<Sample> first = part(begin, begin + (end - begin) / 3);
    List<Sample> last = part(end - (end - begin) / 3, end);
    row("heap after a collection, MB", first, last, Sample::heapKb, MEMORY_TOLERANCE, 1024);
    row("resident memory, MB", first, last, Sample::rssKb, MEMORY_TOLERANCE, 1024);
    row("threads", first, last, Sample::threads, COUNT_TOLERANCE, 1);
    row("open files", first, last, Sample::files, COUNT_TOLERANCE, 1);
    row("events in the ledger", first, last, sample -> sample.audit().ledger(), -1, 1);
    row("of these by honest nodes", first, last, sample -> sample.audit().byHonest(), -1, 1);
    row(
        "their observations of others",
        first,
        last,
        sample -> sample.audit().observations(),
        -1,
        1);
    text.append('\n');
    outcomes();
    for (String fault : faults) {
      fail(fault);
    }
    text.append(
        "Flat means: the last third is at most %d %% and %d MB above the first; of threads and files %d %% and %d.%n"
            .formatted(
                (int) (100 * MEMORY_TOLERANCE),
                MEMORY_NOISE_KB / 1024,
                (int) (100 * COUNT_TOLERANCE),
                COUNT_NOISE));
    text.append(
        passed() ? "Verdict: flat." : "Verdict: not passed: " + String.join("; ", failures));
  }

  private List<Sample> part(long from, long to) {
    return longLived.stream()
        .filter(sample -> sample.seconds() >= from && sample.seconds() <= to)
        .toList();
  }

  /** A row; a negative tolerance means that growing is no fault. */
  private void row(
      String name,
      List<Sample> first,
      List<Sample> last,
      ToLongFunction<Sample> value,
      double tolerance,
      int unit) {
    if (first.isEmpty() || last.isEmpty()) {
      fail("too few samples; give it more time");
      return;
    }
    double early = first.stream().mapToLong(value).average().orElseThrow();
    double late = last.stream().mapToLong(value).average().orElseThrow();
    long most = longLived.stream().mapToLong(value).max().orElseThrow();
    long noise = unit > 1 ? MEMORY_NOISE_KB : COUNT_NOISE;
    boolean flat = tolerance < 0 || late <= early * (1 + tolerance) + noise;
    String format = unit > 1 ? "%.1f" : "%.0f";
    text.append(
        ("| %s | " + format + " | " + format + " | " + format + " | %s |%n")
            .formatted(
                name,
                early / unit,
                late / unit,
                (double) most / unit,
                tolerance < 0 ? "" : flat ? "flat" : "growing"));
    if (!flat) {
      fail(name + " grows");
    }
  }

  private void outcomes() {
    List<Sample> answered = all.stream().filter(sample -> sample.audit().answered()).toList();
    long forged = all.stream().mapToLong(sample -> sample.audit().forged()).max().orElse(0);
    long expected = sum(answered, sample -> sample.audit().honestExpected());
    long held = sum(answered, sample -> sample.audit().honestHeld());
    long healthy = all.stream().filter(sample -> sample.healthMs() >= 0).count();
    long ready = all.stream().filter(Sample::ready).count();
    text.append(
        "Of %,d samples of all nodes: %,d healthy (slowest answer %,d ms), %,d ready, %,d gave their whole ledger.%n"
            .formatted(
                all.size(),
                healthy,
                all.stream().mapToLong(Sample::healthMs).max().orElse(-1),
                ready,
                answered.size()));
    text.append(
        "Honest events held: %,d of %,d expected (%.2f %%). Forged events held at most: %,d; forged announcements: %,d.%n"
            .formatted(
                held,
                expected,
                expected == 0 ? 0.0 : 100.0 * held / expected,
                forged,
                all.stream().mapToLong(s -> s.audit().forgedAnnouncements()).max().orElse(0)));
    if (healthy < all.size()) {
      fail((all.size() - healthy) + " samples without health");
    }
    if (answered.size() < ANSWERED * all.size()) {
      fail("too few answers");
    }
    if (expected == 0 || held < HELD * expected) {
      fail(
          "honest events are missing"
              + nodesWhere(s -> s.honestHeld() < HELD * s.honestExpected()));
    }
    if (forged > 0) {
      fail("forged events are held" + nodesWhere(audit -> audit.forged() > 0));
    }
  }

  private String nodesWhere(Predicate<Audit> wrong) {
    return all.stream()
        .filter(sample -> sample.audit().answered() && wrong.test(sample.audit()))
        .map(Sample::node)
        .distinct()
        .sorted()
        .collect(Collectors.joining(", ", " (", ")"));
  }

  private static long sum(List<Sample> samples, ToLongFunction<Sample> value) {
    return samples.stream().mapToLong(value).sum();
  }

  private void fail(String reason) {
    if (!failures.contains(reason)) {
      failures.add(reason);
    }
  }
}
