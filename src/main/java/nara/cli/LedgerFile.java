package nara.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.EventReader;
import nara.event.Reading;
import nara.event.Verdict;
import nara.ledger.Ledger;
import nara.ledger.LedgerConfig;
import nara.ledger.LedgerRequest.Judged;
import nara.ledger.LedgerRequest.Merged;
import nara.trust.Judge;
import nara.trust.Judgement;
import nara.trust.TrustPolicy;
import nara.trust.TrustPolicy.Fate;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Files of events as the ledger of a node that was offered them: the options for it, and the
 * reading. They are the operator's own and taken as they are, unless a policy is given.
 */
final class LedgerFile {
  private final EventReader reader = new EventReader();

  @Mixin private Judging judging = new Judging();

  @Option(
      names = "--policy",
      paramLabel = "POLICY",
      description =
          "Judge the events first: reference, verified or strict; verified when only keys are"
              + " given. Without either the file is taken as it is.")
  private String policyName;

  /**
   * What a file came to.
   *
   * @param lines that were not blank
   * @param added events that were new
   * @param duplicate events that were held already
   * @param dropped events that the ledger's limits do not keep
   * @param refused events by why the policy refused them
   * @param notEvents lines that hold no event
   * @param firstFault what is wrong with the first of those, naming its line
   */
  record Loaded(
      Ledger ledger,
      long lines,
      long added,
      long duplicate,
      long dropped,
      Map<Verdict, Long> refused,
      long notEvents,
      Optional<String> firstFault) {}

  /** The ledger of a node that was offered all events of the files. */
  Loaded load(List<Path> files, Terminal terminal) {
    Loading loading = new Loading();
    Function<List<Reading>, List<Judged>> admit = admission(files, terminal, loading);
    for (Path file : files) {
      try (EventFile events = EventFile.open(file)) {
        for (List<EventFile.Line> lines = events.next(Judging.BATCH);
            !lines.isEmpty();
            lines = events.next(Judging.BATCH)) {
          loading.take(file, lines, admit);
        }
      }
    }
    Loaded loaded = loading.loaded();
    tell(loaded, terminal);
    return loaded;
  }

  private Function<List<Reading>, List<Judged>> admission(
      List<Path> files, Terminal terminal, Loading loading) {
    if (policyName == null && !judging.keysGiven()) {
      return readings -> readings.stream().map(LedgerFile::asItIs).toList();
    }
    TrustPolicy policy = Judging.policy(policyName == null ? "verified" : policyName);
    Judge judge = judging.judge(files, terminal);
    return readings -> {
      List<Judged> admitted = new ArrayList<>(readings.size());
      for (Judgement judgement : judge.judge(readings)) {
        if (policy.fate(judgement.verdict()) == Fate.MERGE) {
          admitted.add(new Judged(event(judgement.reading()), judgement.verdict()));
        } else {
          loading.refused.merge(judgement.verdict(), 1L, Long::sum);
        }
      }
      return admitted;
    };
  }

  private static Judged asItIs(Reading reading) {
    Event event = event(reading);
    boolean signed = event.signed() || event.payload() instanceof Checkpoint;
    return new Judged(event, signed ? Verdict.VALID : Verdict.UNSIGNED);
  }

  private static Event event(Reading reading) {
    return ((Reading.Read) reading).event();
  }

  private static void tell(Loaded loaded, Terminal terminal) {
    loaded
        .firstFault()
        .ifPresent(
            fault ->
                terminal
                    .err()
                    .printf("note: %,d lines hold no event; %s%n", loaded.notEvents(), fault));
    loaded
        .refused()
        .forEach(
            (verdict, count) ->
                terminal
                    .err()
                    .printf("note: the policy refuses %,d events: %s%n", count, verdict.label()));
  }

  /** The sums while files are being read. */
  private final class Loading {
    // Nothing has to go from a ledger without a maximum, so whose keys are known is never asked.
    private final Ledger ledger = new Ledger(LedgerConfig.ofSize(Integer.MAX_VALUE), name -> true);
    private final Map<Verdict, Long> refused = new EnumMap<>(Verdict.class);
    private long lines;
    private long added;
    private long duplicate;
    private long dropped;
    private long notEvents;
    private Optional<String> firstFault = Optional.empty();

    void take(Path file, List<EventFile.Line> batch, Function<List<Reading>, List<Judged>> admit) {
      List<Reading> readings = new ArrayList<>(batch.size());
      for (EventFile.Line line : batch) {
        Reading reading = line.read(reader);
        Optional<String> fault = reading.fault();
        if (fault.isEmpty()) {
          readings.add(reading);
        } else {
          notEvents++;
          if (firstFault.isEmpty()) {
            firstFault = Optional.of("%s, line %d: %s".formatted(file, line.number(), fault.get()));
          }
        }
      }
      Merged merged = ledger.merge(admit.apply(readings));
      lines += batch.size();
      added += merged.added();
      duplicate += merged.duplicate() + merged.replaced();
      dropped += merged.dropped() + merged.pruned();
    }

    Loaded loaded() {
      return new Loaded(ledger, lines, added, duplicate, dropped, refused, notEvents, firstFault);
    }
  }
}
