package nara.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IndeterminateOperationStateException;
import com.hazelcast.core.OperationTimeoutException;
import com.hazelcast.map.IMap;
import com.hazelcast.partition.PartitionService;
import com.hazelcast.spi.exception.RetryableException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import nara.bus.Unavailable;

/**
 * One of the cluster's maps, as it is written: under a term, partition by partition, and again when
 * it is not known whether it came through. All writes can be repeated without harm.
 *
 * <p>Its methods block, and belong on worker threads.
 */
final class SharedMap {
  /** A member that dies is noticed, and what it owned is owned by another, well before this. */
  private static final Duration PATIENCE = Duration.ofSeconds(45);

  private static final Duration BEFORE_AGAIN = Duration.ofMillis(200);

  private final IMap<String, byte[]> map;
  private final PartitionService partitions;

  SharedMap(HazelcastInstance hazelcast, String name) {
    this(hazelcast.getMap(name), hazelcast.getPartitionService());
  }

  SharedMap(IMap<String, byte[]> map, PartitionService partitions) {
    this.map = map;
    this.partitions = partitions;
  }

  IMap<String, byte[]> map() {
    return map;
  }

  /**
   * Writes, and returns when the backups have it too. What has come through is not written again
   * with what has not: where each partition is late now and then, all of them never would come
   * through at once.
   *
   * @return the term that refused the write; 0 when none did
   */
  long write(long term, Map<String, byte[]> entries, boolean keepsWhatIsThere)
      throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    Attempt attempt = new Attempt(0, entries, Optional.empty());
    while (true) {
      attempt = writeOnce(term, attempt.left, keepsWhatIsThere);
      if (attempt.refusedBy != 0 || attempt.failure.isEmpty()) {
        return attempt.refusedBy;
      }
      Throwable failure = attempt.failure.get();
      if (!passes(failure)) {
        throw new CompletionException(failure);
      }
      if (System.nanoTime() > end) {
        throw new Unavailable(
            "the cluster is not in order: " + failure.getClass().getSimpleName() + " for too long");
      }
      Thread.sleep(BEFORE_AGAIN.toMillis());
    }
  }

  /**
   * What came of a write.
   *
   * @param refusedBy the term that refused some of it, or 0
   * @param left what has not come through
   * @param failure of that; the one that does not pass, if there is one
   */
  private record Attempt(long refusedBy, Map<String, byte[]> left, Optional<Throwable> failure) {}

  /** Whether the cluster is likely to be in order again soon. */
  private static boolean passes(Throwable failure) {
    return failure instanceof IndeterminateOperationStateException
        || failure instanceof OperationTimeoutException
        || failure instanceof RetryableException;
  }

  private Attempt writeOnce(long term, Map<String, byte[]> entries, boolean keepsWhatIsThere) {
    Map<Integer, Map<String, byte[]>> byPartition = new HashMap<>();
    entries.forEach(
        (key, bytes) ->
            byPartition
                .computeIfAbsent(
                    partitions.getPartition(key).getPartitionId(), id -> new HashMap<>())
                .put(key, bytes));
    Map<Integer, CompletableFuture<Map<String, Long>>> writes = new HashMap<>();
    byPartition.forEach(
        (id, some) ->
            writes.put(
                id,
                map.submitToKeys(
                        Set.copyOf(some.keySet()), new TermWrite(term, some, keepsWhatIsThere))
                    .toCompletableFuture()));
    long refusedBy = 0;
    Map<String, byte[]> left = new HashMap<>();
    Optional<Throwable> failure = Optional.empty();
    for (Map.Entry<Integer, CompletableFuture<Map<String, Long>>> write : writes.entrySet()) {
      try {
        for (long by : write.getValue().join().values()) {
          refusedBy = Math.max(refusedBy, by);
        }
      } catch (CompletionException failed) {
        left.putAll(byPartition.get(write.getKey()));
        if (failure.isEmpty() || !passes(failed.getCause())) {
          failure = Optional.of(failed.getCause());
        }
      }
    }
    return new Attempt(refusedBy, left, failure);
  }
}
