package nara.cluster.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.core.IndeterminateOperationStateException;
import com.hazelcast.map.IMap;
import com.hazelcast.partition.Partition;
import com.hazelcast.partition.PartitionService;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Writes to a map whose partitions fail as scripted. A key's partition is its number. */
class SharedMapTest {
  private static final int PARTITIONS = 40;

  private final List<Set<String>> submitted = new ArrayList<>();
  private Function<Set<String>, CompletableFuture<Map<String, Long>>> answers;

  private final SharedMap shared = new SharedMap(map(), partitions());

  @Test
  void retry_writes_only_failed_entries() throws Exception {
    // Each partition fails up to two times, so no single attempt writes all of them.
    Map<String, Integer> tries = new HashMap<>();
    answers =
        keys -> {
          String key = keys.iterator().next();
          int tried = tries.merge(key, 1, Integer::sum);
          return tried > Integer.parseInt(key) % 3
              ? CompletableFuture.completedFuture(Map.of())
              : CompletableFuture.failedFuture(late());
        };

    assertThat(shared.write(1, entries(), true)).isZero();
    tries.forEach(
        (key, tried) -> assertThat(tried).as(key).isEqualTo(Integer.parseInt(key) % 3 + 1));
  }

  @Test
  void refused_write_is_not_retried() throws Exception {
    answers =
        keys ->
            keys.contains("7")
                ? CompletableFuture.completedFuture(Map.of("7", 9L))
                : CompletableFuture.failedFuture(late());

    assertThat(shared.write(1, entries(), true)).isEqualTo(9);
    assertThat(submitted).hasSize(PARTITIONS);
  }

  @Test
  void lasting_failure_ends_the_write() {
    answers =
        keys ->
            CompletableFuture.failedFuture(
                keys.contains("7") ? new IllegalStateException("a defect") : late());

    assertThatThrownBy(() -> shared.write(1, entries(), true))
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(IllegalStateException.class);
    assertThat(submitted).hasSize(PARTITIONS);
  }

  private static Throwable late() {
    return new IndeterminateOperationStateException("the backups are late");
  }

  private static Map<String, byte[]> entries() {
    Map<String, byte[]> entries = new HashMap<>();
    IntStream.range(0, PARTITIONS).forEach(i -> entries.put(String.valueOf(i), new byte[] {1}));
    return entries;
  }

  @SuppressWarnings("unchecked") // a proxy knows no type arguments
  private IMap<String, byte[]> map() {
    return proxy(
        IMap.class,
        (proxy, method, arguments) -> {
          Set<String> keys = (Set<String>) arguments[0];
          submitted.add(keys);
          return answers.apply(keys);
        });
  }

  private static PartitionService partitions() {
    return proxy(
        PartitionService.class,
        (proxy, method, key) ->
            proxy(
                Partition.class,
                (inner, getter, none) -> Integer.parseInt(String.valueOf(key[0]))));
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            SharedMapTest.class.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
