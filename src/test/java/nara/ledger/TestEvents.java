package nara.ledger;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import nara.event.Event;
import nara.event.Payload;
import nara.event.ReadResult;
import nara.event.Verdict;
import nara.event.json.EventReader;
import nara.event.json.EventWriter;
import nara.ledger.LedgerRequest.JudgedEvent;

/** Makes events for tests. */
public final class TestEvents {
  public static final long SECOND = 1_000_000_000L;

  private static final EventReader READER = new EventReader();

  private TestEvents() {}

  /** The event of that JSON, which must be readable. */
  static Event read(byte[] json) {
    if (READER.read(json) instanceof ReadResult.ParsedEvent event) {
      return event.event();
    }
    throw new AssertionError(new String(json, StandardCharsets.UTF_8) + " is no event");
  }

  static Event read(String json) {
    return read(json.getBytes(StandardCharsets.UTF_8));
  }

  public static Event event(long ts, Payload payload) {
    return event(ts, "", payload);
  }

  /** An event with an emitter id, which changes its bytes but not its id. */
  public static Event event(long ts, String emitterId, Payload payload) {
    String id = Event.idOf(ts, payload.service(), payload.content()).toString();
    return read(EventWriter.write(id, ts, "", emitterId, "", payload));
  }

  /** An event with a signature of its emitter that no key verifies. */
  public static Event signed(long ts, String emitter, Payload payload) {
    String id = Event.idOf(ts, payload.service(), payload.content()).toString();
    return read(EventWriter.write(id, ts, emitter, "", "c2lnbmF0dXJl", payload));
  }

  public static JudgedEvent unsigned(Event event) {
    return new JudgedEvent(event, Verdict.UNSIGNED);
  }

  static List<JudgedEvent> allUnsigned(Event... events) {
    return Stream.of(events).map(TestEvents::unsigned).toList();
  }

  static List<JudgedEvent> unsigned(JsonNode jsons) {
    List<JudgedEvent> judged = new ArrayList<>();
    for (JsonNode json : jsons) {
      judged.add(unsigned(read((json.isTextual() ? json : json.get("json")).asText())));
    }
    return judged;
  }

  static List<String> ids(List<Event> events) {
    return events.stream().map(e -> e.id().toString()).toList();
  }

  /** The JSON of all visible events of a ledger, in its order. */
  public static List<String> content(Ledger ledger) {
    return ledger.export().stream().map(e -> new String(e.json(), StandardCharsets.UTF_8)).toList();
  }
}
