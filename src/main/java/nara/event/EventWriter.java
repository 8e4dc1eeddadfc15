package nara.event;

import java.nio.charset.StandardCharsets;
import java.util.List;
import nara.identity.Identity;

/**
 * Writes the JSON of an event that begins here, with fields in the contract's order and letter for
 * letter as the reference would. Events of others are never written anew: their bytes are kept.
 */
public final class EventWriter {
  private EventWriter() {}

  /** The JSON of an event that somebody emits and signs, with the id of its content. */
  public static byte[] signed(Identity emitter, long ts, Payload payload) {
    String content = payload.content();
    String id = Event.idOf(ts, payload.service(), content).toString();
    byte[] hash = Event.signedHash(id, ts, payload.service(), emitter.name(), content);
    String signature = emitter.keys().signBase64(hash);
    return write(id, ts, emitter.name(), emitter.id(), signature, payload);
  }

  /** The JSON of an event that names no emitter, with the id of its content. */
  public static byte[] unsigned(long ts, Payload payload) {
    String id = Event.idOf(ts, payload.service(), payload.content()).toString();
    return write(id, ts, "", "", "", payload);
  }

  /**
   * The JSON of an event.
   *
   * @param id the id to claim; {@link Event#idOf} for an honest one
   * @param emitter who signs, or empty
   * @param emitterId the emitter's nara id, or empty
   * @param signature the signature as Base64, or empty
   */
  public static byte[] write(
      String id, long ts, String emitter, String emitterId, String signature, Payload payload) {
    StringBuilder out = new StringBuilder(512).append("{\"id\":");
    GoJson.text(out, id);
    out.append(",\"ts\":").append(ts).append(",\"svc\":");
    GoJson.text(out, payload.service().wireName());
    optional(out, "emitter", emitter);
    optional(out, "emitter_id", emitterId);
    optional(out, "sig", signature);
    out.append(",\"").append(payload.service().payloadField()).append("\":");
    switch (payload) {
      case Social s -> social(out, s);
      case Ping p -> ping(out, p);
      case Observation o -> observation(out, o);
      case HeyThere h -> heyThere(out, h);
      case Chau c -> chau(out, c);
      case Seen s -> seen(out, s);
      case Checkpoint c -> checkpoint(out, c);
    }
    return out.append('}').toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void social(StringBuilder out, Social s) {
    first(out, "type", s.type());
    optional(out, "actor", s.actor());
    optional(out, "actor_id", s.actorId());
    optional(out, "target", s.target());
    optional(out, "target_id", s.targetId());
    optional(out, "reason", s.reason());
    optional(out, "witness", s.witness());
    out.append('}');
  }

  private static void ping(StringBuilder out, Ping p) {
    int start = out.length();
    optional(out, "observer", p.observer());
    optional(out, "observer_id", p.observerId());
    optional(out, "target", p.target());
    optional(out, "target_id", p.targetId());
    out.append(",\"rtt\":");
    GoJson.number(out, p.rtt());
    open(out, start);
  }

  private static void observation(StringBuilder out, Observation o) {
    int start = out.length();
    optional(out, "observer", o.observer());
    optional(out, "observer_id", o.observerId());
    optional(out, "subject", o.subject());
    optional(out, "subject_id", o.subjectId());
    required(out, "type", o.type());
    out.append(",\"importance\":").append(o.importance());
    if (o.isBackfill()) {
      out.append(",\"is_backfill\":true");
    }
    optional(out, "start_time", o.startTime());
    optional(out, "restart_num", o.restartNum());
    optional(out, "last_restart", o.lastRestart());
    optional(out, "online_state", o.onlineState());
    optional(out, "cluster_name", o.clusterName());
    optional(out, "observer_uptime", o.observerUptime());
    open(out, start);
  }

  private static void heyThere(StringBuilder out, HeyThere h) {
    first(out, "From", h.from());
    required(out, "PublicKey", h.publicKey());
    required(out, "MeshIP", h.meshIp());
    required(out, "ID", h.id());
    required(out, "Signature", h.signature());
    out.append('}');
  }

  private static void chau(StringBuilder out, Chau c) {
    first(out, "From", c.from());
    required(out, "PublicKey", c.publicKey());
    required(out, "ID", c.id());
    required(out, "Signature", c.signature());
    out.append('}');
  }

  private static void seen(StringBuilder out, Seen s) {
    int start = out.length();
    optional(out, "observer", s.observer());
    optional(out, "observer_id", s.observerId());
    optional(out, "subject", s.subject());
    optional(out, "subject_id", s.subjectId());
    required(out, "via", s.via());
    open(out, start);
  }

  private static void checkpoint(StringBuilder out, Checkpoint c) {
    out.append("{\"version\":").append(c.version());
    required(out, "subject", c.subject());
    required(out, "subject_id", c.subjectId());
    optional(out, "previous_checkpoint_id", c.previousCheckpointId());
    out.append(",\"observation\":");
    int start = out.length();
    optional(out, "restarts", c.standing().restarts());
    optional(out, "total_uptime", c.standing().totalUptime());
    optional(out, "start_time", c.standing().startTime());
    open(out, start);
    out.append(",\"as_of_time\":").append(c.asOfTime()).append(",\"round\":").append(c.round());
    list(out, "voter_ids", c.voterIds());
    list(out, "signatures", c.signatures());
    out.append('}');
  }

  private static void list(StringBuilder out, String name, List<String> values) {
    if (values.isEmpty()) {
      return;
    }
    out.append(",\"").append(name).append("\":[");
    for (int i = 0; i < values.size(); i++) {
      if (i > 0) {
        out.append(',');
      }
      GoJson.text(out, values.get(i));
    }
    out.append(']');
  }

  private static void first(StringBuilder out, String name, String value) {
    out.append("{\"").append(name).append("\":");
    GoJson.text(out, value);
  }

  private static void required(StringBuilder out, String name, String value) {
    out.append(",\"").append(name).append("\":");
    GoJson.text(out, value);
  }

  private static void optional(StringBuilder out, String name, String value) {
    if (!value.isEmpty()) {
      required(out, name, value);
    }
  }

  private static void optional(StringBuilder out, String name, long value) {
    if (value != 0) {
      out.append(",\"").append(name).append("\":").append(value);
    }
  }

  /** Opens and closes an object whose members were written each with a comma before it. */
  private static void open(StringBuilder out, int start) {
    if (out.length() == start) {
      out.append("{}");
    } else {
      out.setCharAt(start, '{');
      out.append('}');
    }
  }
}
