package nara.event;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Optional;
import nara.identity.Hashing;

/**
 * One event: the decoded fields, and the JSON as received.
 *
 * <p>The bytes are kept because they are served and relayed: unknown fields survive, and nothing is
 * encoded twice. {@link #id()} is computed from the content; {@link
 * ReadResult.ParsedEvent#claimedId()} is the id in the JSON.
 *
 * <p>Immutable. Equality is identity; compare {@link #id()} or {@link #json()}.
 */
public final class Event {
  /** One per thread, since creating one costs as much as a hash. */
  private static final ThreadLocal<MessageDigest> SHA256 =
      ThreadLocal.withInitial(Hashing::newSha256);

  /** Bits of a place or a length in an event of at most {@link EventLimits#MAX_EVENT_BYTES}. */
  private static final int PLACE_BITS = 15;

  private static final int PLACE_MASK = (1 << PLACE_BITS) - 1;

  private final byte[] json;

  // Not an EventId: one object less per event to keep, and to fetch when a ledger is searched.
  private final long idHigh;
  private final long idLow;
  private final long ts;
  private final String emitter;
  private final String emitterId;
  private final Payload payload;

  // In one number, since a ledger keeps a million events: 15 bits for the start of the signature
  // plus one, 15 bits for its length, and one bit for the compact form.
  private final int form;

  /**
   * @param signatureStart where the text of the signature stands in the JSON, or -1
   * @param signatureLength of that text in bytes; it fits into {@link EventLimits#MAX_EVENT_BYTES}
   * @param compact see {@link #isCompact}
   */
  public Event(
      byte[] json,
      EventId id,
      long ts,
      String emitter,
      String emitterId,
      Payload payload,
      int signatureStart,
      int signatureLength,
      boolean compact) {
    this.json = json;
    this.idHigh = id.high();
    this.idLow = id.low();
    this.ts = ts;
    this.emitter = emitter;
    this.emitterId = emitterId;
    this.payload = payload;
    if (signatureStart < -1
        || signatureStart >= PLACE_MASK
        || signatureLength < 0
        || signatureLength > PLACE_MASK) {
      throw new IllegalArgumentException(
          "a signature of " + signatureLength + " bytes at " + signatureStart);
    }
    this.form = (signatureStart + 1) << PLACE_BITS + 1 | signatureLength << 1 | (compact ? 1 : 0);
  }

  private int signatureStart() {
    return (form >>> PLACE_BITS + 1) - 1;
  }

  private int signatureLength() {
    return form >>> 1 & PLACE_MASK;
  }

  /** The JSON as received. Not a copy: do not change it. */
  public byte[] json() {
    return json;
  }

  /** Whether the JSON has no white space between its tokens and no unknown fields. */
  public boolean isCompact() {
    return (form & 1) != 0;
  }

  /** The id computed from timestamp, service and content. */
  public EventId id() {
    return new EventId(idHigh, idLow);
  }

  /** The same as {@code id().equals(id)}, without an object. */
  public boolean hasId(EventId id) {
    return idLow == id.low() && idHigh == id.high();
  }

  /** The time by the emitter's clock, Unix nanoseconds. */
  public long ts() {
    return ts;
  }

  public Service service() {
    return payload.service();
  }

  /** The name of the nara that signed it, or empty. */
  public String emitter() {
    return emitter;
  }

  /**
   * The name of the nara whose key must have signed it: that of a hey-there or chau, else the
   * emitter of a signed event; empty for a checkpoint and for an unsigned event.
   */
  public String signer() {
    return switch (payload) {
      case HeyThere there -> isSigned() ? there.from() : "";
      case Chau chau -> isSigned() ? chau.from() : "";
      case Checkpoint checkpoint -> "";
      case Social social -> isSigned() ? emitter : "";
      case Ping ping -> isSigned() ? emitter : "";
      case Observation observation -> isSigned() ? emitter : "";
      case Seen seen -> isSigned() ? emitter : "";
    };
  }

  /** The nara id of the emitter, or empty; not under the signature. */
  public String emitterId() {
    return emitterId;
  }

  public Payload payload() {
    return payload;
  }

  public String actor() {
    return payload.actor();
  }

  public String target() {
    return payload.target();
  }

  /** Whether it claims to be signed: it names an emitter and carries a signature. */
  public boolean isSigned() {
    return !emitter.isEmpty() && signatureLength() > 0;
  }

  /** Whether it names an emitter but carries no signature. */
  public boolean isSignatureMissing() {
    return !emitter.isEmpty() && signatureLength() == 0;
  }

  /** The 64 bytes of the signature; empty when it is absent or not Base64 of 64 bytes. */
  public Optional<byte[]> signature() {
    if (signatureLength() == 0 || signatureStart() < 0) {
      return Optional.empty();
    }
    return Signatures.decode(
        new String(json, signatureStart(), signatureLength(), StandardCharsets.ISO_8859_1));
  }

  /** Whether each sample contains it: it is a checkpoint, carries a key, or has importance 3. */
  public boolean isCritical() {
    return switch (payload) {
      case Checkpoint checkpoint -> true;
      case HeyThere there -> true;
      case Chau chau -> true;
      case Observation observation -> observation.importance() == 3;
      case Social social -> false;
      case Ping ping -> false;
      case Seen seen -> false;
    };
  }

  /** The id of a content at a time: the first 16 bytes of SHA-256 over {@code ts:svc:content}. */
  public static EventId idOf(long ts, Service service, String content) {
    ByteBuffer hash = ByteBuffer.wrap(sha256(ts + ":" + service.wireName() + ':' + content));
    return new EventId(hash.getLong(), hash.getLong());
  }

  /**
   * A time in Unix nanoseconds, as events state it.
   *
   * @throws ArithmeticException for times beyond the year 2262
   */
  public static long unixNanos(Instant time) {
    return Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000_000L), time.getNano());
  }

  /** The hash that the emitter signs: SHA-256 over {@code id:ts:svc:emitter:content}, 32 bytes. */
  public static byte[] signedHash(
      String id, long ts, Service service, String emitter, String content) {
    return sha256(id + ':' + ts + ':' + service.wireName() + ':' + emitter + ':' + content);
  }

  @Override
  public String toString() {
    return service().wireName() + ' ' + id() + " at " + ts;
  }

  private static byte[] sha256(String text) {
    return SHA256.get().digest(text.getBytes(StandardCharsets.UTF_8));
  }
}
