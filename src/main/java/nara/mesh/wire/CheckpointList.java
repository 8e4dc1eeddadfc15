package nara.mesh.wire;

import java.util.List;
import nara.event.Event;
import nara.event.json.GoJson;
import nara.event.json.RawEvents;

/**
 * The answer of {@code GET /api/checkpoints/all}. Nobody signs it: its checkpoints stand for
 * themselves by their voters' signatures.
 *
 * @param server who answered
 * @param checkpoints cut out of the body, not parsed
 * @param hasMore whether there are checkpoints after these
 */
public record CheckpointList(String server, RawEvents checkpoints, boolean hasMore) {

  /** Cuts a body; the trouble is that it is not such a list, or holds too many. */
  public static CheckpointList read(byte[] json) throws MeshException {
    JsonFields fields = JsonFields.of(json);
    return new CheckpointList(
        fields.string("server"),
        RawEvents.of(json, fields.elements("checkpoints", MeshLimits.CHECKPOINTS)),
        fields.bool("has_more"));
  }

  /** Writes a list of ours, fields in the reference's order. Not for an event loop. */
  public static Body write(String server, List<Event> page, int total, int offset, int limit) {
    StringBuilder tail = new StringBuilder();
    tail.append(",\"count\":").append(page.size());
    tail.append(",\"has_more\":").append((long) offset + page.size() < total && !page.isEmpty());
    tail.append(",\"limit\":").append(limit).append(",\"offset\":").append(offset);
    tail.append(",\"server\":");
    GoJson.appendString(tail, server);
    tail.append(",\"total\":").append(total).append("}\n");
    return EventList.assemble("{\"checkpoints\":", page, "[]", tail);
  }
}
