package nara.stash.wire;

import java.util.Base64;
import nara.event.json.JsonFields;
import nara.event.json.JsonRecord;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.event.json.JsonSpans.Span;
import nara.event.json.JsonWriter;

/**
 * What a message of the stash says. Times are Unix seconds. The JSON has the reference's fields in
 * the reference's order, because the signature of the message covers it.
 */
public sealed interface StashPayload {
  /** The kind in the message, for example {@code stash:store}. */
  String kind();

  /** The nara whose stash it is about, by id. */
  String ownerId();

  /** Writes the fields. */
  void write(JsonWriter out);

  /**
   * An owner gives its stash to a confidant.
   *
   * @param owner its name, or empty
   * @param writtenAt by the owner's word
   */
  record Store(String ownerId, String owner, byte[] nonce, byte[] ciphertext, long writtenAt)
      implements StashPayload {
    static final String KIND = "stash:store";

    @Override
    public String kind() {
      return KIND;
    }

    @Override
    public void write(JsonWriter out) {
      out.text("owner_id", ownerId)
          .optional("owner", owner)
          .text("nonce", encode(nonce))
          .text("ciphertext", encode(ciphertext))
          .number("ts", writtenAt);
    }
  }

  /**
   * The reply to {@link Store}.
   *
   * @param reason why the confidant refuses; empty on success
   */
  record Ack(String ownerId, long storedAt, boolean success, String reason)
      implements StashPayload {
    static final String KIND = "stash:ack";

    @Override
    public String kind() {
      return KIND;
    }

    @Override
    public void write(JsonWriter out) {
      out.text("owner_id", ownerId)
          .number("stored_at", storedAt)
          .flag("success", success)
          .optional("reason", reason);
    }
  }

  /** An owner asks for its stash. */
  record Request(String ownerId, String requestId) implements StashPayload {
    static final String KIND = "stash:request";

    @Override
    public String kind() {
      return KIND;
    }

    @Override
    public void write(JsonWriter out) {
      out.text("owner_id", ownerId).optional("request_id", requestId);
    }
  }

  /**
   * The reply to {@link Request}; a confidant also sends it unasked when it hears the owner.
   *
   * @param nonce empty unless found, like the ciphertext and the time
   */
  record Response(
      String ownerId,
      String requestId,
      boolean found,
      byte[] nonce,
      byte[] ciphertext,
      long storedAt)
      implements StashPayload {
    static final String KIND = "stash:response";

    /** The response without a stash. */
    public static Response notFound(String ownerId, String requestId) {
      return new Response(ownerId, requestId, false, new byte[0], new byte[0], 0);
    }

    @Override
    public String kind() {
      return KIND;
    }

    @Override
    public void write(JsonWriter out) {
      out.text("owner_id", ownerId)
          .optional("request_id", requestId)
          .flag("found", found)
          .optional("nonce", encode(nonce))
          .optional("ciphertext", encode(ciphertext))
          .optional("stored_at", storedAt);
    }
  }

  private static String encode(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /**
   * Reads the payload of a message.
   *
   * @throws MalformedJsonException for an unknown kind, or when the bytes are no such payload
   */
  static StashPayload read(String kind, byte[] json, Span span) {
    return switch (kind) {
      case Store.KIND -> {
        JsonRecord store = Fields.STORE.read(json, span);
        yield new Store(
            store.text("owner_id"),
            store.text("owner"),
            decode(store, "nonce"),
            decode(store, "ciphertext"),
            store.number("ts"));
      }
      case Ack.KIND -> {
        JsonRecord ack = Fields.ACK.read(json, span);
        yield new Ack(
            ack.text("owner_id"), ack.number("stored_at"), ack.flag("success"), ack.text("reason"));
      }
      case Request.KIND -> {
        JsonRecord request = Fields.REQUEST.read(json, span);
        yield new Request(request.text("owner_id"), request.text("request_id"));
      }
      case Response.KIND -> {
        JsonRecord response = Fields.RESPONSE.read(json, span);
        yield new Response(
            response.text("owner_id"),
            response.text("request_id"),
            response.flag("found"),
            decode(response, "nonce"),
            decode(response, "ciphertext"),
            response.number("stored_at"));
      }
      default -> throw new MalformedJsonException("unknown kind");
    };
  }

  private static byte[] decode(JsonRecord payload, String field) {
    try {
      return Base64.getDecoder().decode(payload.text(field));
    } catch (IllegalArgumentException notBase64) {
      throw new MalformedJsonException(field + " is not Base64");
    }
  }

  /** The fields of each kind. The ciphertext is the only long text. */
  final class Fields {
    private static final JsonFields STORE =
        table().texts("owner_id", "owner", "nonce", "ciphertext").numbers("ts");
    private static final JsonFields ACK =
        table().texts("owner_id").numbers("stored_at").flag("success").texts("reason");
    private static final JsonFields REQUEST = table().texts("owner_id", "request_id");
    private static final JsonFields RESPONSE =
        table()
            .texts("owner_id", "request_id")
            .flag("found")
            .texts("nonce", "ciphertext")
            .numbers("stored_at");

    private Fields() {}

    private static JsonFields table() {
      return new JsonFields(StashLimits.MESSAGE_BYTES, true);
    }
  }
}
