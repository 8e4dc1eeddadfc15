package nara.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import nara.bus.Bus;
import nara.demo.Corpus;
import nara.event.Event;
import nara.event.JsonSpans.Span;
import nara.identity.Keyring;
import nara.ledger.LedgerConfig;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerVerticle;
import nara.node.Blocking;
import nara.snapshot.SnapshotRequest.Restoration;
import nara.snapshot.SnapshotRequest.Restored;
import nara.snapshot.SnapshotRequest.Unusable;
import nara.testing.Citizen;
import nara.trust.SignatureCheck;
import nara.trust.TrustConfig;
import nara.trust.TrustPolicy;
import nara.trust.TrustRequest;
import nara.trust.TrustVerticle;
import nara.trust.Verifier;
import nara.trust.VerifierChoice;
import nara.trust.Verifiers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The verticle between a ledger and a judge whose signature checks are counted. */
class SnapshotVerticleTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static Corpus corpus;

  @TempDir private Path folder;
  private Path path;
  private Vertx vertx;
  private final AtomicInteger checked = new AtomicInteger();
  private final Deque<String> deployed = new ArrayDeque<>();
  private Keyring keys;

  @BeforeAll
  static void makeHistory() {
    corpus = Corpus.make(2_000, 10, 3, Instant.now());
  }

  @BeforeEach
  void open() {
    path = folder.resolve("ledger.gz");
    vertx = Vertx.vertx();
  }

  @AfterEach
  void close() {
    end();
    await(vertx.close());
  }

  @Test
  void what_was_verified_once_is_not_verified_again() {
    Set<String> before = remembered("lisa");
    assertThat(checked.getAndSet(0)).isPositive();
    List<String> known = keys.entries().stream().map(Told::text).toList();

    Restored restored = restored(begin("lisa", TrustPolicy.VERIFIED));

    assertThat(checked).hasValue(0);
    assertThat(restored.sealed()).isTrue();
    assertThat(restored.events()).isEqualTo(before.size());
    assertThat(held()).isEqualTo(before);
    assertThat(keys.entries().stream().map(Told::text).toList()).isEqualTo(known);
  }

  @Test
  void another_souls_snapshot_is_judged_anew_and_comes_to_the_same() {
    Set<String> before = remembered("lisa");
    checked.set(0);

    Restored restored = restored(begin("bart", TrustPolicy.VERIFIED));

    assertThat(checked.get()).isPositive();
    assertThat(restored.sealed()).isFalse();
    assertThat(restored.keys()).isZero();
    assertThat(restored.sentence()).contains("another node's", "judged anew");
    assertThat(held()).isEqualTo(before);
  }

  @Test
  void a_snapshot_that_is_cut_off_is_used_as_far_as_it_goes() throws IOException {
    Set<String> before = remembered("lisa");
    byte[] whole = Files.readAllBytes(path);
    Files.write(path, Arrays.copyOf(whole, whole.length / 2));

    Restored restored = restored(begin("lisa", TrustPolicy.VERIFIED));

    assertThat(restored.sealed()).isFalse();
    assertThat(restored.whole()).isFalse();
    assertThat(restored.sentence()).contains("cut off after line");
    assertThat(before).containsAll(held());
    assertThat(held()).hasSizeBetween(before.size() / 4, before.size() * 3 / 4);
  }

  @Test
  void the_seal_does_not_stand_above_the_policy() {
    begin("lisa", TrustPolicy.VERIFIED);
    offer(
        List.of(Told.unsigned(1, "bart", "maggie"), Citizen.named("maggie").heyThere(Told.TS, "")));
    end();

    Restored restored = restored(begin("lisa", TrustPolicy.STRICT));

    assertThat(restored.sealed()).isTrue();
    assertThat(restored.events()).isEqualTo(2);
    assertThat(restored.kept()).isEqualTo(1);
  }

  @Test
  void it_is_written_while_the_node_runs() throws Exception {
    try (WatchService watch = folder.getFileSystem().newWatchService()) {
      folder.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
      begin("lisa", TrustPolicy.VERIFIED, Duration.ofMillis(20));
      Instant deadline = Instant.now().plus(PATIENCE);
      while (!Files.exists(path) && Instant.now().isBefore(deadline)) {
        var key = watch.poll(1, TimeUnit.SECONDS);
        if (key != null) {
          key.pollEvents();
          key.reset();
        }
      }
      assertThat(path).exists();
    }
  }

  @Test
  void a_node_that_never_read_its_snapshot_does_not_replace_it() throws IOException {
    remembered("lisa");
    byte[] before = Files.readAllBytes(path);
    deployAll("lisa", TrustPolicy.VERIFIED, Duration.ofHours(1));
    end();
    assertThat(Files.readAllBytes(path)).isEqualTo(before);
  }

  @Test
  void a_file_that_turns_out_unreadable_is_neither_used_nor_replaced() throws IOException {
    deployAll("lisa", TrustPolicy.VERIFIED, Duration.ofHours(1));
    Files.createDirectory(path);
    assertThat(restore())
        .isInstanceOfSatisfying(
            Unusable.class, unusable -> assertThat(unusable.sentence()).contains("mend it"));
    end();
    assertThat(path).isDirectory();
  }

  /** Lets a node learn the corpus and stop; what it held then. */
  private Set<String> remembered(String soul) {
    begin(soul, TrustPolicy.VERIFIED);
    offer(corpus.events());
    Set<String> held = held();
    end();
    return held;
  }

  private Restoration begin(String soul, TrustPolicy policy) {
    return begin(soul, policy, Duration.ofHours(1));
  }

  private Restoration begin(String soul, TrustPolicy policy, Duration every) {
    deployAll(soul, policy, every);
    return restore();
  }

  private void deployAll(String soul, TrustPolicy policy, Duration every) {
    keys = new Keyring();
    deploy(
        new LedgerVerticle(
            LedgerConfig.ofSize(20_000), name -> keys.byName(name).isPresent(), new Random(1)),
        new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER));
    deploy(
        new SnapshotVerticle(
            new SnapshotConfig(path, every),
            Citizen.named(soul).identity().soul().derivedKey("a", "b"),
            keys,
            InstantSource.system()),
        new DeploymentOptions());
    deploy(
        new TrustVerticle(config(policy), counting(), keys, InstantSource.system()),
        new DeploymentOptions());
  }

  private static TrustConfig config(TrustPolicy policy) {
    TrustConfig d = TrustConfig.defaults();
    return new TrustConfig(
        policy, d.verifier(), d.recheckOneIn(), d.maxKeyTables(), d.maxQuarantined());
  }

  private Verifier counting() {
    Verifier verifier = ((VerifierChoice.Chosen) Verifiers.choose("tables", 16)).verifier();
    return new Verifier() {
      @Override
      public String name() {
        return verifier.name();
      }

      @Override
      public boolean[] verify(List<SignatureCheck> checks) {
        checked.addAndGet(checks.size());
        return verifier.verify(checks);
      }
    };
  }

  private void deploy(Deployable verticle, DeploymentOptions options) {
    deployed.push(await(vertx.deployVerticle(verticle, options)));
  }

  private void end() {
    while (!deployed.isEmpty()) {
      await(vertx.undeploy(deployed.pop()));
    }
  }

  private Restoration restore() {
    return await(
        Bus.of(vertx).ask(SnapshotRequest.ADDRESS, new SnapshotRequest.Restore(), PATIENCE));
  }

  private static Restored restored(Restoration restoration) {
    assertThat(restoration).isInstanceOf(Restored.class);
    return (Restored) restoration;
  }

  private void offer(List<byte[]> events) {
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    List<Span> spans = new ArrayList<>();
    for (byte[] event : events) {
      spans.add(new Span(json.size(), event.length));
      json.writeBytes(event);
    }
    await(
        Bus.of(vertx)
            .ask(
                TrustRequest.ADDRESS,
                new TrustRequest.Offer("test", json.toByteArray(), spans),
                PATIENCE));
  }

  private Set<String> held() {
    Set<String> held = new TreeSet<>();
    for (Event event :
        await(Bus.of(vertx).ask(LedgerRequest.ADDRESS, new LedgerRequest.Export(), PATIENCE))
            .events()) {
      held.add(new String(event.json(), StandardCharsets.UTF_8));
    }
    return held;
  }

  private static <T> T await(Future<T> future) {
    return Blocking.await(future, PATIENCE);
  }
}
