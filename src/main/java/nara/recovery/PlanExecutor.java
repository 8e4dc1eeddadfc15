package nara.recovery;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import nara.bus.Bus;
import nara.bus.Timeouts;
import nara.checkpoint.sync.CheckpointSyncRequest;
import nara.discovery.DiscoveryRequest;
import nara.discovery.DiscoveryRequest.FoundNeighbours;
import nara.discovery.DiscoveryRequest.NeighbourList;
import nara.discovery.Neighbour;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.LedgerStats;
import nara.mesh.client.MeshRequest;
import nara.mesh.wire.MeshFailure;
import nara.mqtt.PlazaRequest;
import nara.mqtt.PlazaRequest.LedgersFetched;
import nara.mqtt.PlazaRequest.PlazaState;
import nara.recovery.ClusterWorkRequest.FetchedByMember;

/**
 * Sends the plan's requests to the other verticles, and reports the one event with which each of
 * them ends. A failure within this node is such an event too.
 */
final class PlanExecutor {
  private final RecoveryConfig config;
  private final String me;
  private final boolean hasBroker;
  private final Bus bus;
  private final RecoveryRunner runner;

  /** Requests for events whose replies have not come. */
  private int openRequests;

  /** Completes when no request for events is open any more. Null until a stop waits for that. */
  private Promise<Void> requestsEnded;

  /**
   * Creates an executor.
   *
   * @param me this node's name
   * @param hasBroker whether a verticle serves {@link PlazaRequest}
   */
  PlanExecutor(
      RecoveryConfig config, String me, boolean hasBroker, Bus bus, RecoveryRunner runner) {
    this.config = config;
    this.me = me;
    this.hasBroker = hasBroker;
    this.bus = bus;
    this.runner = runner;
  }

  /** Sends a request; {@code events} gets one event when it ends. */
  void execute(PlanCommand.Request request, Consumer<RecoveryEvent> events) {
    switch (request) {
      case PlanCommand.StartDiscovery discovery ->
          discover(Set.of(), Duration.ZERO, RecoveryLimits.DISCOVERY_PATIENCE, events);
      case PlanCommand.FindFurther further ->
          discover(further.asked(), further.atLeast(), further.atMost(), events);
      case PlanCommand.StartFetch fetch -> fetch(fetch, events);
      case PlanCommand.StartReconcile reconcile -> reconcile(reconcile, events);
      case PlanCommand.FetchFromPlaza fetch ->
          report(
              "plaza",
              counted(fetchFromPlaza(fetch.subjectsByNeighbour())),
              RecoveryEvent.PlazaEnded::new,
              events);
      case PlanCommand.SyncCheckpoints sync ->
          report(
              "checkpoint sync",
              counted(
                  bus.request(
                      CheckpointSyncRequest.ADDRESS,
                      new CheckpointSyncRequest.Sync(sync.peers()),
                      Timeouts.CHECKPOINTS)),
              RecoveryEvent.CheckpointsEnded::new,
              events);
      case PlanCommand.SearchKeys search ->
          report(
              "key search",
              counted(runner.searchKeys(search.peers())),
              RecoveryEvent.KeySearchEnded::new,
              events);
      case PlanCommand.SeedPingTimes times ->
          report(
              "ledger",
              bus.request(
                  LedgerRequest.ADDRESS,
                  new LedgerRequest.ComputeMeanRtts(Set.of(me)),
                  Timeouts.LOCAL),
              means -> new RecoveryEvent.PingTimesSeeded(means.millisByTarget().size()),
              events);
    }
  }

  /**
   * Waits until no request for events is open any more, for a stop: a page that is being merged
   * enters the ledger in any case. Fails after {@link RecoveryLimits#STOP_PATIENCE}.
   */
  Future<?> awaitOpenRequests() {
    if (openRequests == 0) {
      return Future.succeededFuture();
    }
    requestsEnded = Promise.promise();
    return requestsEnded
        .future()
        .timeout(RecoveryLimits.STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Counts a request for events as open until its reply. */
  private <R> Future<R> counted(Future<R> reply) {
    openRequests++;
    return reply.onComplete(ended -> onRequestEnded());
  }

  private void onRequestEnded() {
    openRequests--;
    if (requestsEnded != null && openRequests == 0) {
      requestsEnded.tryComplete();
    }
  }

  /** Reports the event that a part of this node replies with, or the failure of the stage. */
  private static <R> void report(
      String part,
      Future<R> reply,
      Function<R, RecoveryEvent> toEvent,
      Consumer<RecoveryEvent> events) {
    reply
        .onSuccess(result -> events.accept(toEvent.apply(result)))
        .onFailure(
            failure -> events.accept(new RecoveryEvent.StageFailed(failureMessage(part, failure))));
  }

  private static String failureMessage(String part, Throwable failure) {
    return "this node's %s did not reply: %s".formatted(part, failure.getMessage());
  }

  /**
   * Finds neighbours: the first ones, or those that came late when some were asked.
   *
   * @param atLeast how long neighbours may announce themselves, when the plaza is connected
   */
  private void discover(
      Set<String> asked, Duration atLeast, Duration atMost, Consumer<RecoveryEvent> events) {
    boolean first = asked.isEmpty();
    Future<PlazaState> plaza =
        hasBroker
            ? bus.request(PlazaRequest.ADDRESS, new PlazaRequest.GetPlazaState(), Timeouts.LOCAL)
            : Future.succeededFuture(new PlazaState(false, ""));
    Future<FoundNeighbours> found =
        plaza.compose(
            state ->
                bus.request(
                    DiscoveryRequest.ADDRESS,
                    new DiscoveryRequest.FindNeighbours(
                        first, asked, !first, announcementWait(state, atLeast), atMost),
                    Timeouts.DISCOVERY));
    Future<LedgerStats> held =
        found.compose(
            list ->
                bus.request(
                    LedgerRequest.ADDRESS, new LedgerRequest.ReadLedgerStats(), Timeouts.LOCAL));
    report(
        "discovery",
        held,
        stats ->
            new RecoveryEvent.NeighboursDiscovered(
                found.result().list().neighbours(),
                discoveryWarnings(found.result().list(), plaza.result().error()),
                hasBroker,
                stats.total(),
                found.result().running()),
        events);
  }

  /** A broker that is down, or does not answer, must not hold up a recovery. */
  private Duration announcementWait(PlazaState plaza, Duration atLeast) {
    if (plaza.connected()) {
      return atLeast;
    }
    return !hasBroker || !plaza.error().isEmpty()
        ? Duration.ZERO
        : atLeast.compareTo(RecoveryLimits.CONNECTING_WAIT) < 0
            ? atLeast
            : RecoveryLimits.CONNECTING_WAIT;
  }

  /** A broker that is down matters only when no neighbour was found without it. */
  private static List<String> discoveryWarnings(NeighbourList found, String plazaError) {
    boolean anyOnline = found.neighbours().stream().anyMatch(Neighbour::online);
    if (anyOnline || plazaError.isEmpty()) {
      return found.problems();
    }
    List<String> all = new ArrayList<>(found.problems());
    all.add("the plaza: " + plazaError);
    return all;
  }

  /** A fetch that fails within this node counts as a stall, so that the plan retries it. */
  private void fetch(PlanCommand.StartFetch fetch, Consumer<RecoveryEvent> events) {
    counted(runner.fetch(fetch))
        .otherwise(
            failure ->
                new FetchedByMember(
                    runner.handover().member(),
                    new MeshRequest.FetchFailed(
                        MeshFailure.STALLED, failureMessage("mesh", failure))))
        .onSuccess(
            fetched ->
                events.accept(
                    new RecoveryEvent.FetchEnded(
                        fetch.callId(), fetched.outcome(), fetched.member())));
  }

  private void reconcile(PlanCommand.StartReconcile reconcile, Consumer<RecoveryEvent> events) {
    counted(
            bus.request(
                MeshRequest.ADDRESS,
                new MeshRequest.ReconcileWithPeer(
                    reconcile.peer(), Long.MIN_VALUE, reconcile.timeout()),
                Timeouts.RECONCILE))
        .otherwise(
            failure ->
                new MeshRequest.ReconcileFailed(
                    MeshFailure.STALLED, failureMessage("mesh", failure)))
        .onSuccess(
            outcome ->
                events.accept(new RecoveryEvent.ReconcileEnded(reconcile.callId(), outcome)));
  }

  private Future<LedgersFetched> fetchFromPlaza(Map<String, List<String>> subjects) {
    // The earlier leader had a broker when it planned this fetch; this member may have none.
    return hasBroker
        ? bus.request(
            PlazaRequest.ADDRESS,
            new PlazaRequest.FetchLedgers(subjects, config.plazaQuiet(), config.plazaDeadline()),
            config.plazaDeadline().plus(Timeouts.MERGE_ALLOWANCE))
        : Future.succeededFuture(
            new LedgersFetched(List.of(), subjects.keySet(), "no broker is configured"));
  }
}
