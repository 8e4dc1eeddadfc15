package nara.cli.ledger;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import nara.cli.VerificationOptions;
import nara.cli.file.CommandFailure;
import nara.cli.file.EventFileReader;
import nara.cli.file.EventFileReader.Line;
import nara.cli.output.Counted;
import nara.cli.output.Terminal;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.ReadResult;
import nara.event.Verdict;
import nara.event.json.EventReader;
import nara.identity.Standing;
import nara.ledger.Ledger;
import nara.ledger.LedgerConfig;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.ledger.LedgerRequest.MergeResult;
import nara.trust.EventVerifier;
import nara.trust.TrustPolicy;
import nara.trust.TrustPolicy.Action;
import nara.trust.VerificationResult;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * The options for loading files of events into a ledger, and the loading. The files are the
 * operator's own, so their events are trusted unless a policy is given.
 */
final class LedgerLoader {
  private final EventReader reader = new EventReader();

  @Mixin private VerificationOptions options = new VerificationOptions();

  @Option(
      names = "--policy",
      paramLabel = "POLICY",
      description =
          "Apply this trust policy: reference, verified or strict. The default is verified with"
              + " --keys, else all events are trusted.")
  private String policyName;

  /** Whether an option says which events to refuse. */
  boolean isPolicyGiven() {
    return policyName != null || options.hasKeyFiles();
  }

  /** A ledger that was offered all events of the files, and the totals. */
  static final class LoadedLedger {
    // Without a maximum the ledger evicts nothing, so it never asks which keys are known.
    final Ledger ledger =
        new Ledger(LedgerConfig.ofSize(Integer.MAX_VALUE), name -> Standing.ESTABLISHED);

    /** Events that the policy refused, by verdict. */
    final Map<Verdict, Long> refused = new EnumMap<>(Verdict.class);

    /** Lines that are not blank. */
    long lines;

    /** Events that the ledger already held. */
    long duplicates;

    /** Events that the ledger's limits do not keep. */
    long dropped;

    /** Lines without a valid event. */
    long unreadableLines;

    private String firstFault;

    void putTotals(Map<String, Object> object) {
      object.put("duplicate", duplicates);
      object.put("dropped", dropped);
      object.put("not_events", unreadableLines);
    }
  }

  /** Loads all files and prints notes about lines and events that the ledger does not hold. */
  LoadedLedger load(List<Path> files, Terminal terminal) {
    LoadedLedger loaded = new LoadedLedger();
    Function<List<ReadResult>, List<JudgedEvent>> admission = admission(files, terminal, loaded);
    for (Path file : files) {
      long linesBefore = loaded.lines;
      long unreadableBefore = loaded.unreadableLines;
      EventFileReader.forEachBatch(
              file,
              VerificationOptions.BATCH_SIZE,
              lines -> {
                List<ReadResult> events = readEvents(file, lines, loaded);
                MergeResult result = loaded.ledger.merge(admission.apply(events));
                loaded.lines += lines.size();
                loaded.duplicates += result.duplicate() + result.replaced();
                loaded.dropped += result.dropped() + result.pruned();
              })
          .ifPresent(problem -> terminal.message("note: %s", problem));
      long lines = loaded.lines - linesBefore;
      if (lines > 0 && lines == loaded.unreadableLines - unreadableBefore) {
        throw new CommandFailure(
            "%s holds no event%s"
                .formatted(
                    file,
                    unreadableBefore == 0 ? "; the first fault is " + loaded.firstFault : ""));
      }
    }
    if (loaded.unreadableLines > 0) {
      terminal.message(
          "note: %s without a valid event; the first is %s",
          Counted.of(loaded.unreadableLines, "line"), loaded.firstFault);
    }
    loaded.refused.forEach(
        (verdict, count) ->
            terminal.message(
                verdict == Verdict.UNKNOWN_EMITTER
                    ? "note: the policy lets %s wait for a key: %s"
                    : "note: the policy refuses %s: %s",
                Counted.of(count, "event"),
                verdict.label()));
    return loaded;
  }

  private List<ReadResult> readEvents(Path file, List<Line> lines, LoadedLedger loaded) {
    List<ReadResult> events = new ArrayList<>(lines.size());
    for (Line line : lines) {
      ReadResult result = line.read(reader);
      Optional<String> fault = result.validationError();
      if (fault.isEmpty()) {
        events.add(result);
      } else if (loaded.unreadableLines++ == 0) {
        loaded.firstFault = "line %d of %s: %s".formatted(line.number(), file, fault.get());
      }
    }
    return events;
  }

  private Function<List<ReadResult>, List<JudgedEvent>> admission(
      List<Path> files, Terminal terminal, LoadedLedger loaded) {
    if (!isPolicyGiven()) {
      return events -> events.stream().map(LedgerLoader::trusted).toList();
    }
    TrustPolicy policy = VerificationOptions.policy(policyName == null ? "verified" : policyName);
    EventVerifier verifier = options.eventVerifier(files, terminal);
    return events -> {
      List<JudgedEvent> admitted = new ArrayList<>(events.size());
      for (VerificationResult result : verifier.verify(events)) {
        if (policy.action(result.verdict()) == Action.MERGE) {
          admitted.add(new JudgedEvent(event(result.readResult()), result.verdict()));
        } else {
          loaded.refused.merge(result.verdict(), 1L, Long::sum);
        }
      }
      return admitted;
    };
  }

  private static JudgedEvent trusted(ReadResult result) {
    Event event = event(result);
    boolean signed = event.isSigned() || event.payload() instanceof Checkpoint;
    return new JudgedEvent(event, signed ? Verdict.VALID : Verdict.UNSIGNED);
  }

  private static Event event(ReadResult result) {
    return ((ReadResult.ParsedEvent) result).event();
  }
}
