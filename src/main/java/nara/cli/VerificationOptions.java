package nara.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import nara.cli.file.CommandFailure;
import nara.cli.file.EventFileReader;
import nara.cli.file.EventFileReader.Line;
import nara.cli.file.KeysFile;
import nara.cli.output.Terminal;
import nara.event.HeyThere;
import nara.event.ReadResult;
import nara.event.json.EventReader;
import nara.file.FileFault;
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
 * The options for verifying a file of events. The verifier learns the keys of the whole file before
 * it verifies the first event. So the verdicts do not depend on the order of the lines.
 */
public final class VerificationOptions {
  /** Events verified at once; they take some megabytes, whatever the size of the file. */
  public static final int BATCH_SIZE = 4_096;

  /** Announcements held at once while the verifier learns keys. */
  private static final int MAX_ANNOUNCEMENTS = 65_536;

  @Option(
      names = "--keys",
      paramLabel = "KEYS.json",
      description =
          "Trust the keys of this file: an array of {name, id, public_key}, or an object with this"
              + " array under \"keys\". May be repeated.")
  private List<Path> keyFiles = new ArrayList<>();

  private final EventReader reader = new EventReader();

  /** A verifier that knows the given keys and those that the hey-theres of the files announce. */
  public EventVerifier eventVerifier(List<Path> files, Terminal terminal) {
    Keyring keys = Keyring.firstWins();
    keyFiles.forEach(file -> KeysFile.learn(file, keys));
    EventVerifier eventVerifier = new EventVerifier(verifier(), keys, terminal.clock());
    List<ReadResult> announcements = new ArrayList<>();
    for (Path file : files) {
      requireRegularFile(file);
      EventFileReader.forEachBatch(
          file,
          BATCH_SIZE,
          lines -> {
            lines.parallelStream()
                .filter(Line::mayAnnounce)
                .map(line -> line.read(reader))
                .filter(VerificationOptions::isAnnouncement)
                .forEachOrdered(announcements::add);
            if (announcements.size() >= MAX_ANNOUNCEMENTS) {
              eventVerifier.learnKeys(announcements);
              announcements.clear();
            }
          });
    }
    eventVerifier.learnKeys(announcements);
    return eventVerifier;
  }

  /** A pipe can be read only once. */
  private static void requireRegularFile(Path file) {
    if (FileFault.isPipeOrDevice(file)) {
      throw new CommandFailure(
          file + " is a pipe or a device; give a file, because it is read twice: first for keys");
    }
  }

  /** Whether {@code --keys} was given. */
  public boolean hasKeyFiles() {
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

  /**
   * The policy of this name.
   *
   * @throws CommandFailure when there is none
   */
  public static TrustPolicy policy(String name) {
    String problem =
        "--policy: expected reference, verified or strict, got \"%s\""
            .formatted(Terminal.printable(name));
    return TrustPolicy.named(name).orElseThrow(() -> new CommandFailure(problem));
  }
}
