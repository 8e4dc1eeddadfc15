package nara.cluster.map;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.IndeterminateOperationStateException;
import com.hazelcast.core.OperationTimeoutException;
import com.hazelcast.map.IMap;
import com.hazelcast.partition.PartitionService;
import com.hazelcast.query.Predicate;
import com.hazelcast.spi.exception.RetryableException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import nara.bus.UnavailableException;

/**
 * One of the cluster's maps. Each write carries a term, goes to each partition separately, and is
 * retried when its result is unknown. Writes are idempotent. The methods block.
 */
public final class SharedMap {
  /** Long enough to detect a dead member and to give its partitions a new owner. */
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

  /** The keys of all entries, and those of retracted events. Blocks. */
  public MapKeys keys() {
    // Copies, because each lookup in Hazelcast's set would scan it.
    return new MapKeys(
        new HashSet<>(map.keySet()), new HashSet<>(map.keySet(new RetractedEvents())));
  }

  /**
   * The keys of a ledger's map.
   *
   * @param retracted those of events that no longer count, also in all
   */
  public record MapKeys(Set<String> all, Set<String> retracted) {}

  /** Runs on the members that own the entries. */
  private static final class RetractedEvents implements Predicate<String, byte[]> {
    private static final long serialVersionUID = 1L;

    @Override
    public boolean apply(Map.Entry<String, byte[]> entry) {
      return EventEntry.isRetracted(entry.getValue());
    }
  }

  /** A write that removes these keys. */
  public static Map<String, byte[]> removals(Collection<String> keys) {
    return keys.stream().collect(Collectors.toMap(key -> key, key -> new byte[0]));
  }

  /**
   * Writes, and returns when the backups have the entries too. A retry writes only the partitions
   * that failed: when each one is late now and then, a write of all of them might never succeed.
   *
   * @param onlyIfAbsent keeps existing entries, except retracted events
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
            "the cluster accepted no write for %d s: %s"
                .formatted(WRITE_TIMEOUT.toSeconds(), failure.getClass().getSimpleName()));
      }
      Thread.sleep(RETRY_DELAY.toMillis());
    }
  }

  /**
   * @param refusedBy the term that refused some entries, or 0
   * @param remaining the entries that failed
   * @param failure why they failed; a lasting failure rather than a transient one
   */
  private record WriteAttempt(
      long refusedBy, Map<String, byte[]> remaining, Optional<Throwable> failure) {}

  /** Whether a retry may succeed. */
  private static boolean isTransient(Throwable failure) {
    return failure instanceof IndeterminateOperationStateException
        || failure instanceof OperationTimeoutException
        || failure instanceof RetryableException;
  }

  private WriteAttempt writeOnce(long term, Map<String, byte[]> entries, boolean onlyIfAbsent) {
    Map<Integer, Map<String, byte[]>> byPartition = new HashMap<>();
    entries.forEach(
        (key, bytes) -> {
          int id = partitions.getPartition(key).getPartitionId();
          byPartition.computeIfAbsent(id, absent -> new HashMap<>()).put(key, bytes);
        });
    Map<Integer, CompletableFuture<Map<String, Long>>> writes = new HashMap<>();
    byPartition.forEach(
        (id, some) -> {
          FencedWrite fenced = new FencedWrite(term, some, onlyIfAbsent);
          writes.put(id, map.submitToKeys(Set.copyOf(some.keySet()), fenced).toCompletableFuture());
        });
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
