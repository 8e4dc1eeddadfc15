package nara.event;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;

/**
 * One event: what was decoded, and the JSON it came as.
 *
 * <p>The bytes are kept because everything downstream is about them: they are what is served and
 * relayed, unknown fields survive in them, and nothing is encoded twice. The {@link #id()} is the
 * one computed from the content; what the JSON claimed is in {@link
 * ReadResult.ParsedEvent#claimedId()}.
 *
 * <p>Immutable. Two events are equal when their bytes would be (identity is enough for the code
 * here, so {@code equals} is not overridden; compare {@link #id()} or {@link #json()}).
 */
public final class Event {
  /** One for each thread, since making one costs as much as a hash. */
  private static final ThreadLocal<MessageDigest> SHA256 = ThreadLocal.withInitial(Event::sha256);

  private final byte[] json;

  // The id stands here and not in an object of its own, which would be one more for each event to
  // keep and to fetch when a ledger is searched.
  private final long idHigh;
  private final long idLow;
  private final long ts;
  private final String emitter;
  private final String emitterId;
  private final Payload payload;

  /** Where the text of the signature stands in {@link #json}; -1 when there is none. */
  private final int signatureStart;

  private final int signatureLength;

  public Event(
      byte[] json,
      EventId id,
      long ts,
      String emitter,
      String emitterId,
      Payload payload,
      int signatureStart,
      int signatureLength) {
    this.json = json;
    this.idHigh = id.high();
    this.idLow = id.low();
    this.ts = ts;
    this.emitter = emitter;
    this.emitterId = emitterId;
    this.payload = payload;
    this.signatureStart = signatureStart;
    this.signatureLength = signatureLength;
  }

  /** The event's JSON as it came. Not copied: nobody changes it. */
  public byte[] json() {
    return json;
  }

  /** The id computed from timestamp, service and content. */
  public EventId id() {
    return new EventId(idHigh, idLow);
  }

  /** Whether that is its id. */
  public boolean hasId(EventId id) {
    return idLow == id.low() && idHigh == id.high();
  }

  /** When it happened by its emitter's clock, Unix nanoseconds. */
  public long ts() {
    return ts;
  }

  public Service service() {
    return payload.service();
  }

  /** The name of who signed it, or empty. */
  public String emitter() {
    return emitter;
  }

  /** The nara id of who signed it, or empty; not under the signature. */
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
    return !emitter.isEmpty() && signatureLength > 0;
  }

  /** Whether it names an emitter but carries no signature: as if one had been stripped. */
  public boolean isSignatureMissing() {
    return !emitter.isEmpty() && signatureLength == 0;
  }

  /** The 64 bytes of the signature; empty when there is none or it is not Base64 of 64 bytes. */
  public Optional<byte[]> signature() {
    if (signatureLength <= 0 || signatureStart < 0) {
      return Optional.empty();
    }
    return Signatures.decode(
        Arrays.copyOfRange(json, signatureStart, signatureStart + signatureLength));
  }

  /**
   * Whether a sample must contain it: checkpoints, the events that carry keys, and observations of
   * importance 3.
   */
  public boolean isCritical() {
    return switch (payload) {
      case Checkpoint c -> true;
      case HeyThere h -> true;
      case Chau c -> true;
      case Observation o -> o.importance() == 3;
      case Social s -> false;
      case Ping p -> false;
      case Seen s -> false;
    };
  }

  /** The id of a content at a time: the first 16 bytes of SHA-256 over {@code ts:svc:content}. */
  public static EventId idOf(long ts, Service service, String content) {
    byte[] hash = SHA256.get().digest(utf8(ts + ":" + service.wireName() + ':' + content));
    return new EventId(bigEndian(hash, 0), bigEndian(hash, 8));
  }

  /**
   * A time as events state it: Unix nanoseconds.
   *
   * @throws ArithmeticException for times beyond the year 2262
   */
  public static long unixNanos(Instant time) {
    return Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000_000L), time.getNano());
  }

  /** What the emitter signs: SHA-256 over {@code id:ts:svc:emitter:content}, 32 bytes. */
  public static byte[] signedHash(
      String id, long ts, Service service, String emitter, String content) {
    return SHA256
        .get()
        .digest(utf8(id + ':' + ts + ':' + service.wireName() + ':' + emitter + ':' + content));
  }

  @Override
  public String toString() {
    return service().wireName() + ' ' + id() + " at " + ts;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every JDK has SHA-256", missing);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static long bigEndian(byte[] bytes, int offset) {
    long value = 0;
    for (int i = 0; i < 8; i++) {
      value = value << 8 | bytes[offset + i] & 0xff;
    }
    return value;
  }
}
