package nara.event.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import nara.event.Event;
import nara.event.EventLimits;
import nara.event.ReadResult;
import nara.event.ReadResult.ParsedEvent;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.fuzz.FuzzTarget;
import nara.fuzz.Property;
import nara.identity.Hashing;
import nara.testing.Vectors;

/** Arbitrary bytes as one event: read as what they are, or unreadable with a reason. */
public final class EventFuzz implements FuzzTarget {
  /** Members of an event that {@link RawEvents} searches. */
  private static final int SEARCHED_MEMBERS = 64;

  private final EventReader reader = new EventReader();

  @Override
  public List<byte[]> seeds() {
    String id = "a1935429c887ed62bcd5a7d1d05e1187";
    Stream<String> odd =
        Stream.of(
            "{\"\\u0069d\":\""
                + id
                + "\",\"ts\":-1,\"svc\":\"seen\",\"seen\":{\"via\":\"\\ud800\"}}",
            "{ \"ts\":9223372036854775807,\"id\":\""
                + id
                + "\",\"svc\":\"ping\",\"ping\":{\"rtt\":-0}}",
            "{\"id\":\"" + id + "\",\"ts\":01,\"svc\":\"seen\",\"seen\":null}");
    return Stream.concat(
            Vectors.json("events.json").get("events").findValuesAsText("json").stream(), odd)
        .map(json -> json.getBytes(UTF_8))
        .toList();
  }

  @Override
  public void run(byte[] input) {
    check(input, reader);
  }

  /** Checks one event; other targets have events inside of what they read. */
  public static void check(byte[] json, EventReader reader) {
    RawEvents raw = RawEvents.of(json);
    switch (reader.read(json)) {
      case ParsedEvent parsed -> {
        Property.holds(json.length <= EventLimits.MAX_EVENT_BYTES, "a read event is not too large");
        checkBytes(json, parsed, reader);
        parsed.validationError().ifPresent(Property::printable);
        checkFastPath(json, raw, parsed);
        checkWrittenAgain(parsed, reader);
      }
      case ReadResult.Unreadable unreadable -> Property.printable(unreadable.reason());
    }
  }

  private static void checkBytes(byte[] json, ParsedEvent parsed, EventReader reader) {
    byte[] kept = parsed.event().json();
    if (Arrays.equals(kept, json)) {
      return;
    }
    Property.holds(
        json.length - kept.length > EventLimits.MAX_PADDING_BYTES,
        "an event keeps its bytes, or all but much padding");
    if (!(reader.read(kept) instanceof ParsedEvent again)) {
      throw new AssertionError("unreadable without padding: " + new String(kept, UTF_8));
    }
    Property.holds(Arrays.equals(again.event().json(), kept), "nothing is left to drop");
    Property.holds(again.event().isCompact(), "an event without padding is compact");
    Property.equal(again.event().id(), parsed.event().id(), "id without padding");
    Property.equal(again.claimedId(), parsed.claimedId(), "claimed id without padding");
  }

  /** The fields cut before parsing are absent or equal those that the parser finds. */
  private static void checkFastPath(byte[] json, RawEvents raw, ParsedEvent parsed) {
    Event event = parsed.event();
    if (raw.id(0) != null) {
      Property.equal(raw.id(0).toString(), parsed.claimedId(), "the peeked id");
    }
    if (raw.hasTs(0)) {
      Property.equal(raw.ts(0), event.ts(), "the peeked timestamp");
    }
    raw.services()
        .forEach(service -> Property.equal(service, event.service().wireName(), "peeked service"));
    try {
      JsonSpans.members(json, SEARCHED_MEMBERS);
    } catch (MalformedJsonException tooMany) {
      return;
    }
    Property.holds(raw.hasTs(0) || event.ts() == 0, "a timestamp is found before parsing");
    MessageDigest hash = Hashing.newSha256();
    raw.hashIds(hash);
    Property.holds(
        Arrays.equals(hash.digest(), Hashing.sha256(parsed.claimedId().getBytes(UTF_8))),
        "the signature over a list covers the id that is read");
  }

  private static void checkWrittenAgain(ParsedEvent parsed, EventReader reader) {
    Event event = parsed.event();
    String signature =
        event
            .signature()
            .map(Base64.getEncoder()::encodeToString)
            .orElse(event.isSigned() ? "-" : "");
    byte[] written =
        EventWriter.write(
            parsed.claimedId(),
            event.ts(),
            event.emitter(),
            event.emitterId(),
            signature,
            event.payload());
    if (written.length > EventLimits.MAX_EVENT_BYTES) {
      return; // Escapes can make it longer than it came.
    }
    if (!(reader.read(written) instanceof ParsedEvent again)) {
      throw new AssertionError("a written event is unreadable: " + new String(written, UTF_8));
    }
    Property.equal(again.event().id(), event.id(), "id");
    Property.equal(again.claimedId(), parsed.claimedId(), "claimed id");
    Property.equal(again.event().payload(), event.payload(), "payload");
    Property.equal(again.event().emitter(), event.emitter(), "emitter");
    Property.equal(again.event().emitterId(), event.emitterId(), "emitter id");
    Property.equal(again.event().isSigned(), event.isSigned(), "signed");
    Property.equal(again.validationError(), parsed.validationError(), "error");
    Property.equal(
        again.event().signature().map(Arrays::toString),
        event.signature().map(Arrays::toString),
        "signature");
    Property.holds(
        Arrays.equals(again.signableHash(), parsed.signableHash()), "the hash that is signed");
  }
}
