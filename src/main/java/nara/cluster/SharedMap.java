package nara.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IndeterminateOperationState;
import com.hazelcast.core.MemberLeftException;
import com.hazelcast.map.IMap;
import com.hazelcast.partition.PartitionService;
import com.hazelcast.spi.exception.RetryableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

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
    this.map = hazelcast.getMap(name);
    this.partitions = hazelcast.getPartitionService();
  }

  IMap<String, byte[]> map() {
    return map;
  }

  /**
   * Writes, and returns when the backups have it too.
   *
   * @return the term that refused the write; 0 when none did
   */
  long write(long term, Map<String, byte[]> entries, boolean keepsWhatIsThere)
      throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return writeOnce(term, entries, keepsWhatIsThere);
      } catch (CompletionException failed) {
        if (!passes(failed.getCause()) || System.nanoTime() > end) {
          throw failed;
        }
        Thread.sleep(BEFORE_AGAIN.toMillis());
      }
    }
  }

  /** Whether the cluster is likely to be in order again soon. */
  private static boolean passes(Throwable failure) {
    return failure instanceof IndeterminateOperationState
        || failure instanceof RetryableException
        || failure instanceof MemberLeftException;
  }

  private long writeOnce(long term, Map<String, byte[]> entries, boolean keepsWhatIsThere) {
    Map<Integer, Map<String, byte[]>> byPartition = new HashMap<>();
    entries.forEach(
        (key, bytes) ->
            byPartition
                .computeIfAbsent(
                    partitions.getPartition(key).getPartitionId(), id -> new HashMap<>())
                .put(key, bytes));
    List<CompletableFuture<Map<String, Long>>> writes = new ArrayList<>(byPartition.size());
    for (Map<String, byte[]> some : byPartition.values()) {
      writes.add(
          map.submitToKeys(Set.copyOf(some.keySet()), new TermWrite(term, some, keepsWhatIsThere))
              .toCompletableFuture());
    }
    CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new)).join();
    return writes.stream()
        .flatMap(write -> write.join().values().stream())
        .mapToLong(Long::longValue)
        .max()
        .orElse(0);
  }
}
