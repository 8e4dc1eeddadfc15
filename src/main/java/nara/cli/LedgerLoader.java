package nara.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import nara.cli.file.EventFileReader;
import nara.cli.file.EventFileReader.Line;
import nara.cli.output.Terminal;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.ReadResult;
import nara.event.Verdict;
import nara.event.json.EventReader;
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
 * Files of events as the ledger of a node that was offered them: the options for it, and the
 * reading. They are the operator's own and taken as they are, unless a policy is given.
 */
final class LedgerLoader {
  private final EventReader reader = new EventReader();

  @Mixin private VerificationOptions verificationOptions = new VerificationOptions();

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
   * @param duplicates events that were held already
   * @param dropped events that the ledger's limits do not keep
   * @param refused events by why the policy refused them
   * @param unreadableLines lines that hold no event
   * @param firstFault what is wrong with the first of those, naming its line
   */
  record LoadedLedger(
      Ledger ledger,
      long lines,
      long added,
      long duplicates,
      long dropped,
      Map<Verdict, Long> refused,
      long unreadableLines,
      Optional<String> firstFault) {}

  /** The ledger of a node that was offered all events of the files. */
  LoadedLedger load(List<Path> files, Terminal terminal) {
    LoadSession session = new LoadSession();
    Function<List<ReadResult>, List<JudgedEvent>> admit = admission(files, terminal, session);
    for (Path file : files) {
      try (EventFileReader events = EventFileReader.open(file)) {
        for (List<Line> lines = events.nextBatch(VerificationOptions.BATCH_SIZE);
            !lines.isEmpty();
            lines = events.nextBatch(VerificationOptions.BATCH_SIZE)) {
          session.mergeBatch(file, lines, admit);
        }
      }
    }
    LoadedLedger ledger = session.loaded();
    printNotes(ledger, terminal);
    return ledger;
  }

  private Function<List<ReadResult>, List<JudgedEvent>> admission(
      List<Path> files, Terminal terminal, LoadSession session) {
    if (policyName == null && !verificationOptions.hasKeyFiles()) {
      return readResults -> readResults.stream().map(LedgerLoader::withoutVerification).toList();
    }
    TrustPolicy policy = VerificationOptions.policy(policyName == null ? "verified" : policyName);
    EventVerifier verifier = verificationOptions.eventVerifier(files, terminal);
    return readResults -> {
      List<JudgedEvent> admitted = new ArrayList<>(readResults.size());
      for (VerificationResult result : verifier.verify(readResults)) {
        if (policy.action(result.verdict()) == Action.MERGE) {
          admitted.add(new JudgedEvent(event(result.readResult()), result.verdict()));
        } else {
          session.refused.merge(result.verdict(), 1L, Long::sum);
        }
      }
      return admitted;
    };
  }

  private static JudgedEvent withoutVerification(ReadResult result) {
    Event event = event(result);
    boolean signed = event.isSigned() || event.payload() instanceof Checkpoint;
    return new JudgedEvent(event, signed ? Verdict.VALID : Verdict.UNSIGNED);
  }

  private static Event event(ReadResult result) {
    return ((ReadResult.ParsedEvent) result).event();
  }

  private static void printNotes(LoadedLedger ledger, Terminal terminal) {
    ledger
        .firstFault()
        .ifPresent(
            fault ->
                terminal
                    .err()
                    .printf(
                        "note: %,d lines hold no event; %s%n", ledger.unreadableLines(), fault));
    ledger
        .refused()
        .forEach(
            (verdict, count) ->
                terminal
                    .err()
                    .printf("note: the policy refuses %,d events: %s%n", count, verdict.label()));
  }

  /** The sums while files are being read. */
  private final class LoadSession {
    // Nothing has to go from a ledger without a maximum, so whose keys are known is never asked.
    private final Ledger ledger = new Ledger(LedgerConfig.ofSize(Integer.MAX_VALUE), name -> true);
    private final Map<Verdict, Long> refused = new EnumMap<>(Verdict.class);
    private long lines;
    private long added;
    private long duplicates;
    private long dropped;
    private long unreadableLines;
    private Optional<String> firstFault = Optional.empty();

    void mergeBatch(
        Path file, List<Line> batch, Function<List<ReadResult>, List<JudgedEvent>> admission) {
      List<ReadResult> readResults = new ArrayList<>(batch.size());
      for (Line line : batch) {
        ReadResult readResult = line.read(reader);
        Optional<String> fault = readResult.validationError();
        if (fault.isEmpty()) {
          readResults.add(readResult);
        } else {
          unreadableLines++;
          if (firstFault.isEmpty()) {
            firstFault = Optional.of("%s, line %d: %s".formatted(file, line.number(), fault.get()));
          }
        }
      }
      MergeResult mergeResult = ledger.merge(admission.apply(readResults));
      lines += batch.size();
      added += mergeResult.added();
      duplicates += mergeResult.duplicate() + mergeResult.replaced();
      dropped += mergeResult.dropped() + mergeResult.pruned();
    }

    LoadedLedger loaded() {
      return new LoadedLedger(
          ledger, lines, added, duplicates, dropped, refused, unreadableLines, firstFault);
    }
  }
}
