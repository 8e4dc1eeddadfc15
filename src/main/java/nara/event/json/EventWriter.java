package nara.event.json;

import java.nio.charset.StandardCharsets;
import java.util.List;
import nara.event.Chau;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.HeyThere;
import nara.event.Observation;
import nara.event.Payload;
import nara.event.Ping;
import nara.event.Seen;
import nara.event.Social;
import nara.identity.Identity;

/**
 * Writes the JSON of an event that begins here, with fields in the contract's order and letter for
 * letter as the reference would. Events of others are never written anew: their bytes are kept.
 */
public final class EventWriter {
  private EventWriter() {}

  /** The JSON of an event that somebody emits and signs, with the id of its content. */
  public static byte[] writeSigned(Identity emitter, long ts, Payload payload) {
    String content = payload.content();
    String id = Event.idOf(ts, payload.service(), content).toString();
    byte[] hash = Event.signedHash(id, ts, payload.service(), emitter.name(), content);
    String signature = emitter.keys().signBase64(hash);
    return write(id, ts, emitter.name(), emitter.id(), signature, payload);
  }

  /** The JSON of an event that names no emitter, with the id of its content. */
  public static byte[] writeUnsigned(long ts, Payload payload) {
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
    GoJson.appendString(out, id);
    out.append(",\"ts\":").append(ts).append(",\"svc\":");
    GoJson.appendString(out, payload.service().wireName());
    optionalField(out, "emitter", emitter);
    optionalField(out, "emitter_id", emitterId);
    optionalField(out, "sig", signature);
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
    firstField(out, "type", s.type());
    optionalField(out, "actor", s.actor());
    optionalField(out, "actor_id", s.actorId());
    optionalField(out, "target", s.target());
    optionalField(out, "target_id", s.targetId());
    optionalField(out, "reason", s.reason());
    optionalField(out, "witness", s.witness());
    out.append('}');
  }

  private static void ping(StringBuilder out, Ping p) {
    int start = out.length();
    optionalField(out, "observer", p.observer());
    optionalField(out, "observer_id", p.observerId());
    optionalField(out, "target", p.target());
    optionalField(out, "target_id", p.targetId());
    out.append(",\"rtt\":");
    GoJson.appendNumber(out, p.rtt());
    wrapObject(out, start);
  }

  private static void observation(StringBuilder out, Observation o) {
    int start = out.length();
    optionalField(out, "observer", o.observer());
    optionalField(out, "observer_id", o.observerId());
    optionalField(out, "subject", o.subject());
    optionalField(out, "subject_id", o.subjectId());
    requiredField(out, "type", o.type());
    out.append(",\"importance\":").append(o.importance());
    if (o.isBackfill()) {
      out.append(",\"is_backfill\":true");
    }
    optionalField(out, "start_time", o.startTime());
    optionalField(out, "restart_num", o.restartNum());
    optionalField(out, "last_restart", o.lastRestart());
    optionalField(out, "online_state", o.onlineState());
    optionalField(out, "cluster_name", o.clusterName());
    optionalField(out, "observer_uptime", o.observerUptime());
    wrapObject(out, start);
  }

  private static void heyThere(StringBuilder out, HeyThere h) {
    firstField(out, "From", h.from());
    requiredField(out, "PublicKey", h.publicKey());
    requiredField(out, "MeshIP", h.meshIp());
    requiredField(out, "ID", h.id());
    requiredField(out, "Signature", h.signature());
    out.append('}');
  }

  private static void chau(StringBuilder out, Chau c) {
    firstField(out, "From", c.from());
    requiredField(out, "PublicKey", c.publicKey());
    requiredField(out, "ID", c.id());
    requiredField(out, "Signature", c.signature());
    out.append('}');
  }

  private static void seen(StringBuilder out, Seen s) {
    int start = out.length();
    optionalField(out, "observer", s.observer());
    optionalField(out, "observer_id", s.observerId());
    optionalField(out, "subject", s.subject());
    optionalField(out, "subject_id", s.subjectId());
    requiredField(out, "via", s.via());
    wrapObject(out, start);
  }

  private static void checkpoint(StringBuilder out, Checkpoint c) {
    out.append("{\"version\":").append(c.version());
    requiredField(out, "subject", c.subject());
    requiredField(out, "subject_id", c.subjectId());
    optionalField(out, "previous_checkpoint_id", c.previousCheckpointId());
    out.append(",\"observation\":");
    int start = out.length();
    optionalField(out, "restarts", c.agreedValues().restarts());
    optionalField(out, "total_uptime", c.agreedValues().totalUptime());
    optionalField(out, "start_time", c.agreedValues().startTime());
    wrapObject(out, start);
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
      GoJson.appendString(out, values.get(i));
    }
    out.append(']');
  }

  private static void firstField(StringBuilder out, String name, String value) {
    out.append("{\"").append(name).append("\":");
    GoJson.appendString(out, value);
  }

  private static void requiredField(StringBuilder out, String name, String value) {
    out.append(",\"").append(name).append("\":");
    GoJson.appendString(out, value);
  }

  private static void optionalField(StringBuilder out, String name, String value) {
    if (!value.isEmpty()) {
      requiredField(out, name, value);
    }
  }

  private static void optionalField(StringBuilder out, String name, long value) {
    if (value != 0) {
      out.append(",\"").append(name).append("\":").append(value);
    }
  }

  /** Opens and closes an object whose members were written each with a comma before it. */
  private static void wrapObject(StringBuilder out, int start) {
    if (out.length() == start) {
      out.append("{}");
    } else {
      out.setCharAt(start, '{');
      out.append('}');
    }
  }
}
