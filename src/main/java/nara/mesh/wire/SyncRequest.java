package nara.mesh.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Set;
import nara.event.json.GoJson;
import nara.ledger.Query;
import nara.ledger.Query.Filter;

/**
 * The body of {@code POST /events/sync}: which events somebody would like, in one of four modes.
 *
 * <p>The fields are those of the wire contract; 0 and empty mean that the field is absent. What a
 * request leaves out, or asks too much of, becomes the contract's default in {@link #toQuery}.
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
  public static SyncRequest of(String from, Query query) {
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
              from,
              services,
              subjects,
              q.after(),
              q.index(),
              q.total(),
              q.maxEvents(),
              "",
              0,
              "",
              0,
              0);
    };
  }

  private static String cursor(long after) {
    return after == Long.MIN_VALUE ? "" : Long.toString(after);
  }

  /** Reads a body. The trouble is that it is not JSON of this shape. */
  public static SyncRequest read(byte[] json) throws MeshException {
    JsonFields fields = JsonFields.of(json);
    return new SyncRequest(
        fields.string("from"),
        fields.strings("services", MeshLimits.FILTER_NAMES),
        fields.strings("subjects", MeshLimits.FILTER_NAMES),
        fields.longValue("since_time"),
        fields.longValue("slice_index"),
        fields.longValue("slice_total"),
        fields.longValue("max_events"),
        fields.string("mode"),
        fields.longValue("sample_size"),
        fields.string("cursor"),
        fields.longValue("page_size"),
        fields.longValue("limit"));
  }

  /** The body, with fields in the reference's order. */
  public byte[] write() {
    StringBuilder out = new StringBuilder(256).append("{\"from\":");
    GoJson.appendString(out, from);
    appendList(out, "services", services);
    appendList(out, "subjects", subjects);
    appendOptional(out, "since_time", sinceTime);
    appendOptional(out, "slice_index", sliceIndex);
    appendOptional(out, "slice_total", sliceTotal);
    appendOptional(out, "max_events", maxEvents);
    appendOptional(out, "mode", mode);
    appendOptional(out, "sample_size", sampleSize);
    appendOptional(out, "cursor", cursor);
    appendOptional(out, "page_size", pageSize);
    appendOptional(out, "limit", limit);
    return out.append('}').toString().getBytes(UTF_8);
  }

  /**
   * What is asked of the ledger.
   *
   * @param me the name of whose ledger it is
   * @param nowSeconds Unix seconds
   */
  public Query toQuery(String me, long nowSeconds) {
    Filter filter = new Filter(Set.copyOf(services), Set.copyOf(subjects));
    return switch (mode) {
      case "sample" ->
          new Query.Sample(limitOrDefault(sampleSize, Query.MAX_EVENTS), me, nowSeconds, filter);
      case "page" ->
          new Query.Page(parsedCursor(), limitOrDefault(pageSize, Query.MAX_EVENTS), filter);
      case "recent" -> new Query.Recent(limitOrDefault(limit, MeshLimits.DEFAULT_RECENT), filter);
      default -> slice(filter);
    };
  }

  private Query slice(Filter filter) {
    int most = limitOrDefault(maxEvents, Query.MAX_EVENTS);
    if (sliceTotal <= 1) {
      return new Query.Slice(sinceTime, 0, 1, most, filter);
    }
    return new Query.Slice(sinceTime, clampToInt(sliceIndex), clampToInt(sliceTotal), most, filter);
  }

  private long parsedCursor() {
    try {
      return cursor.isEmpty() ? Long.MIN_VALUE : Long.parseLong(cursor);
    } catch (NumberFormatException unreadable) {
      // The contract: an unreadable cursor is as none.
      return Long.MIN_VALUE;
    }
  }

  private static int limitOrDefault(long asked, int otherwise) {
    return asked <= 0 ? otherwise : (int) Math.min(asked, Query.MAX_EVENTS);
  }

  private static int clampToInt(long value) {
    return Math.clamp(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  private static void appendList(StringBuilder out, String name, List<String> values) {
    out.append(",\"").append(name).append("\":");
    if (values.isEmpty()) {
      out.append("null");
      return;
    }
    for (int i = 0; i < values.size(); i++) {
      out.append(i == 0 ? '[' : ',');
      GoJson.appendString(out, values.get(i));
    }
    out.append(']');
  }

  private static void appendOptional(StringBuilder out, String name, long value) {
    if (value != 0) {
      out.append(",\"").append(name).append("\":").append(value);
    }
  }

  private static void appendOptional(StringBuilder out, String name, String value) {
    if (!value.isEmpty()) {
      out.append(",\"").append(name).append("\":");
      GoJson.appendString(out, value);
    }
  }
}
