package nara.cli.ledger;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.vertx.core.Promise;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import nara.bus.BusMessage;
import nara.cli.file.CommandFailure;
import nara.cli.file.EventFileReader;
import nara.cli.file.EventFileReader.Line;
import nara.cli.file.EventFileStream;
import nara.cli.output.Counted;
import nara.cli.output.Terminal;
import nara.cli.process.StopRequest;
import nara.discovery.DiscoveryConfig.ConfiguredPeer;
import nara.event.EventId;
import nara.event.ReadResult;
import nara.event.json.EventReader;
import nara.event.json.JsonSpans.Span;
import nara.event.json.RawEvents;
import nara.identity.Identity;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.FetchFailed;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.client.MeshRequest.FetchPage;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.client.MeshRequest.PingFailed;
import nara.mesh.client.MeshRequest.PingOutcome;
import nara.mesh.client.MeshRequest.PingPeer;
import nara.mesh.client.MeshRequest.Pong;
import nara.mesh.wire.MeshFailure;
import nara.node.Blocking;
import nara.node.MeshSession;
import nara.node.NodeStartException;
import nara.node.config.NodeConfig;

/**
 * Reads the events of a running node, ours or the reference's, page by page over the mesh. It
 * judges no event, and their bytes stay as received.
 */
final class ExportClient implements AutoCloseable {
  /** A page of usual events takes a megabyte; a peer sends it in a second. */
  private static final int PAGE_SIZE = 2_000;

  /** The smallest page, for a peer whose events are large or whose link is slow. */
  private static final int MIN_PAGE_SIZE = 50;

  /** Tries of one page, for a connection that breaks or a node that restarts. */
  private static final int TRIES = 3;

  private static final Duration RETRY_DELAY = Duration.ofMillis(500);
  private static final Duration PING_TIMEOUT = Duration.ofSeconds(10);
  private static final Duration PAGE_TIMEOUT = Duration.ofMinutes(2);
  private static final Duration LOCAL_TIMEOUT = Duration.ofSeconds(30);

  /** Lines of the file of known events in memory. */
  private static final int BATCH_SIZE = 5_000;

  private static final String INTERRUPTED = "the export was interrupted";

  /**
   * The end of an export.
   *
   * @param node its name and address
   * @param pages that the node sent; none when it was not reached, or refused
   * @param received events, without repeated ones
   * @param skipped received events that the file of known events has
   * @param missingReason why events may be missing; empty when the node sent all
   */
  record Result(
      String node, int pages, long received, long skipped, Optional<String> missingReason) {}

  private final EventReader reader = new EventReader();
  private final Set<EventId> known = new HashSet<>();
  private final Set<EventId> seen = new HashSet<>();
  private final Identity me;
  private final Terminal terminal;
  private final StopRequest stop;
  private final MeshSession mesh;

  private EventFileStream out;
  private int pages;
  private long skipped;
  private int pageSize = PAGE_SIZE;
  private int maxPageSize = Query.MAX_EVENTS;

  /**
   * A client that signs as this nara.
   *
   * @throws CommandFailure when the configured verifier is not there
   */
  ExportClient(NodeConfig config, Identity me, Terminal terminal, StopRequest stop) {
    this.me = me;
    this.terminal = terminal;
    this.stop = stop;
    try {
      this.mesh = MeshSession.start(config, me, terminal.clock());
    } catch (NodeStartException failure) {
      throw new CommandFailure(failure.getMessage());
    }
  }

  /**
   * Leaves out the events of a file of events, or of a file of ids, one a line.
   *
   * @throws CommandFailure when it cannot be read, or holds neither
   */
  void skip(Path file) {
    if (!Files.exists(file)) {
      terminal.message("note: %s does not exist yet, so no event is skipped", file);
      return;
    }
    AtomicLong lineCount = new AtomicLong();
    AtomicLong otherLines = new AtomicLong();
    EventFileReader.forEachBatch(
            file,
            BATCH_SIZE,
            lines -> {
              lineCount.addAndGet(lines.size());
              for (Line line : lines) {
                known.add(
                    EventId.parse(new String(line.bytes(), ISO_8859_1).strip())
                        .orElseGet(
                            () -> {
                              if (line.read(reader) instanceof ReadResult.Unreadable) {
                                otherLines.incrementAndGet();
                              }
                              return identify(line.bytes());
                            }));
              }
            })
        .ifPresent(problem -> terminal.message("note: %s", problem));
    if (lineCount.get() > 0 && lineCount.get() == otherLines.get()) {
      throw new CommandFailure(
          "--skip-ids: %s holds neither events nor ids; give an earlier export, or one id a line"
              .formatted(file));
    }
  }

  /** Reads all events of a node into a file. A failure of the node is a result. */
  Result export(ConfiguredPeer node, EventFileStream into) {
    out = into;
    PingOutcome ping =
        request(
            new PingPeer(node.address(), PING_TIMEOUT),
            PING_TIMEOUT,
            new PingFailed(MeshFailure.STOPPING, INTERRUPTED));
    return switch (ping) {
      case PingFailed failed -> unreached(node, failed.reason());
      case Pong pong ->
          node.name().isEmpty() || node.name().equals(pong.name())
              ? export(new Peer(pong.name(), node.address(), true))
              : unreached(node, "the nara there is " + Terminal.printable(pong.name()));
    };
  }

  private static Result unreached(ConfiguredPeer node, String reason) {
    return new Result(node.text(), 0, 0, 0, Optional.of(reason));
  }

  private Result export(Peer peer) {
    String node = "%s at %s".formatted(Terminal.printable(peer.name()), peer.address());
    Optional<String> missing = readPages(peer);
    return new Result(node, pages, seen.size(), skipped, missing);
  }

  /**
   * Reads page after page, and returns why events may be missing. Some peers end a page between
   * events of equal time, so the next page begins with the time at which the last one ended.
   */
  private Optional<String> readPages(Peer peer) {
    long cursor = Long.MIN_VALUE;
    Optional<String> missing = Optional.empty();
    while (!stop.isMade()) {
      Query.Page query = new Query.Page(cursor, pageSize, Query.Filter.ALL);
      int before = seen.size();
      switch (fetch(peer, query)) {
        case FetchFailed failed -> {
          return Optional.of(failed.reason() + hint(failed));
        }
        case PageFetched page -> {
          pages++;
          write();
          if (!page.fault().isEmpty()) {
            return Optional.of(page.fault());
          }
          if (out.isBroken()) {
            return Optional.of("the reader of the output has closed it");
          }
          if (page.nextCursor().isEmpty()) {
            return missing;
          }
          long reached = page.nextCursor().get();
          if (Query.Page.cursorIncluding(reached) > cursor) {
            cursor = Query.Page.cursorIncluding(reached);
            if (seen.size() == before) {
              return Optional.of("it repeats its events");
            }
          } else if (page.events() <= pageSize && pageSize < maxPageSize) {
            pageSize = maxPageSize;
          } else {
            if (page.events() <= pageSize) {
              missing = Optional.of("it has more events of one time than a page holds");
            }
            cursor = reached;
          }
        }
      }
    }
    return Optional.of(INTERRUPTED);
  }

  /** Fetches a page, again after a failure, and a smaller one when it is too large. */
  private FetchOutcome fetch(Peer peer, Query.Page query) {
    int size = query.size();
    for (int attempt = 1; ; attempt++) {
      FetchOutcome outcome = fetchOnce(peer, new Query.Page(query.after(), size, query.filter()));
      if (!(outcome instanceof FetchFailed failed)
          || attempt >= TRIES
          || stop.isMade()
          || !mayPass(failed)) {
        return outcome;
      }
      if (failed.failure() == MeshFailure.TOO_LARGE || failed.failure() == MeshFailure.STALLED) {
        size = Math.max(MIN_PAGE_SIZE, size / 4);
        pageSize = size;
        maxPageSize = size;
      }
      Blocking.await(mesh.timer(RETRY_DELAY), LOCAL_TIMEOUT);
    }
  }

  private FetchOutcome fetchOnce(Peer peer, Query.Page query) {
    return request(
        new FetchPage(peer, query, PAGE_TIMEOUT),
        PAGE_TIMEOUT,
        new FetchFailed(MeshFailure.STOPPING, INTERRUPTED));
  }

  private static boolean mayPass(FetchFailed failed) {
    return switch (failed.failure()) {
      case UNREACHABLE, STALLED, CUT_OFF, STATUS, TOO_LARGE -> true;
      case UNSUPPORTED, BAD_SIGNATURE, CLOCK_SKEW, NOT_ASKED, MALFORMED, UNVERIFIABLE, STOPPING ->
          false;
    };
  }

  private String hint(FetchFailed failed) {
    return failed.failure() == MeshFailure.STATUS && failed.reason().startsWith("answers 401")
        ? "; it must know the key of %s: start this nara once in its network"
            .formatted(Terminal.printable(me.name()))
        : "";
  }

  private void write() {
    RawEvents events = mesh.takeOffered();
    for (Span span : events.spans()) {
      byte[] json = Arrays.copyOfRange(events.json(), span.offset(), span.offset() + span.length());
      EventId id = identify(json);
      if (!seen.add(id)) {
        continue;
      }
      if (known.contains(id)) {
        skipped++;
      } else {
        out.write(json);
      }
    }
    if (terminal.interactive()) {
      terminal.status("%s received".formatted(Counted.of(seen.size(), "event")));
    }
  }

  /**
   * The id of an event whose id is the hash of its content. Any other one is known by its bytes: it
   * must not take the place of the event that the id belongs to.
   */
  private EventId identify(byte[] json) {
    return reader.read(json) instanceof ReadResult.ParsedEvent parsed && parsed.idMatches()
        ? parsed.event().id()
        : EventId.parse(HexFormat.of().formatHex(sha256(json), 0, EventId.HEX_LENGTH / 2))
            .orElseThrow();
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException(missing);
    }
  }

  /** The reply. After a request to stop it is the given one: a silent node must not delay that. */
  private <R extends BusMessage> R request(
      MeshRequest<R> request, Duration timeout, R whenStopped) {
    Promise<R> reply = Promise.promise();
    mesh.request(request, timeout.plus(LOCAL_TIMEOUT))
        .onSuccess(reply::tryComplete)
        .onFailure(reply::tryFail);
    stop.onMade(() -> reply.tryComplete(whenStopped));
    return Blocking.await(reply.future(), timeout.plus(LOCAL_TIMEOUT).plus(LOCAL_TIMEOUT));
  }

  @Override
  public void close() {
    mesh.close();
  }
}
