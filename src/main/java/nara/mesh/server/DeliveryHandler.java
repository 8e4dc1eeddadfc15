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
import nara.bus.Bus;
import nara.bus.Timeouts;
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
import nara.mesh.ZineBuilder;
import nara.mesh.wire.MeshException;
import nara.mesh.wire.MeshFailure;
import nara.mesh.wire.MeshLimits;
import nara.mesh.wire.Zine;
import nara.trust.TrustRequest;
import nara.trust.TrustRequest.OfferResult;
import nara.trust.verifier.SignatureCheck;
import nara.trust.verifier.SignatureVerifier;

/**
 * Takes what others bring: zines, single events, and the owner's imports. All of it goes through
 * the judge like every answer of a peer; what is decided here is only what the bringer is told.
 *
 * <p>Lives on one event loop, that of the server; reading and verifying are done on workers.
 */
final class DeliveryHandler {
  private final Bus bus;
  private final Identity me;
  private final Keyring keys;
  private final SignatureVerifier signatureVerifier;
  private final InstantSource clock;
  private final WorkerExecutor workers;
  private final ZineBuilder zineBuilder;
  private final EventReader reader = new EventReader();

  /** The imports that were done and would still be taken, by what was signed, with their time. */
  private final Map<String, Long> recentImports = new HashMap<>();

  DeliveryHandler(
      Bus bus,
      Identity me,
      Keyring keys,
      SignatureVerifier signatureVerifier,
      InstantSource clock,
      WorkerExecutor workers) {
    this.bus = bus;
    this.me = me;
    this.keys = keys;
    this.signatureVerifier = signatureVerifier;
    this.clock = clock;
    this.workers = workers;
    this.zineBuilder = new ZineBuilder(bus, me, clock, workers);
  }

  /** A body that was looked at: either the answer is clear already, or there is more to do. */
  private sealed interface Validated<T> {
    record Rejected<T>(MeshResponse meshResponse) implements Validated<T> {}

    record Valid<T>(T value) implements Validated<T> {}
  }

  // Zines.

  /** Somebody gives us a zine; the answer is ours. */
  Future<MeshResponse> onZine(String sender, byte[] body) {
    return workers
        .executeBlocking(() -> readZine(body), false)
        .compose(
            validated ->
                switch (validated) {
                  case Validated.Rejected<Zine> rejected ->
                      Future.succeededFuture(rejected.meshResponse());
                  case Validated.Valid<Zine> valid ->
                      offer(sender, body, valid.value().events())
                          .compose(merged -> zineBuilder.build(ZineBuilder.RESPONSE_SPAN))
                          .map(MeshResponse::json);
                });
  }

  private Validated<Zine> readZine(byte[] body) {
    Zine zine;
    try {
      zine = Zine.read(body, Query.MAX_EVENTS);
    } catch (MeshException trouble) {
      return new Validated.Rejected<>(unreadableBody(trouble));
    }
    if (zine.from().isEmpty()) {
      return new Validated.Rejected<>(MeshResponse.text(400, "from is required"));
    }
    return keyOf(zine.from())
            .flatMap(key -> zine.fault(zine.from(), key, signatureVerifier))
            .isPresent()
        ? new Validated.Rejected<>(MeshResponse.text(403, "Invalid signature"))
        : new Validated.Valid<>(zine);
  }

  // Single events.

  /** Somebody sends us one event. */
  Future<MeshResponse> onEvent(String sender, byte[] body) {
    Span event = trimmedSpan(body);
    return workers
        .executeBlocking(() -> readMessage(body, event), false)
        .compose(
            validated ->
                switch (validated) {
                  case Validated.Rejected<ReadResult.ParsedEvent> rejected ->
                      Future.succeededFuture(rejected.meshResponse());
                  case Validated.Valid<ReadResult.ParsedEvent> valid ->
                      offer(sender, body, List.of(event))
                          .compose(offerResult -> eventResponse(valid.value(), offerResult));
                });
  }

  private Validated<ReadResult.ParsedEvent> readMessage(byte[] body, Span event) {
    if (!(reader.read(body, event.offset(), event.length())
        instanceof ReadResult.ParsedEvent parsedEvent)) {
      return new Validated.Rejected<>(MeshResponse.text(400, "Invalid JSON"));
    }
    if (!parsedEvent.event().isSigned()) {
      return new Validated.Rejected<>(MeshResponse.text(400, "Unsigned event rejected"));
    }
    return parsedEvent.idMatches()
        ? new Validated.Valid<>(parsedEvent)
        : new Validated.Rejected<>(MeshResponse.text(403, "Invalid signature"));
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
      // Its id is held as valid, so the judge did not look at this one's signature.
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
          default -> keys.byId(event.emitterId()).or(() -> keyOf(event.emitter()));
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

  /** Where the event stands in a body that may have white space around it. */
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
   * The owner gives us a backup. The same import once more changes nothing and costs no judging, so
   * that whoever overheard it gains nothing by repeating it.
   */
  Future<MeshResponse> onImport(byte[] body) {
    Instant now = clock.instant();
    recentImports
        .values()
        .removeIf(ts -> ts + EventImport.MAX_CLOCK_SKEW.toSeconds() < now.getEpochSecond());
    return workers
        .executeBlocking(() -> readImport(body, now), false)
        .compose(
            validated ->
                switch (validated) {
                  case Validated.Rejected<EventImport> rejected ->
                      Future.succeededFuture(rejected.meshResponse());
                  case Validated.Valid<EventImport> valid -> onImport(valid.value());
                });
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
    return events.isEmpty()
        ? Future.succeededFuture(OfferResult.NONE)
        : bus.request(
            TrustRequest.ADDRESS,
            new TrustRequest.OfferEvents(source, json, events),
            Timeouts.MERGE);
  }

  private Optional<PublicKey> keyOf(String name) {
    return name.equals(me.name()) ? Optional.of(me.keys().publicKey()) : keys.byName(name);
  }

  private static MeshResponse unreadableBody(MeshException trouble) {
    return trouble.failure() == MeshFailure.TOO_LARGE
        ? MeshResponse.text(413, "Request body too large")
        : MeshResponse.text(400, "Invalid JSON");
  }
}
