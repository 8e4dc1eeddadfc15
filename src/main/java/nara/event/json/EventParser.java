package nara.event.json;

import java.util.Arrays;
import java.util.List;
import nara.bounds.SafeText;
import nara.event.Chau;
import nara.event.Checkpoint;
import nara.event.Checkpoint.AgreedValues;
import nara.event.Event;
import nara.event.EventId;
import nara.event.EventLimits;
import nara.event.HeyThere;
import nara.event.Observation;
import nara.event.Payload;
import nara.event.Ping;
import nara.event.ReadResult;
import nara.event.Seen;
import nara.event.Service;
import nara.event.Social;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.event.json.JsonSpans.Span;

/** The fields of an event and of its seven payloads, and the events that are made of them. */
final class EventParser {
  private static final Service[] SERVICES = Service.values();

  private static final JsonFields AGREED_VALUES =
      new JsonFields().numbers("restarts", "total_uptime", "start_time");

  /** The fields of each service's payload. */
  private static final List<JsonFields> PAYLOADS =
      Arrays.stream(SERVICES).map(EventParser::payloadFields).toList();

  private static final JsonFields EVENT =
      new JsonFields()
          .uniqueText("id")
          .numbers("ts")
          .texts("svc", "emitter", "emitter_id")
          .textSpan("sig")
          .oneObjectOf(Arrays.stream(SERVICES).map(Service::payloadField).toList(), PAYLOADS);

  private EventParser() {}

  /**
   * Reads the event that the bytes are; the event keeps them. It keeps a copy without the {@link
   * PlainJson padding} when that takes more than {@link EventLimits#MAX_PADDING_BYTES}: with large
   * forms of honest events, a peer could fill the ledger.
   *
   * @param hashed whether to hash what the emitter of a signed event signed
   */
  static ReadResult parse(byte[] json, StringInterner interner, boolean hashed) {
    JsonRecord event = EVENT.newRecord();
    try {
      JsonReader.readObject(json, 0, json.length, event, interner);
      boolean compact = JsonSpans.isCompact(json);
      if (event.hasUnknownFields || !compact) {
        byte[] plain = PlainJson.of(json, EVENT);
        if (json.length - plain.length > EventLimits.MAX_PADDING_BYTES) {
          return parse(plain, interner, hashed);
        }
      }
      return toReadResult(json, event, compact && !event.hasUnknownFields, hashed);
    } catch (MalformedJsonException malformed) {
      return new ReadResult.Unreadable(event.text("id"), malformed.getMessage());
    }
  }

  private static ReadResult toReadResult(
      byte[] json, JsonRecord fields, boolean compact, boolean hashed) {
    String claimedId = fields.text("id");
    long ts = fields.number("ts");
    String svc = fields.text("svc");
    String emitter = fields.text("emitter");
    String emitterId = fields.text("emitter_id");
    Span sig = fields.span("sig");
    JsonRecord payloadFields = fields.oneObject();
    Service service = Service.ofWireName(svc);
    if (service == null) {
      throw new MalformedJsonException("unknown service '" + SafeText.excerpt(svc) + "'");
    }
    if (payloadFields == null) {
      throw new MalformedJsonException("service " + svc + " without its payload");
    }
    if (payloadFields.fields != PAYLOADS.get(service.ordinal())) {
      String other = SERVICES[PAYLOADS.indexOf(payloadFields.fields)].wireName();
      throw new MalformedJsonException("service " + svc + " with the payload of " + other);
    }
    Payload payload = payload(service, payloadFields);
    String content = payload.content();
    EventId id = Event.idOf(ts, service, content);
    int sigStart = signatureStart(json, sig);
    int sigLength = sig == null ? 0 : sig.length();
    Event event =
        new Event(json, id, ts, emitter, emitterId, payload, sigStart, sigLength, compact);
    byte[] signedHash =
        hashed && event.isSigned()
            ? Event.signedHash(claimedId, ts, service, emitter, content)
            : null;
    String error = ts == 0 ? "ts is zero" : payload.validationError().orElse(null);
    return new ReadResult.ParsedEvent(event, claimedId, signedHash, error);
  }

  /**
   * Where the signature begins in the bytes, or -1 when it can't be valid. No honest node escapes a
   * letter of it. With an escape the text is longer in the bytes than as read.
   */
  private static int signatureStart(byte[] json, Span signature) {
    if (signature == null || signature.length() == 0) {
      return -1;
    }
    int end = signature.offset() + signature.length();
    return end < json.length && json[end] == '"' ? signature.offset() : -1;
  }

  private static JsonFields payloadFields(Service service) {
    return switch (service) {
      case SOCIAL ->
          new JsonFields()
              .texts("type", "actor", "actor_id", "target", "target_id", "reason", "witness");
      case PING ->
          new JsonFields().texts("observer", "observer_id", "target", "target_id").reals("rtt");
      case OBSERVATION ->
          new JsonFields()
              .texts("observer", "observer_id", "subject", "subject_id", "type")
              .numbers("importance")
              .flag("is_backfill")
              .numbers("start_time", "restart_num", "last_restart")
              .texts("online_state", "cluster_name")
              .numbers("observer_uptime");
      case HEY_THERE -> new JsonFields().texts("From", "PublicKey", "MeshIP", "ID", "Signature");
      case CHAU -> new JsonFields().texts("From", "PublicKey", "ID", "Signature");
      case SEEN ->
          new JsonFields().texts("observer", "observer_id", "subject", "subject_id", "via");
      case CHECKPOINT ->
          new JsonFields()
              .numbers("version")
              .texts("subject", "subject_id", "previous_checkpoint_id")
              .object("observation", AGREED_VALUES)
              .numbers("as_of_time", "round")
              .textList("voter_ids", EventLimits.MAX_VOTERS)
              .textList("signatures", EventLimits.MAX_VOTERS);
    };
  }

  private static Payload payload(Service service, JsonRecord p) {
    return switch (service) {
      case SOCIAL ->
          new Social(
              p.text("type"),
              p.text("actor"),
              p.text("actor_id"),
              p.text("target"),
              p.text("target_id"),
              p.text("reason"),
              p.text("witness"));
      case PING ->
          new Ping(
              p.text("observer"),
              p.text("observer_id"),
              p.text("target"),
              p.text("target_id"),
              p.real("rtt"));
      case OBSERVATION ->
          new Observation(
              p.text("observer"),
              p.text("observer_id"),
              p.text("subject"),
              p.text("subject_id"),
              p.text("type"),
              p.number("importance"),
              p.flag("is_backfill"),
              p.number("start_time"),
              p.number("restart_num"),
              p.number("last_restart"),
              p.text("online_state"),
              p.text("cluster_name"),
              p.number("observer_uptime"));
      case HEY_THERE ->
          new HeyThere(
              p.text("From"),
              p.text("PublicKey"),
              p.text("MeshIP"),
              p.text("ID"),
              p.text("Signature"));
      case CHAU -> new Chau(p.text("From"), p.text("PublicKey"), p.text("ID"), p.text("Signature"));
      case SEEN ->
          new Seen(
              p.text("observer"),
              p.text("observer_id"),
              p.text("subject"),
              p.text("subject_id"),
              p.text("via"));
      case CHECKPOINT ->
          new Checkpoint(
              p.number("version"),
              p.text("subject"),
              p.text("subject_id"),
              p.text("previous_checkpoint_id"),
              agreedValues(p.object("observation")),
              p.number("as_of_time"),
              p.number("round"),
              p.texts("voter_ids"),
              p.texts("signatures"));
    };
  }

  private static AgreedValues agreedValues(JsonRecord values) {
    return new AgreedValues(
        values.number("restarts"), values.number("total_uptime"), values.number("start_time"));
  }
}
