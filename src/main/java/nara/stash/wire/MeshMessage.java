package nara.stash.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import nara.event.json.JsonFields;
import nara.event.json.JsonRecord;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.event.json.JsonSpans.Span;
import nara.event.json.JsonWriter;
import nara.identity.Base58;
import nara.identity.Hashing;
import nara.identity.Identity;

/**
 * One message of {@code POST /mesh/message}.
 *
 * <p>The signature covers {@link #signedText} only: not the version, the names, the content key and
 * {@code in_reply_to}. A receiver prints that text again from the fields that it read, as the
 * reference does. So a payload with other fields, or in another order, has no valid signature.
 *
 * @param contentKey empty in the messages of the stash
 * @param version 1; 0 counts as 1
 * @param from the sender's name, or empty
 * @param fromId the sender's id
 * @param to the receiver's name, or empty
 * @param toId the receiver's id, or empty
 * @param timestamp RFC 3339, as the sender wrote it
 * @param signature as Base64, or empty
 * @param inReplyTo the id of the message that this one replies to, or empty
 */
public record MeshMessage(
    String id,
    String contentKey,
    long version,
    String from,
    String fromId,
    String to,
    String toId,
    String timestamp,
    StashPayload payload,
    String signature,
    String inReplyTo) {
  private static final JsonFields FIELDS =
      new JsonFields(StashLimits.TEXT_CHARACTERS, true)
          .texts("id", "content_key", "kind")
          .numbers("version")
          .texts("from", "from_id", "to", "to_id", "timestamp")
          .objectSpan("payload")
          .texts("signature", "in_reply_to");

  private static final JsonFields REPLIES =
      new JsonFields().elementList("replies", StashLimits.REPLIES);

  /** Characters of an id. */
  private static final int ID_LENGTH = 16;

  /** The receiver of a message. Its id is empty while unknown. */
  public record Receiver(String name, String id) {}

  /** Writes and signs a message of this node. Not for an event loop. */
  public static MeshMessage sign(
      Identity me, Receiver to, Instant now, StashPayload payload, String inReplyTo) {
    String timestamp = timestamp(now);
    byte[] unique = (payload.kind() + me.id() + to.name() + timestamp).getBytes(UTF_8);
    byte[] content = JsonWriter.begin().object("payload", payload::write).end().toBytes();
    String id = Base58.encode(Hashing.sha256(unique, content)).substring(0, ID_LENGTH);
    MeshMessage unsigned =
        new MeshMessage(
            id, "", 1, me.name(), me.id(), to.name(), to.id(), timestamp, payload, "", inReplyTo);
    return unsigned.withSignature(me.keys().signBase64(unsigned.signedText()));
  }

  private MeshMessage withSignature(String made) {
    return new MeshMessage(
        id, contentKey, version, from, fromId, to, toId, timestamp, payload, made, inReplyTo);
  }

  /** A time in UTC as the reference's language prints it: without trailing zeros. */
  static String timestamp(Instant time) {
    String whole = time.truncatedTo(ChronoUnit.SECONDS).toString();
    String seconds = whole.substring(0, whole.length() - 1);
    if (time.getNano() == 0) {
      return seconds + 'Z';
    }
    return seconds + '.' + "%09d".formatted(time.getNano()).replaceAll("0+$", "") + 'Z';
  }

  /** The time of the message; empty when the text is none. */
  public Optional<Instant> time() {
    try {
      return Optional.of(OffsetDateTime.parse(timestamp).toInstant());
    } catch (DateTimeException notATime) {
      return Optional.empty();
    }
  }

  /** What the sender signs, without hashing it first. */
  public byte[] signedText() {
    return JsonWriter.begin()
        .text("id", id)
        .text("kind", payload.kind())
        .text("from_id", fromId)
        .optional("to_id", toId)
        .text("timestamp", timestamp)
        .object("payload", payload::write)
        .end()
        .toBytes();
  }

  /** The JSON, byte for byte as the reference writes it. */
  public byte[] json() {
    return JsonWriter.begin()
        .text("id", id)
        .optional("content_key", contentKey)
        .text("kind", payload.kind())
        .number("version", version)
        .optional("from", from)
        .text("from_id", fromId)
        .optional("to", to)
        .optional("to_id", toId)
        .text("timestamp", timestamp)
        .object("payload", payload::write)
        .optional("signature", signature)
        .optional("in_reply_to", inReplyTo)
        .end()
        .toBytes();
  }

  /** Replies in the body of a response: a list, ended by a newline. */
  public static byte[] jsonList(MeshMessage reply) {
    return ('[' + new String(reply.json(), UTF_8) + "]\n").getBytes(UTF_8);
  }

  /**
   * Reads a message.
   *
   * @throws MalformedJsonException when the bytes are none, or one of an unknown kind or version
   */
  public static MeshMessage read(byte[] json) {
    if (json.length > StashLimits.MESSAGE_BYTES) {
      throw new MalformedJsonException("the message has " + json.length + " bytes");
    }
    JsonRecord message = FIELDS.read(json);
    if (message.number("version") < 0 || message.number("version") > 1) {
      throw new MalformedJsonException("unknown version");
    }
    if (message.span("payload") == null) {
      throw new MalformedJsonException("payload is missing");
    }
    return new MeshMessage(
        message.text("id"),
        message.text("content_key"),
        message.number("version"),
        message.text("from"),
        message.text("from_id"),
        message.text("to"),
        message.text("to_id"),
        message.text("timestamp"),
        StashPayload.read(message.text("kind"), json, message.span("payload")),
        message.text("signature"),
        message.text("in_reply_to"));
  }

  /**
   * Reads the replies in the body of a response; none when it is empty.
   *
   * @throws MalformedJsonException when the body is anything else
   */
  public static List<MeshMessage> readList(byte[] body) {
    String text = new String(body, UTF_8).strip();
    if (text.isEmpty()) {
      return List.of();
    }
    if (body.length > StashLimits.REPLIES * StashLimits.MESSAGE_BYTES) {
      throw new MalformedJsonException("the replies have " + body.length + " bytes");
    }
    byte[] object = ("{\"replies\":" + text + '}').getBytes(UTF_8);
    List<MeshMessage> replies = new ArrayList<>();
    for (Span span : REPLIES.cut(object, 1, StashLimits.MESSAGE_BYTES).elements("replies")) {
      replies.add(read(Arrays.copyOfRange(object, span.offset(), span.offset() + span.length())));
    }
    return replies;
  }
}
