package nara.cli;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import nara.bounds.SafeText;
import nara.bus.Timeouts;
import nara.cli.file.CommandFailure;
import nara.cli.file.EventFileReader;
import nara.cli.file.EventFileReader.Line;
import nara.cli.output.Counted;
import nara.cli.output.Terminal;
import nara.cli.process.StopRequest;
import nara.event.ReadResult.Unreadable;
import nara.event.json.EventReader;
import nara.event.json.RawEvents;
import nara.file.FileFault;
import nara.identity.Witness;
import nara.node.Blocking;
import nara.node.NaraNode;
import nara.trust.OfferSource;
import nara.trust.TrustRequest;
import nara.trust.TrustRequest.OfferResult;

/** Offers the events of a file to a node that starts, before its recovery. */
final class StartupImport implements Function<NaraNode, Future<?>> {
  private static final int BATCH_SIZE = 5_000;

  private final Path file;
  private final Terminal terminal;
  private final StopRequest stop;

  private long received;
  private long added;
  private long notAdded;
  private long rejected;

  /** A request to stop ends the import after its batch; the start does not wait for that. */
  StartupImport(Path file, Terminal terminal, StopRequest stop) {
    this.file = file;
    this.terminal = terminal;
    this.stop = stop;
  }

  /**
   * Checks before the node starts that a file holds an event; mostly its first line is one. A pipe
   * can be read only once, so it is not checked.
   *
   * @throws CommandFailure when the file is missing, cannot be read, or holds no event
   */
  static void requireEvents(Path file) {
    if (FileFault.isPipeOrDevice(file)) {
      return;
    }
    EventReader reader = new EventReader();
    String firstFault = "";
    try (EventFileReader opened = EventFileReader.open(file)) {
      List<Line> lines;
      while (!(lines = opened.nextBatch(BATCH_SIZE)).isEmpty()) {
        for (Line line : lines) {
          if (!(line.read(reader) instanceof Unreadable unreadable)) {
            return;
          }
          if (firstFault.isEmpty()) {
            firstFault = "line %d: %s".formatted(line.number(), unreadable.reason());
          }
        }
      }
    }
    if (!firstFault.isEmpty()) {
      throw new CommandFailure(
          "%s holds no event; the first fault is %s".formatted(file, SafeText.excerpt(firstFault)));
    }
  }

  @Override
  public Future<?> apply(NaraNode node) {
    Promise<Void> done = Promise.promise();
    // Reading blocks on the disk, and each batch on its merge, so this needs a thread of its own.
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                importFile(node);
                done.tryComplete();
              } catch (RuntimeException failure) {
                done.tryFail(failure);
              }
            });
    stop.onMade(done::tryComplete);
    return done.future();
  }

  private void importFile(NaraNode node) {
    EventFileReader.forEachBatchKeysFirst(
            file,
            BATCH_SIZE,
            lines -> {
              if (!stop.isMade()) {
                offer(node, lines);
              }
              return !stop.isMade();
            })
        .ifPresent(problem -> terminal.message("note: %s", problem));
    if (stop.isMade()) {
      terminal.message("stopped importing %s after %s", file, Counted.of(received, "event"));
      return;
    }
    // Of a pipe, some events came before the announcement of their emitter.
    long quarantined = offer(node, new TrustRequest.VerifyQuarantined()).quarantined();
    terminal.message(
        "imported %s: %s, %,d new, %,d already held or not kept, %,d rejected, %,d waiting"
            + " for their emitter's key",
        file, Counted.of(received, "event"), added, notAdded, rejected, quarantined);
  }

  private void offer(NaraNode node, List<Line> lines) {
    RawEvents events = RawEvents.join(lines.stream().map(Line::bytes).toList());
    received +=
        offer(node, new TrustRequest.OfferEvents(OfferSource.IMPORT, Witness.OWNER, events, false))
            .received();
  }

  private OfferResult offer(NaraNode node, TrustRequest<OfferResult> request) {
    OfferResult result =
        Blocking.await(
            node.bus().request(TrustRequest.ADDRESS, request, Timeouts.IMPORT), Timeouts.IMPORT);
    added += result.added();
    notAdded += result.duplicate() + result.dropped();
    rejected += result.rejected();
    return result;
  }
}
