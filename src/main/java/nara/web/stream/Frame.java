package nara.web.stream;

import io.vertx.core.json.JsonObject;
import java.util.Locale;
import nara.bounds.SafeText;
import nara.event.Event;
import nara.web.http.ReferenceJson;
import nara.web.reference.EventWords;

/** Writes the frames of the stream. JSON has no line feeds, so one data line holds it. */
final class Frame {
  private Frame() {}

  /** Why events are not shown. */
  enum SkipReason {
    /** More came than a second may have. */
    RATE,
    /** They are too old for the kept ones. */
    GONE,
    /** The client's last event is of another run of the node or of the stream. */
    RESTART
  }

  /** The first frame of each client. */
  static String connected(String server) {
    return "retry: %d\nevent: connected\ndata: %s\n\n"
        .formatted(StreamLimits.RETRY.toMillis(), json(new JsonObject().put("server", server)));
  }

  /** A comment: clients ignore it, and proxies see traffic. */
  static String keepAlive() {
    return ": keep-alive\n\n";
  }

  static String event(String id, Event event) {
    EventWords words = EventWords.of(event);
    JsonObject data =
        new JsonObject()
            .put("detail", words.detail())
            .put("emitter", event.emitter())
            .put("icon", words.icon())
            .put("id", event.id().toString())
            .put("service", event.service().wireName())
            .put("text", words.text())
            .put("timestamp", event.ts());
    return "id: %s\nevent: %s\ndata: %s\n\n".formatted(id, event.service().wireName(), json(data));
  }

  /**
   * Says that events are not shown.
   *
   * @param count of them; null when it is not known
   */
  static String skipped(String id, Long count, SkipReason reason) {
    JsonObject data =
        new JsonObject().put("count", count).put("reason", reason.name().toLowerCase(Locale.ROOT));
    return "id: %s\nevent: skipped\ndata: %s\n\n".formatted(id, json(data));
  }

  private static String json(JsonObject data) {
    return SafeText.escapedJson(ReferenceJson.of(data));
  }
}
