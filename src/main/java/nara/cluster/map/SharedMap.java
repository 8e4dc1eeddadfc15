package nara.cluster.map;

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
import nara.bus.UnavailableException;

/**
 * One of the cluster's maps, as it is written: under a term, partition by partition, and again when
 * it is not known whether it came through. All writes can be repeated without harm.
 *
 * <p>Its methods block, and belong on worker threads.
 */
public final class SharedMap {
  /** A member that dies is noticed, and what it owned is owned by another, well before this. */
  private static final Duration WRITE_TIMEOUT = Duration.ofSeconds(45);

  private static final Duration RETRY_DELAY = Duration.ofMillis(200);

  private final IMap<String, byte[]> map;
  private final PartitionService partitions;

  public SharedMap(HazelcastInstance hazelcast, String name) {
    this(hazelcast.getMap(name), hazelcast.getPartitionService());
  }

  SharedMap(IMap<String, byte[]> map, PartitionService partitions) {
    this.map = map;
    this.partitions = partitions;
  }

  public IMap<String, byte[]> map() {
    return map;
  }

  /**
   * Writes, and returns when the backups have it too. What has come through is not written again
   * with what has not: where each partition is late now and then, all of them never would come
   * through at once.
   *
   * @return the term that refused the write; 0 when none did
   */
  public long write(long term, Map<String, byte[]> entries, boolean onlyIfAbsent)
      throws InterruptedException {
    long deadline = System.nanoTime() + WRITE_TIMEOUT.toNanos();
    WriteAttempt attempt = new WriteAttempt(0, entries, Optional.empty());
    while (true) {
      attempt = writeOnce(term, attempt.remaining, onlyIfAbsent);
      if (attempt.refusedBy != 0 || attempt.failure.isEmpty()) {
        return attempt.refusedBy;
      }
      Throwable failure = attempt.failure.get();
      if (!isTransient(failure)) {
        throw new CompletionException(failure);
      }
      if (System.nanoTime() > deadline) {
        throw new UnavailableException(
            "the cluster is not in order: " + failure.getClass().getSimpleName() + " for too long");
      }
      Thread.sleep(RETRY_DELAY.toMillis());
    }
  }

  /**
   * What came of a write.
   *
   * @param refusedBy the term that refused some of it, or 0
   * @param remaining what has not come through
   * @param failure of that; the one that does not pass, if there is one
   */
  private record WriteAttempt(
      long refusedBy, Map<String, byte[]> remaining, Optional<Throwable> failure) {}

  /** Whether the cluster is likely to be in order again soon. */
  private static boolean isTransient(Throwable failure) {
    return failure instanceof IndeterminateOperationStateException
        || failure instanceof OperationTimeoutException
        || failure instanceof RetryableException;
  }

  private WriteAttempt writeOnce(long term, Map<String, byte[]> entries, boolean onlyIfAbsent) {
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
                        Set.copyOf(some.keySet()), new FencedWrite(term, some, onlyIfAbsent))
                    .toCompletableFuture()));
    long refusedBy = 0;
    Map<String, byte[]> remaining = new HashMap<>();
    Optional<Throwable> failure = Optional.empty();
    for (Map.Entry<Integer, CompletableFuture<Map<String, Long>>> write : writes.entrySet()) {
      try {
        for (long by : write.getValue().join().values()) {
          refusedBy = Math.max(refusedBy, by);
        }
      } catch (CompletionException failed) {
        remaining.putAll(byPartition.get(write.getKey()));
        if (failure.isEmpty() || !isTransient(failed.getCause())) {
          failure = Optional.of(failed.getCause());
        }
      }
    }
    return new WriteAttempt(refusedBy, remaining, failure);
  }
}
