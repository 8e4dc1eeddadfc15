package nara.mesh.wire;

import java.util.List;
import nara.event.Event;
import nara.event.json.JsonFields;
import nara.event.json.JsonRecord;
import nara.event.json.JsonWriter;
import nara.event.json.RawEvents;

/**
 * The response of {@code GET /api/checkpoints/all}. It isn't signed: each checkpoint is proven by
 * its voters' signatures.
 *
 * @param server the responding nara
 * @param checkpoints cut out of the body, not parsed
 * @param hasMore whether there are checkpoints after these
 */
public record CheckpointList(String server, RawEvents checkpoints, boolean hasMore) {
  private static final JsonFields FIELDS =
      MeshJson.fields()
          .texts("server")
          .elementList("checkpoints", MeshLimits.CHECKPOINTS)
          .flag("has_more");

  /** Reads a body. */
  public static CheckpointList read(byte[] json) throws MeshException {
    JsonRecord list = MeshJson.read(FIELDS, json);
    return new CheckpointList(
        list.text("server"),
        RawEvents.of(json, list.elements("checkpoints")),
        list.flag("has_more"));
  }

  /** Writes a list, with the fields in the reference's order. Not for an event loop. */
  public static Body write(String server, List<Event> page, int total, int offset, int limit) {
    JsonWriter tail =
        JsonWriter.continued()
            .number("count", page.size())
            .flag("has_more", (long) offset + page.size() < total && !page.isEmpty())
            .number("limit", limit)
            .number("offset", offset)
            .text("server", server)
            .number("total", total);
    return EventList.assemble(
        JsonWriter.begin().name("checkpoints"), EventList.collectJson(page), "[]", tail);
  }
}
