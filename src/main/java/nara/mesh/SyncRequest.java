package nara.mesh;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Set;
import nara.event.GoJson;
import nara.ledger.Query;
import nara.ledger.Query.Filter;

/**
 * The body of {@code POST /events/sync}: which events somebody would like, in one of four modes.
 *
 * <p>The fields are those of the wire contract; 0 and empty mean that the field is absent. What a
 * request leaves out, or asks too much of, becomes the contract's default in {@link #query}.
 *
 * @param from who asks; not signed, and only required
 * @param services wire names; empty for all
 * @param subjects names; empty for all
 * @param sinceTime of the legacy mode, Unix nanoseconds, exclusive
 * @param mode {@code sample}, {@code page}, {@code recent}; anything else is the legacy mode
 * @param cursor of a page, decimal Unix nanoseconds, exclusive
 */
public record SyncRequest(
    String from,
    List<String> services,
    List<String> subjects,
    long sinceTime,
    long sliceIndex,
    long sliceTotal,
    long maxEvents,
    String mode,
    long sampleSize,
    String cursor,
    long pageSize,
    long limit) {

  /** The request that asks a query. */
  static SyncRequest of(String from, Query query) {
    List<String> services = query.filter().services().stream().sorted().toList();
    List<String> subjects = query.filter().subjects().stream().sorted().toList();
    return switch (query) {
      case Query.Sample q ->
          new SyncRequest(from, services, subjects, 0, 0, 0, 0, "sample", q.size(), "", 0, 0);
      case Query.Page q ->
          new SyncRequest(
              from, services, subjects, 0, 0, 0, 0, "page", 0, cursor(q.after()), q.size(), 0);
      case Query.Recent q ->
          new SyncRequest(from, services, subjects, 0, 0, 0, 0, "recent", 0, "", 0, q.limit());
      case Query.Slice q ->
          new SyncRequest(
              from, services, subjects, q.after(), q.index(), q.total(), q.most(), "", 0, "", 0, 0);
    };
  }

  private static String cursor(long after) {
    return after == Long.MIN_VALUE ? "" : Long.toString(after);
  }

  /** Reads a body. The trouble is that it is not JSON of this shape. */
  static SyncRequest read(byte[] json) throws MeshTrouble {
    JsonFields fields = JsonFields.of(json);
    return new SyncRequest(
        fields.text("from"),
        fields.texts("services", MeshLimits.FILTER_NAMES),
        fields.texts("subjects", MeshLimits.FILTER_NAMES),
        fields.whole("since_time"),
        fields.whole("slice_index"),
        fields.whole("slice_total"),
        fields.whole("max_events"),
        fields.text("mode"),
        fields.whole("sample_size"),
        fields.text("cursor"),
        fields.whole("page_size"),
        fields.whole("limit"));
  }

  /** The body, with fields in the reference's order. */
  byte[] write() {
    StringBuilder out = new StringBuilder(256).append("{\"from\":");
    GoJson.text(out, from);
    list(out, "services", services);
    list(out, "subjects", subjects);
    optional(out, "since_time", sinceTime);
    optional(out, "slice_index", sliceIndex);
    optional(out, "slice_total", sliceTotal);
    optional(out, "max_events", maxEvents);
    optional(out, "mode", mode);
    optional(out, "sample_size", sampleSize);
    optional(out, "cursor", cursor);
    optional(out, "page_size", pageSize);
    optional(out, "limit", limit);
    return out.append('}').toString().getBytes(UTF_8);
  }

  /**
   * What is asked of the ledger.
   *
   * @param me the name of whose ledger it is
   * @param nowSeconds Unix seconds
   */
  Query query(String me, long nowSeconds) {
    Filter filter = new Filter(Set.copyOf(services), Set.copyOf(subjects));
    return switch (mode) {
      case "sample" -> new Query.Sample(atMost(sampleSize, Query.MOST), me, nowSeconds, filter);
      case "page" -> new Query.Page(after(), atMost(pageSize, Query.MOST), filter);
      case "recent" -> new Query.Recent(atMost(limit, MeshLimits.RECENT_BY_DEFAULT), filter);
      default -> slice(filter);
    };
  }

  private Query slice(Filter filter) {
    int most = atMost(maxEvents, Query.MOST);
    if (sliceTotal <= 1) {
      return new Query.Slice(sinceTime, 0, 1, most, filter);
    }
    return new Query.Slice(sinceTime, whole(sliceIndex), whole(sliceTotal), most, filter);
  }

  private long after() {
    try {
      return cursor.isEmpty() ? Long.MIN_VALUE : Long.parseLong(cursor);
    } catch (NumberFormatException unreadable) {
      // The contract: an unreadable cursor is as none.
      return Long.MIN_VALUE;
    }
  }

  private static int atMost(long asked, int otherwise) {
    return asked <= 0 ? otherwise : (int) Math.min(asked, Query.MOST);
  }

  private static int whole(long value) {
    return Math.clamp(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  private static void list(StringBuilder out, String name, List<String> values) {
    out.append(",\"").append(name).append("\":");
    if (values.isEmpty()) {
      out.append("null");
      return;
    }
    for (int i = 0; i < values.size(); i++) {
      out.append(i == 0 ? '[' : ',');
      GoJson.text(out, values.get(i));
    }
    out.append(']');
  }

  private static void optional(StringBuilder out, String name, long value) {
    if (value != 0) {
      out.append(",\"").append(name).append("\":").append(value);
    }
  }

  private static void optional(StringBuilder out, String name, String value) {
    if (!value.isEmpty()) {
      out.append(",\"").append(name).append("\":");
      GoJson.text(out, value);
    }
  }
}
