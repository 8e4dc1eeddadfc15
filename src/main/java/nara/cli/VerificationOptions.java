package nara.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import nara.cli.file.CommandFailure;
import nara.cli.file.EventFileReader;
import nara.cli.file.KeysFile;
import nara.cli.output.Terminal;
import nara.event.HeyThere;
import nara.event.ReadResult;
import nara.event.json.EventReader;
import nara.identity.Keyring;
import nara.trust.EventVerifier;
import nara.trust.TrustConfig;
import nara.trust.TrustPolicy;
import nara.trust.verifier.ParallelVerifier;
import nara.trust.verifier.SignatureVerifier;
import nara.trust.verifier.VerifierChoice;
import nara.trust.verifier.Verifiers;
import picocli.CommandLine.Option;

/**
 * How a file of events is judged: the options for it, and the judge that follows from them. The
 * keys of the whole file are learned before its first event is judged, so that verdicts do not
 * depend on the order of its lines.
 */
final class VerificationOptions {
  /** Events judged at once; some megabytes, whatever the file's size. */
  static final int BATCH_SIZE = 4_096;

  /** Announcements held at once while keys are learned. */
  private static final int MAX_ANNOUNCEMENTS = 65_536;

  @Option(
      names = "--keys",
      paramLabel = "KEYS.json",
      description =
          "Keys to believe: an array of {name, id, public_key}, or an object with it under keys;"
              + " may be given more than once.")
  private List<Path> keyFiles = new ArrayList<>();

  private final EventReader reader = new EventReader();

  /** A judge who knows the keys that were given, and those that the files' hey-theres carry. */
  EventVerifier eventVerifier(List<Path> files, Terminal terminal) {
    Keyring keys = new Keyring();
    keyFiles.forEach(file -> KeysFile.learn(file, keys));
    EventVerifier eventVerifier = new EventVerifier(verifier(), keys, terminal.clock());
    List<ReadResult> announcements = new ArrayList<>();
    for (Path file : files) {
      requireRegularFile(file);
      try (EventFileReader events = EventFileReader.open(file)) {
        for (List<EventFileReader.Line> lines = events.nextBatch(BATCH_SIZE);
            !lines.isEmpty();
            lines = events.nextBatch(BATCH_SIZE)) {
          lines.stream()
              .map(line -> line.read(reader))
              .filter(VerificationOptions::isAnnouncement)
              .forEach(announcements::add);
          if (announcements.size() >= MAX_ANNOUNCEMENTS) {
            eventVerifier.learnKeys(announcements);
            announcements.clear();
          }
        }
      }
    }
    eventVerifier.learnKeys(announcements);
    return eventVerifier;
  }

  /** A pipe that was read for its keys has no events left to judge. */
  private static void requireRegularFile(Path file) {
    if (Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file)) {
      throw new CommandFailure(
          file + " is a pipe or a device; give a file, since it is read twice: first for its keys");
    }
  }

  boolean hasKeyFiles() {
    return !keyFiles.isEmpty();
  }

  private static boolean isAnnouncement(ReadResult result) {
    return result instanceof ReadResult.ParsedEvent event
        && event.event().payload() instanceof HeyThere;
  }

  private static SignatureVerifier verifier() {
    TrustConfig d = TrustConfig.defaults();
    return switch (Verifiers.choose(d.verifier(), d.maxKeyTables())) {
      case VerifierChoice.Available available ->
          new ParallelVerifier(
              available.signatureVerifier(),
              ForkJoinPool.commonPool(),
              Runtime.getRuntime().availableProcessors());
      case VerifierChoice.Unavailable unavailable -> throw new CommandFailure(unavailable.reason());
    };
  }

  /** The policy of that name. */
  static TrustPolicy policy(String name) {
    return TrustPolicy.named(name)
        .orElseThrow(
            () ->
                new CommandFailure(
                    "there is no policy \"%s\"; there are reference, verified and strict"
                        .formatted(Terminal.printable(name))));
  }
}
