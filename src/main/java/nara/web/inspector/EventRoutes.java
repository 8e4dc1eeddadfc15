package nara.web.inspector;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import nara.bus.Bus;
import nara.bus.Timeouts;
import nara.event.Chau;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.EventId;
import nara.event.HeyThere;
import nara.event.Observation;
import nara.event.Ping;
import nara.event.Seen;
import nara.event.Social;
import nara.event.Verdict;
import nara.identity.Keyring;
import nara.identity.PublicKey;
import nara.ledger.InspectionRequest;
import nara.ledger.InspectionRequest.EventFilter;
import nara.ledger.InspectionRequest.EventList;
import nara.ledger.InspectionRequest.FoundEvent;
import nara.ledger.InspectionRequest.Position;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.status.NodeFacts;
import nara.trust.OfferSource;
import nara.trust.TrustRequest;
import nara.trust.TrustRequest.Arrival;
import nara.web.http.ReadRoutes;
import nara.web.http.ReferenceJson;
import nara.web.http.Reply;
import nara.web.http.Reply.BadRequest;
import nara.web.reference.EventWords;

/** The events of this node's ledger: a list by page, and each of them. */
public final class EventRoutes {
  private static final String BASE = "/api/inspector/";

  /** As in the reference. */
  private static final int DEFAULT_LIMIT = 100;

  private final Bus bus;
  private final NodeFacts facts;
  private final Keyring keys;

  public EventRoutes(Vertx vertx, NodeFacts facts, Keyring keys) {
    this.bus = Bus.of(vertx);
    this.facts = facts;
    this.keys = keys;
  }

  public void addTo(ReadRoutes routes) {
    routes.get(BASE + "events", this::list);
    routes.get(BASE + "event/:id", this::find);
  }

  private Future<?> list(RoutingContext context) {
    EventFilter filter =
        new EventFilter(
            ReadRoutes.parameter(context, "service").map(Set::of).orElse(Set.of()),
            ReadRoutes.parameter(context, "subject").map(Set::of).orElse(Set.of()),
            ReadRoutes.number(context, "after", Long.MIN_VALUE, Long.MIN_VALUE, Long.MAX_VALUE),
            ReadRoutes.number(context, "before", Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE),
            ReadRoutes.parameter(context, "cursor").map(EventRoutes::position));
    int limit =
        (int) ReadRoutes.number(context, "limit", DEFAULT_LIMIT, 1, InspectionRequest.MAX_EVENTS);
    int offset = (int) ReadRoutes.number(context, "offset", 0, 0, InspectionRequest.MAX_OFFSET);
    return bus.request(
            InspectionRequest.ADDRESS,
            new InspectionRequest.ListEvents(filter, offset, limit),
            Timeouts.STATUS)
        .map(EventRoutes::json);
  }

  /** Reads what {@link #json(EventList)} wrote as {@code next_cursor}. */
  private static Position position(String cursor) {
    int end = cursor.indexOf('-', 1);
    Optional<EventId> id = end < 0 ? Optional.empty() : EventId.parse(cursor.substring(end + 1));
    try {
      if (id.isPresent()) {
        return new Position(Long.parseLong(cursor.substring(0, end)), id.get());
      }
    } catch (NumberFormatException invalid) {
      // Told below.
    }
    throw new BadRequest("cursor: expected the next_cursor of another page");
  }

  private static JsonObject json(EventList list) {
    JsonArray events = new JsonArray();
    list.events().forEach(judged -> events.add(summary(judged.event())));
    JsonObject json = new JsonObject().put("events", events).put("has_more", list.hasMore());
    if (list.hasMore() && !list.events().isEmpty()) {
      Event last = list.events().getLast().event();
      json.put("next_cursor", last.ts() + "-" + last.id());
    }
    return json.put("total", list.total());
  }

  private static JsonObject summary(Event event) {
    EventWords words = EventWords.of(event);
    return new JsonObject()
        .put("id", event.id().toString())
        .put("timestamp", event.ts())
        .put("service", event.service().wireName())
        .put("emitter", event.emitter())
        .put("emitter_id", event.emitterId())
        .put("signed", event.isSigned())
        .put(
            "ui_format",
            new JsonObject()
                .put("detail", words.detail())
                .put("icon", words.icon())
                .put("text", words.text()));
  }

  private Future<?> find(RoutingContext context) {
    Optional<EventId> id = EventId.parse(context.pathParam("id"));
    if (id.isEmpty()) {
      throw new Reply.NotThere("event not found: an id has 32 lower-case hex digits");
    }
    Future<FoundEvent> found =
        bus.request(
            InspectionRequest.ADDRESS, new InspectionRequest.FindEvent(id.get()), Timeouts.STATUS);
    Future<Optional<Arrival>> arrival =
        bus.request(TrustRequest.ADDRESS, new TrustRequest.FindArrival(id.get()), Timeouts.STATUS)
            .map(TrustRequest.FoundArrival::arrival)
            .otherwise(Optional.empty());
    return Future.all(found, arrival).map(both -> json(found.result(), arrival.result()));
  }

  private JsonObject json(FoundEvent found, Optional<Arrival> arrival) {
    JudgedEvent judged = found.event().orElseThrow(() -> new Reply.NotThere("event not found"));
    long now = Event.unixNanos(facts.clock().instant());
    JsonObject json =
        new JsonObject()
            .put("event", onWire(judged.event()))
            .put(
                "metadata",
                new JsonObject()
                    .put("age_seconds", (now - judged.event().ts()) / 1_000_000_000L)
                    .put("event_index", found.index())
                    .put("total_events", found.total()))
            .put("verification", verification(judged));
    arrival.ifPresent(known -> json.put("arrival", json(known)));
    return json;
  }

  private static JsonObject json(Arrival arrival) {
    JsonObject json =
        new JsonObject()
            .put("way", arrival.source().way().label())
            .put("at", arrival.at().toString());
    if (arrival.source().way() == OfferSource.Way.PEER) {
      json.put("peer", arrival.source().peer());
    }
    return json;
  }

  /** The event as it was received. */
  static Object onWire(Event event) {
    String json = new String(event.json(), StandardCharsets.UTF_8);
    // White space between tokens could be what a terminal must not get.
    return event.isCompact() ? new ReferenceJson.Raw(json) : new JsonObject(json);
  }

  /** By the verdict of this node when it merged the event; nothing is verified again. */
  private JsonObject verification(JudgedEvent judged) {
    Event event = judged.event();
    boolean signed = event.isSigned();
    boolean valid = signed && judged.verdict() == Verdict.VALID;
    boolean keyKnown = valid || signed && keyKnown(event);
    String error =
        !signed || valid
            ? null
            : keyKnown ? "signature verification failed" : "public key not found for emitter";
    return new JsonObject()
        .put("is_signed", signed)
        .put("public_key_known", keyKnown)
        .put("signable_content", "")
        .put("signature_valid", valid)
        .put("verdict", judged.verdict().label())
        .put("verification_error", error);
  }

  private boolean keyKnown(Event event) {
    return switch (event.payload()) {
      case HeyThere there -> PublicKey.parse(there.publicKey()).isPresent();
      case Chau chau -> PublicKey.parse(chau.publicKey()).isPresent();
      case Checkpoint checkpoint ->
          checkpoint.voterIds().stream().anyMatch(id -> !keys.keysOfId(id).isEmpty());
      case Social social -> isKnown(event.emitter());
      case Ping ping -> isKnown(event.emitter());
      case Observation observation -> isKnown(event.emitter());
      case Seen seen -> isKnown(event.emitter());
    };
  }

  private boolean isKnown(String name) {
    return keys.byName(name).isPresent();
  }
}
