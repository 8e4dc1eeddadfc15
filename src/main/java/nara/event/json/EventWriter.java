package nara.event.json;

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
 * Writes the JSON of new events, byte for byte as the reference does. Received events are never
 * written again: their bytes are kept.
 */
public final class EventWriter {
  private EventWriter() {}

  /** The JSON of a signed event, with the id of its content. */
  public static byte[] writeSigned(Identity emitter, long ts, Payload payload) {
    String content = payload.content();
    String id = Event.idOf(ts, payload.service(), content).toString();
    byte[] hash = Event.signedHash(id, ts, payload.service(), emitter.name(), content);
    String signature = emitter.keys().signBase64(hash);
    return write(id, ts, emitter.name(), emitter.id(), signature, payload);
  }

  /** The JSON of an event without emitter, with the id of its content. */
  public static byte[] writeUnsigned(long ts, Payload payload) {
    String id = Event.idOf(ts, payload.service(), payload.content()).toString();
    return write(id, ts, "", "", "", payload);
  }

  /**
   * The JSON of an event.
   *
   * @param id the claimed id; {@link Event#idOf} gives the honest one
   * @param emitter the signer's name, or empty
   * @param emitterId the emitter's nara id, or empty
   * @param signature the signature as Base64, or empty
   */
  public static byte[] write(
      String id, long ts, String emitter, String emitterId, String signature, Payload payload) {
    return JsonWriter.begin()
        .text("id", id)
        .number("ts", ts)
        .text("svc", payload.service().wireName())
        .optional("emitter", emitter)
        .optional("emitter_id", emitterId)
        .optional("sig", signature)
        .object(payload.service().payloadField(), out -> payload(out, payload))
        .end()
        .toBytes();
  }

  private static void payload(JsonWriter out, Payload payload) {
    switch (payload) {
      case Social s ->
          out.text("type", s.type())
              .optional("actor", s.actor())
              .optional("actor_id", s.actorId())
              .optional("target", s.target())
              .optional("target_id", s.targetId())
              .optional("reason", s.reason())
              .optional("witness", s.witness());
      case Ping p ->
          out.optional("observer", p.observer())
              .optional("observer_id", p.observerId())
              .optional("target", p.target())
              .optional("target_id", p.targetId())
              .real("rtt", p.rtt());
      case Observation o ->
          out.optional("observer", o.observer())
              .optional("observer_id", o.observerId())
              .optional("subject", o.subject())
              .optional("subject_id", o.subjectId())
              .text("type", o.type())
              .number("importance", o.importance())
              .optional("is_backfill", o.isBackfill())
              .optional("start_time", o.startTime())
              .optional("restart_num", o.restartNum())
              .optional("last_restart", o.lastRestart())
              .optional("online_state", o.onlineState())
              .optional("cluster_name", o.clusterName())
              .optional("observer_uptime", o.observerUptime());
      case HeyThere h ->
          out.text("From", h.from())
              .text("PublicKey", h.publicKey())
              .text("MeshIP", h.meshIp())
              .text("ID", h.id())
              .text("Signature", h.signature());
      case Chau c ->
          out.text("From", c.from())
              .text("PublicKey", c.publicKey())
              .text("ID", c.id())
              .text("Signature", c.signature());
      case Seen s ->
          out.optional("observer", s.observer())
              .optional("observer_id", s.observerId())
              .optional("subject", s.subject())
              .optional("subject_id", s.subjectId())
              .text("via", s.via());
      case Checkpoint c ->
          out.number("version", c.version())
              .text("subject", c.subject())
              .text("subject_id", c.subjectId())
              .optional("previous_checkpoint_id", c.previousCheckpointId())
              .object("observation", agreed -> agreedValues(agreed, c.agreedValues()))
              .number("as_of_time", c.asOfTime())
              .number("round", c.round())
              .optional("voter_ids", c.voterIds())
              .optional("signatures", c.signatures());
    }
  }

  /** Writes the values that voters agreed on, also in proposals and votes. */
  public static void agreedValues(JsonWriter out, Checkpoint.AgreedValues values) {
    out.optional("restarts", values.restarts())
        .optional("total_uptime", values.totalUptime())
        .optional("start_time", values.startTime());
  }
}
