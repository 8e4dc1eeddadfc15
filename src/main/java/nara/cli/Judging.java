package nara.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import nara.event.EventReader;
import nara.event.HeyThere;
import nara.event.Reading;
import nara.identity.Keyring;
import nara.trust.Judge;
import nara.trust.ParallelVerifier;
import nara.trust.TrustConfig;
import nara.trust.TrustPolicy;
import nara.trust.Verifier;
import nara.trust.VerifierChoice;
import nara.trust.Verifiers;
import picocli.CommandLine.Option;

/**
 * How a file of events is judged: the options for it, and the judge that follows from them. The
 * keys of the whole file are learned before its first event is judged, so that verdicts do not
 * depend on the order of its lines.
 */
final class Judging {
  /** Events judged at once; some megabytes, whatever the file's size. */
  static final int BATCH = 4_096;

  /** Announcements held at once while keys are learned. */
  private static final int ANNOUNCEMENTS = 65_536;

  @Option(
      names = "--keys",
      paramLabel = "KEYS.json",
      description =
          "Keys to believe: an array of {name, id, public_key}, or an object with it under keys;"
              + " may be given more than once.")
  private List<Path> keyFiles = new ArrayList<>();

  private final EventReader reader = new EventReader();

  /** A judge who knows the keys that were given, and those that the files' hey-theres carry. */
  Judge judge(List<Path> files, Terminal terminal) {
    Keyring keys = new Keyring();
    keyFiles.forEach(file -> KeysFile.learn(file, keys));
    Judge judge = new Judge(verifier(), keys, terminal.clock());
    List<Reading> announcements = new ArrayList<>();
    for (Path file : files) {
      requireLasting(file);
      try (EventFile events = EventFile.open(file)) {
        for (List<EventFile.Line> lines = events.next(BATCH);
            !lines.isEmpty();
            lines = events.next(BATCH)) {
          lines.stream()
              .map(line -> line.read(reader))
              .filter(Judging::announces)
              .forEach(announcements::add);
          if (announcements.size() >= ANNOUNCEMENTS) {
            judge.learnKeys(announcements);
            announcements.clear();
          }
        }
      }
    }
    judge.learnKeys(announcements);
    return judge;
  }

  /** A pipe that was read for its keys has no events left to judge. */
  private static void requireLasting(Path file) {
    if (Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file)) {
      throw new Refusal(
          file + " is a pipe or a device; give a file, since it is read twice: first for its keys");
    }
  }

  boolean keysGiven() {
    return !keyFiles.isEmpty();
  }

  private static boolean announces(Reading reading) {
    return reading instanceof Reading.Read read && read.event().payload() instanceof HeyThere;
  }

  private static Verifier verifier() {
    TrustConfig d = TrustConfig.defaults();
    return switch (Verifiers.choose(d.verifier(), d.maxKeyTables())) {
      case VerifierChoice.Chosen chosen ->
          new ParallelVerifier(
              chosen.verifier(),
              ForkJoinPool.commonPool(),
              Runtime.getRuntime().availableProcessors());
      case VerifierChoice.Unavailable unavailable -> throw new Refusal(unavailable.why());
    };
  }

  /** The policy of that name. */
  static TrustPolicy policy(String name) {
    return TrustPolicy.named(name)
        .orElseThrow(
            () ->
                new Refusal(
                    "there is no policy \"%s\"; there are reference, verified and strict"
                        .formatted(Terminal.printable(name))));
  }
}
