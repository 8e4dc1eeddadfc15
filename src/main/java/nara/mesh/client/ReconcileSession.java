package nara.mesh.client;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Scheduler;
import nara.bus.Timeouts;
import nara.ledger.LedgerRequest;
import nara.mesh.EventOffers;
import nara.mesh.client.MeshClient.OnVerified;
import nara.mesh.client.MeshClient.VerifiedResponse;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.client.MeshRequest.PeerReconciled;
import nara.mesh.client.MeshRequest.ReconcileFailed;
import nara.mesh.client.MeshRequest.ReconcileOutcome;
import nara.mesh.client.MeshRequest.ReconcileWithPeer;
import nara.mesh.wire.GoDuration;
import nara.mesh.wire.MeshException;
import nara.mesh.wire.MeshFailure;
import nara.mesh.wire.MeshLimits;
import nara.mesh.wire.SyncResponse;
import nara.negentropy.ItemId;
import nara.trust.OfferSource;
import nara.trust.TrustRequest.OfferEvents;
import nara.trust.TrustRequest.OfferResult;

/**
 * One reconciliation with one peer. It compares the two ledgers by messages, then fetches the
 * missing events by their hashes, the newest first.
 *
 * <p>It ends whatever the peer sends: rounds, ids, requests and time are bounded. Trust verifies
 * the events like any other.
 *
 * <p>Lives on one event loop.
 */
final class ReconcileSession {
  private final Bus bus;
  private final MeshClient client;
  private final Scheduler clock;
  private final ReconcileHistory history;
  private final Peer peer;
  private final long since;
  private final Duration timeout;

  private final List<ItemId> missing = new ArrayList<>();
  private List<ItemId> hashesToFetch = List.of();
  private long startedNanos;
  private int heldAtStart;
  private int rounds;
  private int fetchRequests;
  private long comparedBytes;
  private long fetchedBytes;
  private int surplus;
  private int requestedCount;
  private int receivedCount;
  private OfferResult result = OfferResult.NONE;

  ReconcileSession(
      Bus bus,
      MeshClient client,
      Scheduler clock,
      ReconcileHistory history,
      ReconcileWithPeer request) {
    this.bus = bus;
    this.client = client;
    this.clock = clock;
    this.history = history;
    this.peer = request.peer();
    this.since = request.since();
    this.timeout = request.timeout();
  }

  /** Runs the reconciliation; a failure of the peer is an outcome. */
  Future<ReconcileOutcome> run() {
    if (history.isUnsupported(peer)) {
      return Future.succeededFuture(
          new ReconcileFailed(
              MeshFailure.UNSUPPORTED,
              "does not support reconciliation, as an earlier request has shown"));
    }
    startedNanos = clock.nanoTime();
    return queryLedger(new LedgerRequest.StartReconciliation(since))
        .compose(
            first -> {
              heldAtStart = first.eventCount();
              return compare(first.message());
            })
        .compose(compared -> fetchNext())
        .compose(fetched -> outcome(missingEventsReason()))
        .recover(this::onFailure);
  }

  private Future<Void> compare(byte[] message) {
    if (rounds == MeshLimits.RECONCILE_ROUNDS) {
      return fail("the comparison did not end after " + rounds + " rounds");
    }
    return send(
            SignedRequest.reconcile(message),
            response -> {
              rounds++;
              comparedBytes += message.length + response.wireBytes();
              return queryLedger(
                  new LedgerRequest.ContinueReconciliation(
                      response.value(), MeshLimits.RECONCILE_BYTES));
            })
        .compose(this::onStep);
  }

  private Future<Void> onStep(LedgerRequest.ReconciliationRound step) {
    if (!step.fault().isEmpty()) {
      return fail("its message is malformed: " + step.fault());
    }
    missing.addAll(step.missing());
    surplus += step.surplus();
    if (missing.size() > Math.max(heldAtStart, MeshLimits.RECONCILE_MISSING)) {
      return fail("it lists more missing events than the " + heldAtStart + " that are held");
    }
    if (step.nextMessage().isPresent()) {
      return compare(step.nextMessage().get());
    }
    hashesToFetch = history.withoutUnwanted(peer, missing.stream().distinct().toList()).reversed();
    return Future.succeededFuture();
  }

  private Future<Void> fetchNext() {
    if (requestedCount == hashesToFetch.size()) {
      return Future.succeededFuture();
    }
    int end = Math.min(requestedCount + MeshLimits.FETCH_HASHES, hashesToFetch.size());
    List<ItemId> hashes = hashesToFetch.subList(requestedCount, end);
    return send(SignedRequest.fetch(hashes), response -> onEvents(hashes, response))
        .compose(merged -> fetchNext());
  }

  private Future<Void> onEvents(List<ItemId> hashes, VerifiedResponse<SyncResponse> verified) {
    SyncResponse response = verified.value();
    long end = response.nextCursor().orElse((long) hashes.size());
    fetchRequests++;
    comparedBytes += (long) hashes.size() * ItemId.BYTES;
    fetchedBytes += verified.wireBytes();
    if (end < 1 || end > hashes.size() || response.events().size() > end) {
      return fail("its cursor is " + end + " in a request for " + hashes.size() + " hashes");
    }
    requestedCount += (int) end;
    receivedCount += response.events().size();
    return EventOffers.send(
            bus,
            new OfferEvents(OfferSource.peer(peer.name()), peer.witness(), response.events(), true))
        .onSuccess(more -> result = result.plus(more))
        .mapEmpty();
  }

  private <A, T> Future<T> send(SignedRequest<A> request, OnVerified<A, T> verified) {
    Duration left = MeshLimits.RECONCILE_TIMEOUT.minusNanos(clock.nanoTime() - startedNanos);
    return left.isPositive()
        ? client.send(peer, request, left.compareTo(timeout) < 0 ? left : timeout, verified)
        : fail("not done after " + GoDuration.format(MeshLimits.RECONCILE_TIMEOUT));
  }

  /** Why events are missing, when the peer sent fewer than it listed; a few may be pruned there. */
  private String missingEventsReason() {
    int notReceived = requestedCount - receivedCount;
    return notReceived > MeshLimits.RECONCILE_TOLERATED_MISSING
        ? "the peer listed %d events and sent %d".formatted(requestedCount, receivedCount)
        : "";
  }

  private Future<ReconcileOutcome> outcome(String incompleteReason) {
    return queryLedger(
            new LedgerRequest.FindMissingHashes(hashesToFetch.subList(0, requestedCount)))
        .map(
            notHeld -> {
              history.markUnwanted(peer, notHeld.hashes());
              return new PeerReconciled(
                  incompleteReason,
                  rounds,
                  fetchRequests,
                  comparedBytes,
                  fetchedBytes,
                  missing.size(),
                  surplus,
                  notHeld.hashes().size(),
                  result);
            });
  }

  /** A peer may have sent events before it failed. */
  private Future<ReconcileOutcome> onFailure(Throwable failure) {
    if (!(failure instanceof MeshException fault)) {
      return Future.failedFuture(failure);
    }
    if (fault.failure() == MeshFailure.UNSUPPORTED) {
      history.markUnsupported(peer);
    }
    return rounds == 0
        ? Future.succeededFuture(new ReconcileFailed(fault.failure(), fault.reason()))
        : outcome(fault.reason());
  }

  private <R extends BusMessage> Future<R> queryLedger(LedgerRequest<R> request) {
    return bus.request(LedgerRequest.ADDRESS, request, Timeouts.PEER_QUERY);
  }

  private static <T> Future<T> fail(String reason) {
    return Future.failedFuture(new MeshException(MeshFailure.MALFORMED, reason));
  }
}
