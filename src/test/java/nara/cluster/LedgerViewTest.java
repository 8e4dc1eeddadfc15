package nara.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import nara.bus.Bus;
import nara.cluster.map.EventEntry;
import nara.cluster.map.SharedMap;
import nara.event.Event;
import nara.event.EventId;
import nara.event.Verdict;
import nara.identity.Keyring;
import nara.identity.Standing;
import nara.ledger.Ledger;
import nara.ledger.LedgerConfig;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.ledger.LedgerVerticle;
import nara.node.Blocking;
import nara.testing.Citizen;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A view between the map's listener and a map that is slow to read. */
class LedgerViewTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final JudgedEvent FORGED = tease(1);
  private static final JudgedEvent HONEST = tease(2);

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final Promise<Void> reading = Promise.promise();
  private final Promise<Void> mayRead = Promise.promise();
  private LedgerView view;

  @BeforeEach
  void deploy() {
    Ledger ledger = new Ledger(LedgerConfig.ofSize(100), name -> Standing.ESTABLISHED);
    await(
        vertx.deployVerticle(
            new LedgerVerticle(ledger, new SplittableRandom(1), LedgerRequest.VIEW_ADDRESS),
            new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER)));
    WorkerExecutor worker = vertx.createSharedWorkerExecutor("test", 2);
    view = new LedgerView(Bus.of(vertx), worker, new Keyring());
  }

  @AfterEach
  void close() {
    await(vertx.close());
  }

  @Test
  void pull_leaves_out_what_was_retracted_while_it_read() {
    Map<String, byte[]> read =
        Map.of(
            EventEntry.key(FORGED), EventEntry.value(FORGED),
            EventEntry.key(HONEST), EventEntry.value(HONEST));
    Future<?> pulled = inContext(() -> view.pull(slow(read), List.copyOf(read.keySet())));
    await(reading.future());

    retract(FORGED);
    mayRead.complete();
    await(pulled);

    assertThat(held()).containsExactly(HONEST.event().id());
  }

  @Test
  void retraction_before_a_pull_does_not_concern_what_it_reads() {
    Map<String, byte[]> verifiedAgain = Map.of(EventEntry.key(FORGED), EventEntry.value(FORGED));
    retract(FORGED);
    mayRead.complete();

    await(inContext(() -> view.pull(slow(verifiedAgain), List.copyOf(verifiedAgain.keySet()))));

    assertThat(held()).containsExactly(FORGED.event().id());
  }

  /** As the map's listener reports it. */
  private void retract(JudgedEvent event) {
    await(
        inContext(
            () ->
                view.mergeEntries(
                    Map.of(EventEntry.key(event), EventEntry.retractedValue(event)))));
  }

  /** A map that reads its entries, and returns them when it may. */
  private SharedMap slow(Map<String, byte[]> entries) {
    IMap<?, ?> map =
        (IMap<?, ?>)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {IMap.class},
                (proxy, method, arguments) -> {
                  reading.tryComplete();
                  await(mayRead.future());
                  return entries;
                });
    return new SharedMap(
        (HazelcastInstance)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {HazelcastInstance.class},
                (proxy, method, arguments) -> method.getName().equals("getMap") ? map : null),
        EventEntry.LEDGER_MAP);
  }

  /** The view is of one event loop. */
  private Future<?> inContext(Supplier<Future<?>> action) {
    Promise<Object> done = Promise.promise();
    context.runOnContext(none -> action.get().<Object>map(each -> each).onComplete(done));
    return done.future();
  }

  private List<EventId> held() {
    return await(view.request(new LedgerRequest.ExportEvents())).events().stream()
        .map(Event::id)
        .toList();
  }

  private static <T> T await(Future<T> future) {
    return Blocking.await(future, TIMEOUT);
  }

  private static JudgedEvent tease(int second) {
    long ts = (1_700_000_000L + second) * 1_000_000_000L;
    return new JudgedEvent(
        Citizen.read(Citizen.named("bart").tease(ts, "lisa")).event(), Verdict.VALID);
  }
}
