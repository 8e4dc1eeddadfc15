package nara.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.time.Duration;
import java.time.Instant;
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
import nara.bus.Scheduler;
import nara.demo.Corpus;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.json.RawEvents;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.identity.Witness;
import nara.ledger.LedgerConfig;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerVerticle;
import nara.node.Blocking;
import nara.snapshot.SnapshotRequest.RestoreResult;
import nara.snapshot.SnapshotRequest.SnapshotRestored;
import nara.snapshot.SnapshotRequest.SnapshotUnusable;
import nara.testing.Citizen;
import nara.trust.OfferSource;
import nara.trust.TrustConfig;
import nara.trust.TrustPolicy;
import nara.trust.TrustRequest;
import nara.trust.TrustVerticle;
import nara.trust.verifier.SignatureCheck;
import nara.trust.verifier.SignatureVerifier;
import nara.trust.verifier.VerifierChoice;
import nara.trust.verifier.Verifiers;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The verticle with a ledger and a trust verticle that counts its signature checks. */
class SnapshotVerticleTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);
  private static final Witness PEER = new Witness("10.0.0.1:7433", true);
  private static final Witness STRANGER = new Witness("10.6.6.6", false);
  private static Corpus corpus;

  @TempDir private Path folder;
  private Path path;
  private Vertx vertx;
  private final AtomicInteger checked = new AtomicInteger();
  private final Deque<String> deployed = new ArrayDeque<>();
  private Keyring keys;
  private boolean nativeSoul;

  @BeforeAll
  static void makeHistory() {
    corpus = Corpus.generate(2_000, 10, 3, Instant.now());
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
  void only_votes_of_checkpoints_are_verified_again_after_a_restart() {
    Set<String> before = remembered("lisa");
    assertThat(checked.getAndSet(0)).isPositive();
    List<String> known = keys.entries().stream().map(SnapshotContents::text).toList();

    SnapshotRestored snapshotRestored = restored(begin("lisa", TrustPolicy.VERIFIED));

    // The snapshot says that a checkpoint is valid, but not which of its votes are.
    assertThat(checked).hasValue(votes(before));
    assertThat(snapshotRestored.sealed()).isTrue();
    assertThat(snapshotRestored.eventsRead()).isEqualTo(before.size());
    assertThat(held()).isEqualTo(before);
    assertThat(keys.entries().stream().map(SnapshotContents::text).toList()).isEqualTo(known);
  }

  private static int votes(Set<String> events) {
    return events.stream()
        .map(json -> Citizen.read(json.getBytes(StandardCharsets.UTF_8)).event().payload())
        .mapToInt(payload -> payload instanceof Checkpoint c ? c.voterIds().size() : 0)
        .sum();
  }

  @Test
  void restored_keys_with_strong_evidence_outweigh_those_of_peers() {
    begin("lisa", TrustPolicy.VERIFIED);
    offer(PEER, corpus.events());
    for (Keyring.KeyEntry entry : keys.entries()) {
      keys.learn(entry.name(), "", entry.key(), Origin.NAMED_PING, PEER);
    }
    end();
    restored(begin("lisa", TrustPolicy.VERIFIED));
    List<Keyring.KeyEntry> known = keys.entries();
    keys.openClaims();

    assertThat(known).isNotEmpty();
    for (Keyring.KeyEntry entry : known) {
      PublicKey key = entry.key();
      PublicKey other = Citizen.impostor(entry.name()).key();
      for (int i = 0; i < 5; i++) {
        keys.learn(
            entry.name(), "", other, Origin.NAMED_PING, new Witness("10.0.0." + i + ":1", true));
      }
      assertThat(keys.byName(entry.name())).contains(key);
      assertThat(keys.isDecided(entry.name())).isTrue();
    }
  }

  @Test
  void vote_of_a_configured_peer_is_one_vote_after_a_restart() {
    List<byte[]> forged = new ArrayList<>();
    addHistory(forged, Citizen.impostor("bart"), 5);
    addHistory(forged, Citizen.impostor("maggie"), 5);
    List<byte[]> honest = new ArrayList<>();
    addHistory(honest, Citizen.named("bart"), 5);
    addHistory(honest, Citizen.named("maggie"), 5);
    begin("lisa", TrustPolicy.VERIFIED);
    offer(PEER, forged);
    end();

    // Twice, because the second snapshot has restored keys.
    begin("lisa", TrustPolicy.VERIFIED);
    end();
    restored(begin("lisa", TrustPolicy.VERIFIED));

    assertThat(keys.isFromOperator("bart")).isTrue();
    assertThat(keys.isDecided("bart")).isFalse();
    assertThat(keys.voucher("bart")).isEqualTo(PEER.host());
    // The same peer again is no second vote, so one other peer is not stronger, but two are.
    keys.support("bart", Citizen.impostor("bart").key(), PEER);
    Witness second = new Witness("10.0.0.2:7433", true);
    offer(second, honest.subList(0, 5));
    assertThat(keys.byName("bart")).contains(Citizen.impostor("bart").key());
    offer(new Witness("10.0.0.3:7433", true), honest.subList(0, 5));
    keys.learn("maggie", "", Citizen.named("maggie").key(), Origin.NAMED_PING, second);
    offer(second, honest.subList(5, 10));
    verifyQuarantined();
    assertThat(held()).isEqualTo(texts(honest));
  }

  @Test
  void forged_history_of_a_stranger_yields_to_a_configured_peer_after_a_restart() {
    List<byte[]> honest = new ArrayList<>();
    List<byte[]> forged = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      addHistory(honest, Citizen.named("later" + i), 5);
      addHistory(forged, Citizen.impostor("later" + i), 2);
    }
    begin("lisa", TrustPolicy.VERIFIED);
    offer(STRANGER, forged);
    assertThat(held()).hasSize(forged.size());
    end();

    assertThat(restored(begin("lisa", TrustPolicy.VERIFIED)).eventsAdded())
        .isEqualTo(forged.size());
    openClaims();
    offer(PEER, honest);
    verifyQuarantined();

    assertThat(held()).isEqualTo(texts(honest));
  }

  @Test
  void stranger_cannot_take_over_a_restored_history() {
    List<byte[]> honest = new ArrayList<>();
    addHistory(honest, Citizen.named("bart"), 5);
    begin("lisa", TrustPolicy.VERIFIED);
    offer(STRANGER, honest);
    end();

    begin("lisa", TrustPolicy.VERIFIED);
    openClaims();
    List<byte[]> forged = new ArrayList<>();
    addHistory(forged, Citizen.impostor("bart"), 5);
    offer(new Witness("10.6.6.7", false), forged);
    keys.learn("bart", "", Citizen.impostor("bart").key(), Origin.PING, STRANGER);
    verifyQuarantined();

    assertThat(held()).isEqualTo(texts(honest));
  }

  @Test
  void restored_events_are_verified_again_when_the_operator_gave_another_key() {
    List<byte[]> forged = new ArrayList<>();
    addHistory(forged, Citizen.impostor("bart"), 5);
    begin("lisa", TrustPolicy.VERIFIED);
    offer(PEER, forged);
    end();

    deployAll("lisa", TrustPolicy.VERIFIED, Duration.ofHours(1));
    keys.learn("bart", "", Citizen.named("bart").key(), Origin.CONFIG);
    restored(restore());

    assertThat(held()).isEmpty();
  }

  @Test
  void restored_events_are_verified_again_when_the_operator_took_its_key_back() {
    List<byte[]> forged = new ArrayList<>();
    addHistory(forged, Citizen.impostor("bart"), 5);
    forged.removeFirst();
    deployAll("lisa", TrustPolicy.VERIFIED, Duration.ofHours(1));
    keys.learn("bart", "", Citizen.impostor("bart").key(), Origin.CONFIG);
    restore();
    offer(forged);
    assertThat(held()).hasSize(4);
    end();

    restored(begin("lisa", TrustPolicy.VERIFIED));

    assertThat(held()).isEmpty();
    assertThat(keys.byName("bart")).isEmpty();
  }

  /** Adds a hey-there and teases of this nara. */
  private static void addHistory(List<byte[]> events, Citizen nara, int count) {
    events.add(nara.heyThere(SnapshotContents.TS, ""));
    for (int i = 1; i < count; i++) {
      // Another target gives the events of an impostor other ids.
      events.add(nara.tease(SnapshotContents.TS + i, "maggie" + nara.key()));
    }
  }

  @Test
  void foreign_snapshot_is_warned_of_with_the_changed_hardware_when_the_soul_is_native() {
    remembered("lisa");
    Logger logger = (Logger) LoggerFactory.getLogger(SnapshotVerticle.class);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);
    try {
      nativeSoul = true;
      assertThat(restored(begin("bart", TrustPolicy.VERIFIED)).sealed()).isFalse();
    } finally {
      logger.detachAppender(log);
    }
    assertThat(log.list)
        .filteredOn(line -> line.getLevel().isGreaterOrEqual(Level.WARN))
        .singleElement()
        .extracting(ILoggingEvent::getFormattedMessage)
        .asString()
        .contains("kept as .unsealed beside it", "may have changed since", "identity.soul_file");
  }

  @Test
  void snapshot_of_another_soul_is_verified_to_the_same_ledger() {
    Set<String> before = remembered("lisa");
    checked.set(0);

    SnapshotRestored snapshotRestored = restored(begin("bart", TrustPolicy.VERIFIED));

    assertThat(checked.get()).isPositive();
    assertThat(snapshotRestored.sealed()).isFalse();
    assertThat(snapshotRestored.keysLearned()).isZero();
    assertThat(snapshotRestored.sentence()).contains("Verified all events of the snapshot again");
    assertThat(held()).isEqualTo(before);
  }

  @Test
  void truncated_snapshot_is_restored_up_to_the_cut() throws IOException {
    Set<String> before = remembered("lisa");
    byte[] whole = Files.readAllBytes(path);
    Files.write(path, Arrays.copyOf(whole, whole.length / 2));

    SnapshotRestored snapshotRestored = restored(begin("lisa", TrustPolicy.VERIFIED));

    assertThat(snapshotRestored.sealed()).isFalse();
    assertThat(snapshotRestored.complete()).isFalse();
    assertThat(snapshotRestored.sentence()).contains("cut off after line");
    assertThat(before).containsAll(held());
    assertThat(held()).hasSizeBetween(before.size() / 4, before.size() * 3 / 4);
  }

  @Test
  void policy_applies_to_sealed_events() {
    begin("lisa", TrustPolicy.VERIFIED);
    offer(
        List.of(
            SnapshotContents.unsigned(1, "bart", "maggie"),
            Citizen.named("maggie").heyThere(SnapshotContents.TS, "")));
    end();

    SnapshotRestored snapshotRestored = restored(begin("lisa", TrustPolicy.STRICT));

    assertThat(snapshotRestored.sealed()).isTrue();
    assertThat(snapshotRestored.eventsRead()).isEqualTo(2);
    assertThat(snapshotRestored.eventsAdded()).isEqualTo(1);
  }

  @Test
  void snapshot_is_written_while_the_node_runs() throws Exception {
    try (WatchService watch = folder.getFileSystem().newWatchService()) {
      folder.register(watch, StandardWatchEventKinds.ENTRY_CREATE);
      begin("lisa", TrustPolicy.VERIFIED, Duration.ofMillis(20));
      Instant deadline = Instant.now().plus(TIMEOUT);
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
  void snapshot_is_not_replaced_before_a_restore() throws IOException {
    remembered("lisa");
    byte[] before = Files.readAllBytes(path);
    deployAll("lisa", TrustPolicy.VERIFIED, Duration.ofHours(1));
    end();
    assertThat(Files.readAllBytes(path)).isEqualTo(before);
  }

  @Test
  void unreadable_file_is_neither_used_nor_replaced() throws IOException {
    deployAll("lisa", TrustPolicy.VERIFIED, Duration.ofHours(1));
    Files.createDirectory(path);
    assertThat(restore())
        .isInstanceOfSatisfying(
            SnapshotUnusable.class,
            unusable -> assertThat(unusable.sentence()).contains("repair it"));
    end();
    assertThat(path).isDirectory();
  }

  /** Lets a node merge the corpus and stop. Returns the events that it had stored. */
  private Set<String> remembered(String soul) {
    begin(soul, TrustPolicy.VERIFIED);
    offer(corpus.events());
    Set<String> held = held();
    end();
    return held;
  }

  private RestoreResult begin(String soul, TrustPolicy policy) {
    return begin(soul, policy, Duration.ofHours(1));
  }

  private RestoreResult begin(String soul, TrustPolicy policy, Duration every) {
    deployAll(soul, policy, every);
    return restore();
  }

  private void deployAll(String soul, TrustPolicy policy, Duration every) {
    keys = new Keyring();
    deploy(
        new LedgerVerticle(LedgerConfig.ofSize(20_000), keys::standing, new Random(1)),
        new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER));
    deploy(
        new SnapshotVerticle(
            new SnapshotConfig(path, every),
            Citizen.named(soul).identity().soul().derivedKey("a", "b"),
            keys,
            Scheduler.system(),
            nativeSoul),
        new DeploymentOptions());
    deploy(
        new TrustVerticle(config(policy), counting(), keys, Scheduler.system()),
        new DeploymentOptions());
  }

  private static TrustConfig config(TrustPolicy policy) {
    TrustConfig d = TrustConfig.defaults();
    return new TrustConfig(
        policy, d.verifier(), d.recheckOneIn(), d.maxKeyTables(), d.maxQuarantined());
  }

  private SignatureVerifier counting() {
    SignatureVerifier verifier =
        ((VerifierChoice.Available) Verifiers.choose("tables", 16)).signatureVerifier();
    return new SignatureVerifier() {
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

  private RestoreResult restore() {
    return await(
        Bus.of(vertx)
            .request(SnapshotRequest.ADDRESS, new SnapshotRequest.RestoreSnapshot(), TIMEOUT));
  }

  private static SnapshotRestored restored(RestoreResult result) {
    assertThat(result).isInstanceOf(SnapshotRestored.class);
    return (SnapshotRestored) result;
  }

  private void offer(List<byte[]> events) {
    offer(Witness.NONE, events);
  }

  private void offer(Witness witness, List<byte[]> events) {
    await(
        Bus.of(vertx)
            .request(
                TrustRequest.ADDRESS,
                new TrustRequest.OfferEvents(
                    OfferSource.peer("test"), witness, RawEvents.join(events), false),
                TIMEOUT));
  }

  private void openClaims() {
    await(Bus.of(vertx).request(TrustRequest.ADDRESS, new TrustRequest.OpenKeyClaims(), TIMEOUT));
  }

  private void verifyQuarantined() {
    await(
        Bus.of(vertx).request(TrustRequest.ADDRESS, new TrustRequest.VerifyQuarantined(), TIMEOUT));
  }

  private static Set<String> texts(List<byte[]> events) {
    Set<String> texts = new TreeSet<>();
    events.forEach(event -> texts.add(new String(event, StandardCharsets.UTF_8)));
    return texts;
  }

  private Set<String> held() {
    Set<String> held = new TreeSet<>();
    for (Event event :
        await(
                Bus.of(vertx)
                    .request(LedgerRequest.ADDRESS, new LedgerRequest.ExportEvents(), TIMEOUT))
            .events()) {
      held.add(new String(event.json(), StandardCharsets.UTF_8));
    }
    return held;
  }

  private static <T> T await(Future<T> future) {
    return Blocking.await(future, TIMEOUT);
  }
}
