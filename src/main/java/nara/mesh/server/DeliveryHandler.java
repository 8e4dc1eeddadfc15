package nara.mesh.server;

import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import nara.bus.Bus;
import nara.event.Chau;
import nara.event.Event;
import nara.event.HeyThere;
import nara.event.ReadResult;
import nara.event.Verdict;
import nara.event.json.EventReader;
import nara.event.json.GoJson;
import nara.event.json.JsonSpans.Span;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.PublicKey;
import nara.ledger.Query;
import nara.mesh.EventOffers;
import nara.mesh.ZineBuilder;
import nara.mesh.wire.MeshException;
import nara.mesh.wire.MeshFailure;
import nara.mesh.wire.MeshLimits;
import nara.mesh.wire.Zine;
import nara.trust.TrustRequest.OfferEvents;
import nara.trust.TrustRequest.OfferResult;
import nara.trust.verifier.SignatureCheck;
import nara.trust.verifier.SignatureVerifier;

/**
 * Receives zines, single events and the owner's imports. Trust verifies their events like those of
 * any response; this class decides only the response to the sender.
 *
 * <p>Lives on the event loop of the server; workers read and verify.
 */
final class DeliveryHandler {
  private final Bus bus;
  private final Identity me;
  private final Keyring keys;
  private final Function<String, Optional<PublicKey>> keyOf;
  private final SignatureVerifier signatureVerifier;
  private final InstantSource clock;
  private final WorkerExecutor workers;
  private final ZineBuilder zineBuilder;
  private final EventReader reader = new EventReader();

  /** Time stamps of the imports whose signature is still fresh, by the hash that was signed. */
  private final Map<String, Long> recentImports = new HashMap<>();

  /**
   * A handler for one server.
   *
   * @param keyOf the key of a name, this node's own included
   */
  DeliveryHandler(
      Bus bus,
      Identity me,
      Keyring keys,
      Function<String, Optional<PublicKey>> keyOf,
      SignatureVerifier signatureVerifier,
      InstantSource clock,
      WorkerExecutor workers) {
    this.bus = bus;
    this.me = me;
    this.keys = keys;
    this.keyOf = keyOf;
    this.signatureVerifier = signatureVerifier;
    this.clock = clock;
    this.workers = workers;
    this.zineBuilder = new ZineBuilder(bus, me, clock, workers);
  }

  /** A body that was read: it is valid, or the response is a rejection. */
  private sealed interface Validated<T> {
    record Rejected<T>(MeshResponse response) implements Validated<T> {}

    record Valid<T>(T value) implements Validated<T> {}

    default Future<MeshResponse> respond(Function<T, Future<MeshResponse>> onValid) {
      return switch (this) {
        case Rejected<T> rejected -> Future.succeededFuture(rejected.response());
        case Valid<T> valid -> onValid.apply(valid.value());
      };
    }
  }

  private static <T> Validated<T> rejected(int status, String text) {
    return new Validated.Rejected<>(MeshResponse.text(status, text));
  }

  // Zines.

  /** Merges the zine of a peer; the response is our zine. */
  Future<MeshResponse> onZine(String sender, byte[] body) {
    return workers
        .executeBlocking(() -> readZine(body), false)
        .compose(
            validated ->
                validated.respond(
                    zine ->
                        offer(sender, body, zine.events())
                            .compose(merged -> zineBuilder.build(ZineBuilder.RESPONSE_SPAN))
                            .map(MeshResponse::json)));
  }

  private Validated<Zine> readZine(byte[] body) {
    Zine zine;
    try {
      zine = Zine.read(body, Query.MAX_EVENTS);
    } catch (MeshException trouble) {
      return trouble.failure() == MeshFailure.TOO_LARGE
          ? rejected(413, "Request body too large")
          : rejected(400, "Invalid JSON");
    }
    if (zine.from().isEmpty()) {
      return rejected(400, "from is required");
    }
    return keyOf
            .apply(zine.from())
            .flatMap(key -> zine.fault(zine.from(), key, signatureVerifier))
            .isPresent()
        ? rejected(403, "Invalid signature")
        : new Validated.Valid<>(zine);
  }

  // Single events.

  /** Merges one event of a peer; the response says whether it was new. */
  Future<MeshResponse> onEvent(String sender, byte[] body) {
    Span event = trimmedSpan(body);
    return workers
        .executeBlocking(() -> readEvent(body, event), false)
        .compose(
            validated ->
                validated.respond(
                    parsedEvent ->
                        offer(sender, body, List.of(event))
                            .compose(offerResult -> eventResponse(parsedEvent, offerResult))));
  }

  private Validated<ReadResult.ParsedEvent> readEvent(byte[] body, Span event) {
    if (!(reader.read(body, event.offset(), event.length())
        instanceof ReadResult.ParsedEvent parsedEvent)) {
      return rejected(400, "Invalid JSON");
    }
    if (!parsedEvent.event().isSigned()) {
      return rejected(400, "Unsigned event rejected");
    }
    return parsedEvent.idMatches()
        ? new Validated.Valid<>(parsedEvent)
        : rejected(403, "Invalid signature");
  }

  private Future<MeshResponse> eventResponse(
      ReadResult.ParsedEvent parsedEvent, OfferResult offerResult) {
    if (offerResult.verdicts().containsKey(Verdict.UNKNOWN_EMITTER)) {
      return Future.succeededFuture(MeshResponse.text(403, "Unknown emitter"));
    }
    if (offerResult.verdicts().containsKey(Verdict.BAD_SIGNATURE)) {
      return Future.succeededFuture(MeshResponse.text(403, "Invalid signature"));
    }
    if (offerResult.verdicts().isEmpty()) {
      // The ledger holds the id as valid, so trust did not verify this signature.
      return workers.executeBlocking(
          () ->
              isSignedByEmitter(parsedEvent)
                  ? successResponse(false)
                  : MeshResponse.text(403, "Invalid signature"),
          false);
    }
    return Future.succeededFuture(successResponse(offerResult.added() > 0));
  }

  private boolean isSignedByEmitter(ReadResult.ParsedEvent parsedEvent) {
    Event event = parsedEvent.event();
    Optional<PublicKey> key =
        switch (event.payload()) {
          case HeyThere hello -> PublicKey.parse(hello.publicKey());
          case Chau goodbye -> PublicKey.parse(goodbye.publicKey());
          default -> keys.byId(event.emitterId()).or(() -> keyOf.apply(event.emitter()));
        };
    return key.isPresent()
        && event
            .signature()
            .map(bytes -> new SignatureCheck(key.get(), parsedEvent.signableHash(), bytes))
            .filter(check -> signatureVerifier.verify(List.of(check))[0])
            .isPresent();
  }

  private MeshResponse successResponse(boolean success) {
    StringBuilder out = new StringBuilder("{\"from\":");
    GoJson.appendString(out, me.name());
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
  Future<MeshResponse> onImport(String sender, byte[] body) {
    Instant now = clock.instant();
    recentImports
        .values()
        .removeIf(ts -> ts + EventImport.MAX_CLOCK_SKEW.toSeconds() < now.getEpochSecond());
    return workers
        .executeBlocking(() -> readImport(body, now), false)
        .compose(validated -> validated.respond(this::onImport));
  }

  private Validated<EventImport> readImport(byte[] body, Instant now) {
    EventImport eventImport;
    try {
      eventImport = EventImport.read(body, MeshLimits.IMPORTED_EVENTS);
    } catch (MeshException trouble) {
      return new Validated.Rejected<>(
          trouble.failure() == MeshFailure.TOO_LARGE
              ? MeshResponse.importRejected(413, trouble.reason())
              : MeshResponse.importRejected(400, "Invalid JSON"));
    }
    return eventImport
        .fault(me, now, signatureVerifier)
        .<Validated<EventImport>>map(
            fault ->
                new Validated.Rejected<>(
                    MeshResponse.importRejected(403, "Authentication failed: " + fault)))
        .orElseGet(() -> new Validated.Valid<>(eventImport));
  }

  private Future<MeshResponse> onImport(EventImport eventImport) {
    int events = eventImport.events().size();
    String signed = HexFormat.of().formatHex(eventImport.signedHash());
    if (recentImports.containsKey(signed)) {
      return Future.succeededFuture(
          MeshResponse.plainJson(EventImport.writeResponse(0, events, 0)));
    }
    return offer("import", eventImport.json(), eventImport.events())
        .map(
            offerResult -> {
              recentImports.put(signed, eventImport.ts());
              int warnings = offerResult.quarantined() + offerResult.rejected();
              return MeshResponse.plainJson(
                  EventImport.writeResponse(
                      offerResult.added(), events - offerResult.added() - warnings, warnings));
            });
  }

  private Future<OfferResult> offer(String source, byte[] json, List<Span> events) {
    return EventOffers.send(bus, new OfferEvents(source, json, events));
  }
}
