package nara.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import nara.mesh.wire.TestRequestSigning;
import nara.testing.Citizen;
import nara.testing.PagingUnderLoad;
import nara.testing.PagingUnderLoad.Page;
import org.junit.jupiter.api.Test;

/** Readers that page through a full ledger miss no event while others write to it. */
class PagingUnderLoadIT {
  private static final int HELD = 80_000;
  private static final int CLIENTS = 16;
  private static final int PAGE = 2_000;
  private static final int BATCH = 500;
  private static final int BATCHES = 60;

  /** What a reader found, and what the ledger held when it began and when it ended. */
  private record ReadIds(Set<String> before, List<String> found, Set<String> after) {}

  @Test
  void sixteen_readers_page_every_retained_event_exactly_once() throws Exception {
    List<Citizen> readers =
        IntStream.range(0, CLIENTS).mapToObj(i -> Citizen.named("reader-" + i)).toList();
    try (PagingUnderLoad node = new PagingUnderLoad(HELD, readers, TestRequestSigning::sign);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<ReadIds>> readings = new ArrayList<>();
      for (Citizen reader : readers) {
        readings.add(threads.submit(() -> readAll(node, reader)));
      }
      int added = 0;
      for (int i = 0; i < BATCHES; i++) {
        added += node.write(BATCH).added();
      }

      assertThat(added).as("all of it was new").isEqualTo(BATCH * BATCHES);
      for (Future<ReadIds> future : readings) {
        ReadIds ids = future.get(2, TimeUnit.MINUTES);
        Set<String> stayed = new HashSet<>(ids.before());
        stayed.retainAll(ids.after());

        assertThat(stayed).hasSizeGreaterThan(HELD / 4);
        assertThat(ids.found()).doesNotHaveDuplicates();
        stayed.removeAll(new HashSet<>(ids.found()));
        assertThat(stayed).as("what stayed and was not found").isEmpty();
      }
    }
  }

  private static ReadIds readAll(PagingUnderLoad node, Citizen reader) throws Exception {
    Set<String> before = node.heldIds();
    List<String> found = new ArrayList<>();
    Optional<String> cursor = Optional.of("");
    while (cursor.isPresent()) {
      Page page = node.fetchPage(reader, cursor.get(), PAGE);
      found.addAll(page.ids());
      cursor = page.nextCursor();
    }
    return new ReadIds(before, found, node.heldIds());
  }
}
