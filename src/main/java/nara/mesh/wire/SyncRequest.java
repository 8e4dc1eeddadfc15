package nara.mesh.wire;

import java.util.List;
import java.util.Set;
import nara.event.json.JsonFields;
import nara.event.json.JsonRecord;
import nara.event.json.JsonWriter;
import nara.ledger.Query;
import nara.ledger.Query.Filter;
import nara.ledger.Query.Slice;

/**
 * The body of {@code POST /events/sync}: a query for events, in one of four modes.
 *
 * <p>The fields are those of the wire contract; 0 and empty mean that the field is absent. {@link
 * #toQuery} replaces absent and too large values by the contract's defaults.
 *
 * @param from the sender; required, but not signed
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
  private static final JsonFields FIELDS =
      MeshJson.fields()
          .texts("from")
          .textList("services", MeshLimits.FILTER_NAMES)
          .textList("subjects", MeshLimits.FILTER_NAMES)
          .numbers("since_time", "slice_index", "slice_total", "max_events")
          .texts("mode")
          .numbers("sample_size")
          .texts("cursor")
          .numbers("page_size", "limit");

  /** The request for a query. */
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
      case Slice q -> ofSlice(from, services, subjects, q);
    };
  }

  private static SyncRequest ofSlice(
      String from, List<String> services, List<String> subjects, Slice q) {
    return new SyncRequest(
        from, services, subjects, q.after(), q.index(), q.total(), q.maxEvents(), "", 0, "", 0, 0);
  }

  private static String cursor(long after) {
    return after == Long.MIN_VALUE ? "" : Long.toString(after);
  }

  /** Reads a body. */
  public static SyncRequest read(byte[] json) throws MeshException {
    JsonRecord request = MeshJson.read(FIELDS, json);
    return new SyncRequest(
        request.text("from"),
        request.texts("services"),
        request.texts("subjects"),
        request.number("since_time"),
        request.number("slice_index"),
        request.number("slice_total"),
        request.number("max_events"),
        request.text("mode"),
        request.number("sample_size"),
        request.text("cursor"),
        request.number("page_size"),
        request.number("limit"));
  }

  /** The body, with the fields in the reference's order. */
  public byte[] write() {
    return JsonWriter.begin()
        .text("from", from)
        .textList("services", services)
        .textList("subjects", subjects)
        .optional("since_time", sinceTime)
        .optional("slice_index", sliceIndex)
        .optional("slice_total", sliceTotal)
        .optional("max_events", maxEvents)
        .optional("mode", mode)
        .optional("sample_size", sampleSize)
        .optional("cursor", cursor)
        .optional("page_size", pageSize)
        .optional("limit", limit)
        .end()
        .toBytes();
  }

  /**
   * The query for the ledger.
   *
   * @param me the name of this node
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
      return new Slice(sinceTime, 0, 1, most, filter);
    }
    return new Slice(sinceTime, clampToInt(sliceIndex), clampToInt(sliceTotal), most, filter);
  }

  private long parsedCursor() {
    try {
      return cursor.isEmpty() ? Long.MIN_VALUE : Long.parseLong(cursor);
    } catch (NumberFormatException unreadable) {
      // The contract: an unreadable cursor counts as absent.
      return Long.MIN_VALUE;
    }
  }

  private static int limitOrDefault(long requested, int absent) {
    return requested <= 0 ? absent : (int) Math.min(requested, Query.MAX_EVENTS);
  }

  private static int clampToInt(long value) {
    return Math.clamp(value, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }
}
