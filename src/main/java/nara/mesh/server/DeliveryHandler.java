package nara.mesh.server;

import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.time.Instant;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import nara.bus.Bus;
import nara.event.Chau;
import nara.event.Event;
import nara.event.HeyThere;
import nara.event.ReadResult.ParsedEvent;
import nara.event.Verdict;
import nara.event.json.EventReader;
import nara.event.json.GoJson;
import nara.event.json.JsonSpans.Span;
import nara.event.json.RawEvents;
import nara.identity.KeyLookup;
import nara.identity.PublicKey;
import nara.identity.Witness;
import nara.ledger.Query;
import nara.mesh.EventOffers;
import nara.mesh.MeshNode;
import nara.mesh.ZineBuilder;
import nara.mesh.wire.MeshException;
import nara.mesh.wire.MeshFailure;
import nara.mesh.wire.MeshLimits;
import nara.mesh.wire.Zine;
import nara.trust.OfferSource;
import nara.trust.TrustRequest.OfferEvents;
import nara.trust.TrustRequest.OfferResult;
import nara.trust.verifier.SignatureCheck;

/**
 * Receives zines, single events and the owner's imports. Trust verifies their events like those of
 * any response; this class decides only the response to the sender.
 *
 * <p>Lives on the event loop of the server; workers read and verify.
 */
final class DeliveryHandler {
  private final Bus bus;
  private final MeshNode node;
  private final WorkerExecutor workers;
  private final ZineBuilder builder;
  private final EventReader reader = new EventReader();

  /** Time stamps of the imports whose signature is still fresh, by the hash that was signed. */
  private final Map<String, Long> recentImports = new HashMap<>();

  DeliveryHandler(Bus bus, MeshNode node, WorkerExecutor workers) {
    this.bus = bus;
    this.node = node;
    this.workers = workers;
    this.builder = new ZineBuilder(bus, node, workers);
  }

  /** A body that was read: it is valid, or the response is a rejection. */
  private sealed interface Validated<T> {
    record Rejected<T>(MeshResponse response) implements Validated<T> {}

    record Valid<T>(T value) implements Validated<T> {}
  }

  private <T> Future<MeshResponse> respond(
      Callable<Validated<T>> read, Function<T, Future<MeshResponse>> onValid) {
    return workers
        .executeBlocking(read, false)
        .compose(
            validated ->
                switch (validated) {
                  case Validated.Rejected<T> not -> Future.succeededFuture(not.response());
                  case Validated.Valid<T> valid -> onValid.apply(valid.value());
                });
  }

  private static <T> Validated<T> rejected(int status, String text) {
    return new Validated.Rejected<>(MeshResponse.text(status, text));
  }

  // Zines.

  /** Merges the zine of a peer; the response is our zine. */
  Future<MeshResponse> onZine(Requester sender, byte[] body) {
    return respond(
        () -> readZine(body),
        zine ->
            offer(sender, zine.events())
                .compose(merged -> builder.build(MeshLimits.ZINE_SPAN))
                .map(MeshResponse::json));
  }

  private Validated<Zine> readZine(byte[] body) {
    Zine zine;
    try {
      zine = Zine.read(body, Query.MAX_EVENTS);
    } catch (MeshException fault) {
      return fault.failure() == MeshFailure.TOO_LARGE
          ? rejected(413, "Request body too large")
          : rejected(400, "Invalid JSON");
    }
    if (zine.from().isEmpty()) {
      return rejected(400, "from is required");
    }
    return node.keyOf(zine.from())
            .flatMap(key -> zine.fault(zine.from(), key, node.verifier()))
            .isPresent()
        ? rejected(403, "Invalid signature")
        : new Validated.Valid<>(zine);
  }

  // Single events.

  /** Merges one event of a peer; the response says whether it was new. */
  Future<MeshResponse> onEvent(Requester sender, byte[] body) {
    Span event = trimmedSpan(body);
    return respond(
        () -> readEvent(body, event),
        parsed ->
            offer(sender, RawEvents.of(body, List.of(event)))
                .compose(result -> eventResponse(parsed, result)));
  }

  private Validated<ParsedEvent> readEvent(byte[] body, Span event) {
    if (!(reader.read(body, event.offset(), event.length()) instanceof ParsedEvent parsed)) {
      return rejected(400, "Invalid JSON");
    }
    if (!parsed.event().isSigned()) {
      return rejected(400, "Unsigned event rejected");
    }
    return parsed.idMatches() ? new Validated.Valid<>(parsed) : rejected(403, "Invalid signature");
  }

  private Future<MeshResponse> eventResponse(ParsedEvent parsed, OfferResult result) {
    if (result.verdicts().containsKey(Verdict.UNKNOWN_EMITTER)) {
      return Future.succeededFuture(MeshResponse.text(403, "Unknown emitter"));
    }
    if (result.verdicts().containsKey(Verdict.BAD_SIGNATURE)) {
      return Future.succeededFuture(MeshResponse.text(403, "Invalid signature"));
    }
    if (result.verdicts().isEmpty()) {
      // The ledger holds the id as valid, so trust did not verify this signature.
      return workers.executeBlocking(
          () ->
              isSignedByEmitter(parsed)
                  ? successResponse(false)
                  : MeshResponse.text(403, "Invalid signature"),
          false);
    }
    return Future.succeededFuture(successResponse(result.added() > 0));
  }

  private boolean isSignedByEmitter(ParsedEvent parsed) {
    Event event = parsed.event();
    Optional<PublicKey> key =
        switch (event.payload()) {
          case HeyThere hello -> PublicKey.parse(hello.publicKey());
          case Chau goodbye -> PublicKey.parse(goodbye.publicKey());
          default ->
              node.keys().lookup(event.emitter(), event.emitterId())
                      instanceof KeyLookup.Known known
                  ? Optional.of(known.key())
                  : Optional.empty();
        };
    return key.isPresent()
        && event
            .signature()
            .map(bytes -> new SignatureCheck(key.get(), parsed.signableHash(), bytes))
            .filter(check -> node.verifier().verify(List.of(check))[0])
            .isPresent();
  }

  private MeshResponse successResponse(boolean success) {
    StringBuilder out = new StringBuilder("{\"from\":");
    GoJson.appendString(out, node.name());
    return MeshResponse.json(out.append(",\"success\":").append(success).append("}\n").toString());
  }

  /** The event without the white space around it. */
  private static Span trimmedSpan(byte[] body) {
    int from = 0;
    int to = body.length;
    while (from < to && body[from] <= ' ' && body[from] >= 0) {
      from++;
    }
    while (to > from && body[to - 1] <= ' ' && body[to - 1] >= 0) {
      to--;
    }
    return new Span(from, to - from);
  }

  // Imports.

  /**
   * Merges a backup of the owner. A repeated import is not verified again, so an eavesdropper gains
   * nothing by sending it once more.
   */
  Future<MeshResponse> onImport(Requester sender, byte[] body) {
    Instant now = node.clock().instant();
    long oldest = now.getEpochSecond() - MeshLimits.IMPORT_CLOCK_SKEW.toSeconds();
    recentImports.values().removeIf(ts -> ts < oldest);
    return respond(() -> readImport(body, now), this::onImport);
  }

  private Validated<EventImport> readImport(byte[] body, Instant now) {
    EventImport parsed;
    try {
      parsed = EventImport.read(body, MeshLimits.IMPORTED_EVENTS);
    } catch (MeshException fault) {
      return new Validated.Rejected<>(
          fault.failure() == MeshFailure.TOO_LARGE
              ? MeshResponse.importRejected(413, fault.reason())
              : MeshResponse.importRejected(400, "Invalid JSON"));
    }
    if (parsed.ts() < 0) {
      return new Validated.Rejected<>(
          MeshResponse.importRejected(400, "ts: expected Unix seconds, got " + parsed.ts()));
    }
    Optional<String> fault = parsed.fault(node.me(), now, node.verifier());
    return fault.isEmpty()
        ? new Validated.Valid<>(parsed)
        : new Validated.Rejected<>(
            MeshResponse.importRejected(403, "Authentication failed: " + fault.get()));
  }

  private Future<MeshResponse> onImport(EventImport parsed) {
    int events = parsed.events().size();
    String signed = HexFormat.of().formatHex(parsed.signedHash());
    if (recentImports.containsKey(signed)) {
      return Future.succeededFuture(
          MeshResponse.plainJson(EventImport.writeResponse(0, events, 0)));
    }
    return offer(OfferSource.IMPORT, Witness.OWNER, parsed.events())
        .map(
            result -> {
              recentImports.put(signed, parsed.ts());
              int warnings = result.quarantined() + result.rejected();
              return MeshResponse.plainJson(
                  EventImport.writeResponse(
                      result.added(), events - result.added() - warnings, warnings));
            });
  }

  private Future<OfferResult> offer(Requester sender, RawEvents events) {
    return offer(OfferSource.peer(sender.name()), new Witness(sender.address(), false), events);
  }

  private Future<OfferResult> offer(OfferSource source, Witness witness, RawEvents events) {
    return EventOffers.send(bus, new OfferEvents(source, witness, events, false));
  }
}
