package nara.mesh;

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
import nara.event.Chau;
import nara.event.Event;
import nara.event.EventReader;
import nara.event.GoJson;
import nara.event.HeyThere;
import nara.event.JsonSpans.Span;
import nara.event.Reading;
import nara.event.Verdict;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.PublicKey;
import nara.ledger.Query;
import nara.trust.SignatureCheck;
import nara.trust.TrustRequest;
import nara.trust.TrustRequest.Offered;
import nara.trust.Verifier;

/**
 * Takes what others bring: zines, single events, and the owner's imports. All of it goes through
 * the judge like every answer of a peer; what is decided here is only what the bringer is told.
 *
 * <p>Lives on one event loop, that of the server; reading and verifying are done on workers.
 */
final class Deliveries {
  private final Bus bus;
  private final Identity me;
  private final Keyring keys;
  private final Verifier verifier;
  private final InstantSource clock;
  private final WorkerExecutor workers;
  private final Zines zines;
  private final EventReader reader = new EventReader();

  /** The imports that were done and would still be taken, by what was signed, with their time. */
  private final Map<String, Long> imported = new HashMap<>();

  Deliveries(
      Bus bus,
      Identity me,
      Keyring keys,
      Verifier verifier,
      InstantSource clock,
      WorkerExecutor workers) {
    this.bus = bus;
    this.me = me;
    this.keys = keys;
    this.verifier = verifier;
    this.clock = clock;
    this.workers = workers;
    this.zines = new Zines(bus, me, clock, workers);
  }

  /** A body that was looked at: either the answer is clear already, or there is more to do. */
  private sealed interface Looked<T> {
    record Refused<T>(Reply reply) implements Looked<T> {}

    record Good<T>(T value) implements Looked<T> {}
  }

  // Zines.

  /** Somebody gives us a zine; the answer is ours. */
  Future<Reply> zine(String sender, byte[] body) {
    return workers
        .executeBlocking(() -> readZine(body), false)
        .compose(
            looked ->
                switch (looked) {
                  case Looked.Refused<Zine> refused -> Future.succeededFuture(refused.reply());
                  case Looked.Good<Zine> good ->
                      offer(sender, body, good.value().events())
                          .compose(merged -> zines.make(Zines.SPAN))
                          .map(Reply::json);
                });
  }

  private Looked<Zine> readZine(byte[] body) {
    Zine zine;
    try {
      zine = Zine.read(body, Query.MOST);
    } catch (MeshTrouble trouble) {
      return new Looked.Refused<>(unreadable(trouble));
    }
    if (zine.from().isEmpty()) {
      return new Looked.Refused<>(Reply.text(400, "from is required"));
    }
    return keyOf(zine.from()).flatMap(key -> zine.fault(zine.from(), key, verifier)).isPresent()
        ? new Looked.Refused<>(Reply.text(403, "Invalid signature"))
        : new Looked.Good<>(zine);
  }

  // Single events.

  /** Somebody sends us one event. */
  Future<Reply> message(String sender, byte[] body) {
    Span event = stripped(body);
    return workers
        .executeBlocking(() -> readMessage(body, event), false)
        .compose(
            looked ->
                switch (looked) {
                  case Looked.Refused<Reading.Read> refused ->
                      Future.succeededFuture(refused.reply());
                  case Looked.Good<Reading.Read> good ->
                      offer(sender, body, List.of(event))
                          .compose(offered -> judged(good.value(), offered));
                });
  }

  private Looked<Reading.Read> readMessage(byte[] body, Span event) {
    if (!(reader.read(body, event.offset(), event.length()) instanceof Reading.Read read)) {
      return new Looked.Refused<>(Reply.text(400, "Invalid JSON"));
    }
    if (!read.event().signed()) {
      return new Looked.Refused<>(Reply.text(400, "Unsigned event rejected"));
    }
    return read.idMatches()
        ? new Looked.Good<>(read)
        : new Looked.Refused<>(Reply.text(403, "Invalid signature"));
  }

  private Future<Reply> judged(Reading.Read read, Offered offered) {
    if (offered.verdicts().containsKey(Verdict.UNKNOWN_EMITTER)) {
      return Future.succeededFuture(Reply.text(403, "Unknown emitter"));
    }
    if (offered.verdicts().containsKey(Verdict.BAD_SIGNATURE)) {
      return Future.succeededFuture(Reply.text(403, "Invalid signature"));
    }
    if (offered.verdicts().isEmpty()) {
      // Its id is held as valid, so the judge did not look at this one's signature.
      return workers.executeBlocking(
          () -> signedByEmitter(read) ? taken(false) : Reply.text(403, "Invalid signature"), false);
    }
    return Future.succeededFuture(taken(offered.added() > 0));
  }

  private boolean signedByEmitter(Reading.Read read) {
    Event event = read.event();
    Optional<PublicKey> key =
        switch (event.payload()) {
          case HeyThere hello -> PublicKey.parse(hello.publicKey());
          case Chau goodbye -> PublicKey.parse(goodbye.publicKey());
          default -> keys.byId(event.emitterId()).or(() -> keyOf(event.emitter()));
        };
    return key.isPresent()
        && event
            .signature()
            .map(bytes -> new SignatureCheck(key.get(), read.hashToSign(), bytes))
            .filter(check -> verifier.verify(List.of(check))[0])
            .isPresent();
  }

  private Reply taken(boolean success) {
    StringBuilder out = new StringBuilder("{\"from\":");
    GoJson.text(out, me.name());
    return Reply.json(out.append(",\"success\":").append(success).append("}\n").toString());
  }

  /** Where the event stands in a body that may have white space around it. */
  private static Span stripped(byte[] body) {
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
  Future<Reply> restore(byte[] body) {
    Instant now = clock.instant();
    imported.values().removeIf(ts -> ts + Import.WINDOW.toSeconds() < now.getEpochSecond());
    return workers
        .executeBlocking(() -> readImport(body, now), false)
        .compose(
            looked ->
                switch (looked) {
                  case Looked.Refused<Import> refused -> Future.succeededFuture(refused.reply());
                  case Looked.Good<Import> good -> restore(good.value());
                });
  }

  private Looked<Import> readImport(byte[] body, Instant now) {
    Import owners;
    try {
      owners = Import.read(body, MeshLimits.IMPORTED_EVENTS);
    } catch (MeshTrouble trouble) {
      return new Looked.Refused<>(
          trouble.failure() == MeshFailure.TOO_LARGE
              ? Reply.importRefused(413, trouble.reason())
              : Reply.importRefused(400, "Invalid JSON"));
    }
    return owners
        .fault(me, now, verifier)
        .<Looked<Import>>map(
            fault ->
                new Looked.Refused<>(Reply.importRefused(403, "Authentication failed: " + fault)))
        .orElseGet(() -> new Looked.Good<>(owners));
  }

  private Future<Reply> restore(Import owners) {
    int events = owners.events().size();
    String signed = HexFormat.of().formatHex(owners.signed());
    if (imported.containsKey(signed)) {
      return Future.succeededFuture(Reply.plainJson(Import.answer(0, events, 0)));
    }
    return offer("import", owners.json(), owners.events())
        .map(
            offered -> {
              imported.put(signed, owners.ts());
              int warnings = offered.quarantined() + offered.rejected();
              return Reply.plainJson(
                  Import.answer(offered.added(), events - offered.added() - warnings, warnings));
            });
  }

  private Future<Offered> offer(String source, byte[] json, List<Span> events) {
    return events.isEmpty()
        ? Future.succeededFuture(Offered.NOTHING)
        : bus.ask(
            TrustRequest.ADDRESS,
            new TrustRequest.Offer(source, json, events),
            MeshLimits.MERGE_TIME);
  }

  private Optional<PublicKey> keyOf(String name) {
    return name.equals(me.name()) ? Optional.of(me.keys().publicKey()) : keys.byName(name);
  }

  private static Reply unreadable(MeshTrouble trouble) {
    return trouble.failure() == MeshFailure.TOO_LARGE
        ? Reply.text(413, "Request body too large")
        : Reply.text(400, "Invalid JSON");
  }
}
