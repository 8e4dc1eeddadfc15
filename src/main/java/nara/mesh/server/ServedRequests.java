package nara.mesh.server;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import nara.mesh.server.MeshServerRequest.PathTimes;
import nara.mesh.server.MeshServerRequest.RequestTotals;

/**
 * Counts the responses by path and status, and their times in a histogram by path.
 *
 * <p>Lives on one event loop.
 */
final class ServedRequests {
  /** All paths that the server does not know. */
  static final String OTHER = "other";

  /** The upper bounds of the histogram, in seconds. */
  static final List<Double> BOUNDS =
      List.of(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0);

  private static final long[] BOUND_NANOS =
      BOUNDS.stream().mapToLong(seconds -> Math.round(seconds * 1e9)).toArray();

  private static final class Path {
    final Map<Integer, Long> byStatus = new TreeMap<>();
    final long[] buckets = new long[BOUND_NANOS.length + 1];
    long nanos;
  }

  private final Map<String, Path> byPath = new TreeMap<>();

  /** A server with these paths. */
  ServedRequests(Set<String> paths) {
    paths.forEach(path -> byPath.put(path, new Path()));
    byPath.put(OTHER, new Path());
  }

  /** Counts a request, from its arrival until its response is sent. */
  void add(String path, int status, long nanos) {
    Path served = byPath.getOrDefault(path, byPath.get(OTHER));
    served.byStatus.merge(status, 1L, Long::sum);
    int bucket = Arrays.binarySearch(BOUND_NANOS, nanos);
    served.buckets[bucket < 0 ? -bucket - 1 : bucket]++;
    served.nanos += nanos;
  }

  RequestTotals totals() {
    List<PathTimes> paths = new ArrayList<>();
    byPath.forEach(
        (path, served) ->
            paths.add(
                new PathTimes(
                    path,
                    Map.copyOf(served.byStatus),
                    Arrays.stream(served.buckets).boxed().toList(),
                    served.nanos / 1e9)));
    return new RequestTotals(BOUNDS, paths);
  }
}
