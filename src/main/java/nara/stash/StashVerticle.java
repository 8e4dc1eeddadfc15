package nara.stash;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import nara.bounds.LogOnce;
import nara.bus.Bus;
import nara.bus.BusFailure;
import nara.bus.BusMessage;
import nara.bus.Scheduler;
import nara.bus.Timeouts;
import nara.discovery.DiscoveryNotification;
import nara.discovery.DiscoveryRequest;
import nara.discovery.DiscoveryRequest.FormerNeighbour;
import nara.discovery.Neighbour;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.identity.SelfEncryption;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.SubjectSummary;
import nara.ledger.MemoryMode;
import nara.mesh.MeshNode;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.server.MessageRequest;
import nara.mesh.server.MessageRequest.MessageReplies;
import nara.opinion.OpinionRequest;
import nara.presence.Presence;
import nara.snapshot.SnapshotRequest;
import nara.stash.ConfidantStore.KeptStash;
import nara.stash.Essentials.KnownNara;
import nara.stash.MessageExchange.Received;
import nara.stash.StashRequest.ConfidantState;
import nara.stash.StashRequest.StashStatus;
import nara.stash.wire.MeshMessage;
import nara.stash.wire.MeshMessage.Receiver;
import nara.stash.wire.StashLimits;
import nara.stash.wire.StashPayload;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps stashes for others, and this node's own stash with others.
 *
 * <p>Both survive a restart in the snapshot. The search for the own stash runs beside the boot
 * recovery: it publishes {@link StashNotification.StashRecovered} and gives discovery the
 * neighbours that the stash names. Discovery pings them, and the recovery asks those that respond
 * in a further pass.
 */
public final class StashVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(StashVerticle.class);

  private static final byte[] NO_REPLY = {};

  /** Changes of a moment go into the snapshot together. */
  private static final Duration SAVE_DELAY = Duration.ofMillis(200);

  /** Neighbours that appear together are asked in one pass. */
  private static final Duration APPEARANCE_DELAY = Duration.ofMillis(20);

  /** Passes that appearances cause: later ones come with the usual passes. */
  private static final int MAX_EARLY_PASSES = 50;

  /** The stop of the node allows each part five seconds. */
  private static final Duration FINAL_SAVE_TIMEOUT = Duration.ofSeconds(2);

  private final MeshNode node;
  private final StashConfig config;
  private final Scheduler scheduler;
  private final RandomGenerator random;
  private final SecureRandom nonces;
  private final ConfidantStore kept;
  private final LogOnce failures = new LogOnce(LOG::warn);

  private Bus bus;
  private MessageExchange exchange;
  private OwnStash own;
  private Map<String, Neighbour> neighbours = Map.of();
  private Scheduler.TimerHandle nextPass = () -> {};
  private Duration retryDelay = StashLimits.FIRST_RETRY;
  private Future<Void> pass = Future.succeededFuture();
  private boolean appearancePending;
  private int early;
  private boolean announced;
  private boolean announcedFound;
  private boolean savePending;
  private boolean stopped;

  /**
   * The stash of one node.
   *
   * @param memory decides for how many owners it keeps a stash
   * @param random chooses confidants
   * @param nonces for the encryption of this node's own stash
   */
  public StashVerticle(
      MeshNode node,
      StashConfig config,
      MemoryMode memory,
      RandomGenerator random,
      SecureRandom nonces) {
    this.node = node;
    this.config = config;
    this.scheduler = node.clock();
    this.random = random;
    this.nonces = nonces;
    this.kept = new ConfidantStore(StashConfig.maxOwners(memory));
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    exchange = new MessageExchange(vertx, bus, node);
    own = new OwnStash(node.me(), exchange, this::onWorker, random, nonces, node.keys()::idOf);
    return restore()
        .compose(
            restored -> {
              bus.serve(StashRequest.ADDRESS, StashRequest.class, this::onRequest);
              bus.subscribe(Presence.ADDRESS, Presence.class, this::onPresence);
              bus.subscribe(
                  DiscoveryNotification.ADDRESS,
                  DiscoveryNotification.class,
                  this::onDiscoveryNotification);
              if (!own.isFound()) {
                expectFormerNeighbours();
              }
              // Later, so that the deployer can subscribe before the first notification.
              context.runOnContext(deployed -> runPass());
              return bus.serve(MessageRequest.ADDRESS, MessageRequest.class, this::onMessageRequest)
                  .completion();
            });
  }

  @Override
  public Future<?> stop() {
    stopped = true;
    nextPass.cancel();
    return save().timeout(FINAL_SAVE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS).otherwiseEmpty();
  }

  private <T> Future<T> onWorker(Callable<T> work) {
    return vertx.executeBlocking(work, false);
  }

  // Requests of this node.

  private Future<? extends BusMessage> onRequest(StashRequest<?> request) {
    return switch (request) {
      case StashRequest.SetStashData set -> {
        own.setData(set.data(), scheduler.instant());
        saveSoon();
        yield runPass().transform(ended -> Future.succeededFuture(status()));
      }
      case StashRequest.GetStashData get ->
          Future.succeededFuture(new StashRequest.StashData(own.content().data()));
      case StashRequest.RecoverStash recover -> {
        own.askAgain();
        yield runPass().transform(ended -> Future.succeededFuture(status()));
      }
      case StashRequest.GetStashStatus get -> Future.succeededFuture(status());
    };
  }

  private StashStatus status() {
    StashContent content = own.content();
    return new StashStatus(
        own.sentence(),
        content.data().map(data -> data.length),
        content.dataWrittenAt(),
        content.essentials().neighbours().size(),
        own.confidants().stream()
            .map(
                each ->
                    new ConfidantState(
                        each.name(),
                        each.id(),
                        each.confirmed() == content.writtenAt(),
                        isOnline(each.name())))
            .toList(),
        kept.all().size(),
        kept.bytes(),
        kept.maxOwners(),
        exchange.rejected());
  }

  private boolean isOnline(String name) {
    return neighbours.containsKey(name) && neighbours.get(name).online();
  }

  // The passes of the owner.

  /** Runs a pass after the one that is running. Never fails. */
  private Future<Void> runPass() {
    nextPass.cancel();
    pass =
        pass.transform(before -> lookAfterOwnStash())
            .onFailure(
                failure ->
                    logFailure("Cannot look after the stash; retrying later: reason=", failure))
            .transform(
                ended -> {
                  schedulePass();
                  return saveSoon();
                });
    return pass;
  }

  private void schedulePass() {
    if (stopped) {
      return;
    }
    boolean settled = own.isSettled() && own.isFound();
    Duration delay = settled ? config.checkEvery() : shorter(retryDelay, config.checkEvery());
    retryDelay = settled ? StashLimits.FIRST_RETRY : retryDelay.multipliedBy(2);
    retryDelay = shorter(retryDelay, config.checkEvery());
    nextPass.cancel();
    nextPass = scheduler.schedule(vertx, delay, () -> runPass());
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private Future<Void> lookAfterOwnStash() {
    if (stopped) {
      return Future.succeededFuture();
    }
    return bus.request(
            DiscoveryRequest.ADDRESS, new DiscoveryRequest.ListNeighbours(), Timeouts.LOCAL)
        .compose(
            list -> {
              neighbours = list.byName();
              return own.search(reachable(), scheduler.instant());
            })
        .onSuccess(searched -> announceOnce())
        .compose(searched -> updateEssentials())
        .compose(updated -> uptimes())
        .compose(
            uptimes ->
                own.distribute(
                    reachable(),
                    each -> uptimes.getOrDefault(each.name(), 0L),
                    scheduler.instant()));
  }

  private List<Neighbour> reachable() {
    return neighbours.values().stream()
        .filter(each -> each.online() && !each.address().isEmpty())
        .toList();
  }

  private Future<?> updateEssentials() {
    if (!config.essentials()) {
      return Future.succeededFuture();
    }
    Instant now = scheduler.instant();
    return bus.request(
            LedgerRequest.ADDRESS,
            new LedgerRequest.SummariseSubject(node.name(), now.getEpochSecond()),
            Timeouts.LOCAL)
        .map(SubjectSummary::latestCheckpointId)
        .onSuccess(
            checkpoint -> {
              List<KnownNara> online = reachable().stream().map(each -> known(each, now)).toList();
              own.updateEssentials(
                  own.content().essentials().updated(checkpoint, online, now), now);
            });
  }

  private KnownNara known(Neighbour neighbour, Instant now) {
    String id = node.keys().idOf(neighbour.name()).orElse(neighbour.id());
    Optional<PublicKey> key = node.keys().byName(neighbour.name()).or(neighbour::key);
    return new KnownNara(neighbour.name(), id, key, neighbour.address(), now.getEpochSecond());
  }

  /** Seconds since the last restart of each subject, by this node's opinions; else none. */
  private Future<Map<String, Long>> uptimes() {
    long now = scheduler.instant().getEpochSecond();
    return bus.request(OpinionRequest.ADDRESS, new OpinionRequest.GetOpinions(), Timeouts.STATUS)
        .map(
            opinions -> {
              Map<String, Long> uptimes = new HashMap<>();
              opinions
                  .bySubject()
                  .forEach(
                      (name, summary) -> {
                        if (summary.opinion().lastRestart() > 0) {
                          uptimes.put(name, now - summary.opinion().lastRestart());
                        }
                      });
              return uptimes;
            })
        .otherwise(Map.of());
  }

  private void expectFormerNeighbours() {
    bus.request(
            DiscoveryRequest.ADDRESS,
            new DiscoveryRequest.ExpectFormerNeighbours(),
            Timeouts.STATUS)
        .onFailure(failure -> logFailure("Discovery did not reply: ", failure));
  }

  private void logFailure(String what, Throwable failure) {
    if (!BusFailure.isOfStop(failure)) {
      failures.log(what + (failure.getMessage() == null ? failure : failure.getMessage()));
    }
  }

  /** While the own stash is not found, each neighbour is asked for it as soon as it appears. */
  private void onDiscoveryNotification(DiscoveryNotification notification) {
    switch (notification) {
      case DiscoveryNotification.NeighbourAppeared appeared -> {
        if (!own.isFound() && !appearancePending && early < MAX_EARLY_PASSES) {
          appearancePending = true;
          early++;
          scheduler.schedule(
              vertx,
              APPEARANCE_DELAY,
              () -> {
                appearancePending = false;
                runPass();
              });
        }
      }
    }
  }

  /** Tells of the end of the first search, and of a stash that is found later. */
  private void announceOnce() {
    boolean ended = own.isFound() || own.hasAsked();
    if (!ended || announced && announcedFound == own.isFound()) {
      return;
    }
    announced = true;
    announcedFound = own.isFound();
    List<KnownNara> former =
        own.content().essentials().neighbours().stream()
            .filter(each -> !isOnline(each.name()))
            .toList();
    LOG.info(
        "Searched for the stash of this node; result=\"{}\" neighbours={}",
        own.sentence(),
        former.size());
    bus.publish(
        StashNotification.ADDRESS,
        new StashNotification.StashRecovered(own.isFound(), own.sentence(), former.size()));
    addFormerNeighbours(former);
  }

  /** Discovery pings an address before anybody uses it. A key is a claim without a vote. */
  private void addFormerNeighbours(List<KnownNara> former) {
    former.forEach(
        each ->
            each.key()
                .ifPresent(key -> node.keys().learn(each.name(), each.id(), key, Origin.HEARSAY)));
    bus.request(
            DiscoveryRequest.ADDRESS,
            new DiscoveryRequest.AddFormerNeighbours(
                former.stream()
                    .map(each -> new FormerNeighbour(each.name(), each.address()))
                    .toList()),
            Timeouts.STATUS)
        .onFailure(failure -> logFailure("Discovery did not reply: ", failure));
  }

  // Messages of peers.

  private Future<? extends BusMessage> onMessageRequest(MessageRequest<?> request) {
    return switch (request) {
      case MessageRequest.ReceiveMessage message ->
          exchange
              .receive(message.sender(), message.host(), message.body())
              .compose(
                  received ->
                      received.isEmpty()
                          ? Future.succeededFuture(NO_REPLY)
                          : onMessage(received.get()))
              .map(MessageReplies::new);
    };
  }

  /** Returns the body of the response. */
  private Future<byte[]> onMessage(Received received) {
    if (exchange.completeCall(Optional.of(received))) {
      return Future.succeededFuture(NO_REPLY);
    }
    return switch (received.message().payload()) {
      case StashPayload.Store store -> reply(received, onStore(received, store));
      case StashPayload.Request request -> reply(received, onStashRequest(received, request));
      case StashPayload.Response pushed -> {
        if (received.message().inReplyTo().isEmpty()) {
          onPushed(received, pushed);
        }
        yield Future.succeededFuture(NO_REPLY);
      }
      case StashPayload.Ack late -> Future.succeededFuture(NO_REPLY);
    };
  }

  private StashPayload onStore(Received received, StashPayload.Store store) {
    Instant now = scheduler.instant();
    String refusal = refusal(received, store, now);
    if (refusal.isEmpty()) {
      saveSoon();
    }
    return new StashPayload.Ack(store.ownerId(), now.getEpochSecond(), refusal.isEmpty(), refusal);
  }

  private String refusal(Received received, StashPayload.Store store, Instant now) {
    if (store.ownerId().isEmpty()) {
      return "owner_id required";
    }
    if (!store.ownerId().equals(received.message().fromId())) {
      return "owner_id must be from_id";
    }
    String fault = ConfidantStore.fault(store.nonce().length, store.ciphertext().length);
    if (!fault.isEmpty()) {
      return fault;
    }
    byte[] sealed = new byte[store.nonce().length + store.ciphertext().length];
    System.arraycopy(store.nonce(), 0, sealed, 0, store.nonce().length);
    System.arraycopy(
        store.ciphertext(), 0, sealed, store.nonce().length, store.ciphertext().length);
    return kept.keep(
        new KeptStash(
            store.ownerId(),
            received.name(),
            received.key(),
            sealed,
            now,
            received.message().time().orElseThrow(),
            received.host()));
  }

  private StashPayload onStashRequest(Received received, StashPayload.Request request) {
    return kept.find(received.key())
        .filter(stash -> request.ownerId().equals(received.message().fromId()))
        .filter(stash -> stash.ownerId().equals(request.ownerId()))
        .map(stash -> response(stash, request.requestId()))
        .orElseGet(() -> StashPayload.Response.notFound(request.ownerId(), request.requestId()));
  }

  private static StashPayload.Response response(KeptStash stash, String requestId) {
    byte[] sealed = stash.sealed();
    int nonce = SelfEncryption.NONCE_LENGTH;
    return new StashPayload.Response(
        stash.ownerId(),
        requestId,
        true,
        Arrays.copyOf(sealed, nonce),
        Arrays.copyOfRange(sealed, nonce, sealed.length),
        stash.storedAt().getEpochSecond());
  }

  /**
   * Sends the reply as a message of its own, because the reference ignores the body of a response.
   * A sender whose address is unknown gets it in the body.
   */
  private Future<byte[]> reply(Received received, StashPayload payload) {
    MeshMessage asked = received.message();
    Receiver receiver = new Receiver(received.name(), asked.fromId());
    return addressOf(received.name())
        .compose(
            address -> {
              if (address.isPresent()) {
                exchange
                    .send(new Peer(received.name(), address.get()), receiver, payload, asked.id())
                    .onFailure(
                        failure ->
                            LOG.debug(
                                "A reply was not delivered; peer={} reason={}",
                                received.name(),
                                failure.getMessage()));
                return Future.succeededFuture(NO_REPLY);
              }
              return exchange.sign(receiver, payload, asked.id()).map(MeshMessage::jsonList);
            });
  }

  private Future<Optional<String>> addressOf(String name) {
    return bus.request(
            DiscoveryRequest.ADDRESS, new DiscoveryRequest.ListNeighbours(), Timeouts.STATUS)
        .map(
            list ->
                Optional.ofNullable(list.byName().get(name))
                    .map(Neighbour::address)
                    .filter(address -> !address.isEmpty()));
  }

  private void onPushed(Received received, StashPayload.Response pushed) {
    boolean wasFound = own.isFound();
    long before = own.content().writtenAt();
    own.take(pushed, received.name(), received.message().fromId(), scheduler.instant())
        .onSuccess(
            taken -> {
              if (taken && (!wasFound || own.content().writtenAt() != before)) {
                runPass();
              }
            });
  }

  /** Pushes the stash of an owner that is heard: it may just have restarted. */
  private void onPresence(Presence presence) {
    if (!(presence instanceof Presence.Online online)
        || !online.firstHand()
        || online.key().isEmpty()
        || !online.key().equals(node.keys().byName(online.name()))) {
      return;
    }
    kept.find(online.key().get())
        .filter(stash -> stash.owner().equals(online.name()))
        .flatMap(stash -> kept.duePush(stash.key(), scheduler.instant()))
        .ifPresent(
            stash ->
                push(stash)
                    .onFailure(
                        refused ->
                            scheduler.schedule(
                                vertx, StashLimits.PUSH_RETRY, () -> pushAgain(stash))));
  }

  /** An owner that has just started may not have known this node yet. */
  private void pushAgain(KeptStash stash) {
    if (!stopped) {
      push(stash)
          .onFailure(
              failure ->
                  LOG.debug(
                      "A stash was not pushed to its owner; owner={} reason={}",
                      stash.owner(),
                      failure.getMessage()));
    }
  }

  private Future<?> push(KeptStash stash) {
    return addressOf(stash.owner())
        .compose(
            address ->
                address.isEmpty()
                    ? Future.failedFuture("its address is unknown")
                    : exchange.send(
                        new Peer(stash.owner(), address.get()),
                        new Receiver(stash.owner(), stash.ownerId()),
                        response(stash, ""),
                        ""));
  }

  // The snapshot.

  private Future<?> restore() {
    return bus.request(
            SnapshotRequest.ADDRESS,
            new SnapshotRequest.ReadSection(SavedStash.SECTION),
            Timeouts.LOCAL)
        .map(SnapshotRequest.SectionBytes::bytes)
        // Without a snapshot nothing is restored.
        .otherwise(Optional.empty())
        .compose(
            section ->
                section.isEmpty()
                    ? Future.succeededFuture(Optional.<SavedStash>empty())
                    : onWorker(() -> SavedStash.read(section.get())))
        .compose(
            saved -> {
              if (saved.isEmpty()) {
                return Future.succeededFuture();
              }
              kept.restore(saved.get().kept());
              return own.restore(saved.get().own(), saved.get().confidants());
            });
  }

  private Future<Void> saveSoon() {
    if (!savePending && !stopped) {
      savePending = true;
      vertx.setTimer(
          SAVE_DELAY.toMillis(),
          due -> {
            savePending = false;
            save();
          });
    }
    return Future.succeededFuture();
  }

  private Future<?> save() {
    List<KeptStash> stashes = new ArrayList<>(kept.all());
    List<Confidant> confidants = own.confidants();
    StashContent content = own.content();
    Future<byte[]> sealed =
        content.isEmpty() ? Future.succeededFuture(NO_REPLY) : own.encrypt(content);
    return sealed
        .otherwise(NO_REPLY)
        .compose(mine -> onWorker(() -> new SavedStash(stashes, mine, confidants).json()))
        .compose(
            bytes ->
                bus.request(
                    SnapshotRequest.ADDRESS,
                    new SnapshotRequest.KeepSection(SavedStash.SECTION, bytes),
                    Timeouts.STATUS))
        // A node without a snapshot keeps nothing over a restart.
        .otherwiseEmpty();
  }
}
