package nara.mesh.client;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Timeouts;
import nara.ledger.LedgerRequest;
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
import nara.trust.TrustRequest;
import nara.trust.TrustRequest.OfferResult;

/**
 * One reconciliation with one peer, from the first message to the last event merged: first the
 * ledgers are compared, then what is lacking is fetched by its hashes, the newest first.
 *
 * <p>Whatever the peer says, it ends: rounds, ids and requests are counted. What it gave is judged
 * like everything from the network; that it lists what it does not have costs a request.
 *
 * <p>Lives on one event loop.
 */
final class ReconcileSession {
  private final Bus bus;
  private final MeshClient client;
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
  private OfferResult offerResult = OfferResult.NONE;

  ReconcileSession(
      Bus bus, MeshClient client, ReconcileHistory history, ReconcileWithPeer request) {
    this.bus = bus;
    this.client = client;
    this.history = history;
    this.peer = request.peer();
    this.since = request.since();
    this.timeout = request.timeout();
  }

  /** Runs it; troubles of the peer are an outcome. */
  Future<ReconcileOutcome> run() {
    if (history.isUnsupported(peer)) {
      return Future.succeededFuture(
          new ReconcileFailed(
              MeshFailure.UNSUPPORTED,
              "cannot reconcile, as it has shown since this node started"));
    }
    startedNanos = System.nanoTime();
    return askLedger(new LedgerRequest.StartReconciliation(since))
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
      return fail("the comparison has no end: " + rounds + " messages were answered");
    }
    Duration left = remainingTime();
    if (left.isZero()) {
      return timedOut();
    }
    return client
        .reconcile(
            peer,
            message,
            left,
            response -> {
              rounds++;
              comparedBytes += message.length + response.wireBytes();
              return askLedger(
                  new LedgerRequest.ContinueReconciliation(
                      response.value(), MeshLimits.RECONCILE_BYTES));
            })
        .compose(this::onStep);
  }

  private Future<Void> onStep(LedgerRequest.ReconciliationRound step) {
    if (!step.fault().isEmpty()) {
      return fail("its message cannot be read: " + step.fault());
    }
    missing.addAll(step.missing());
    surplus += step.surplus();
    if (missing.size() > Math.max(heldAtStart, MeshLimits.RECONCILE_MISSING)) {
      return fail("more events are lacking than the " + heldAtStart + " that are held");
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
    List<ItemId> hashes =
        hashesToFetch.subList(
            requestedCount,
            Math.min(requestedCount + MeshLimits.FETCH_HASHES, hashesToFetch.size()));
    Duration left = remainingTime();
    if (left.isZero()) {
      return timedOut();
    }
    return client
        .fetchByHash(peer, hashes, left, response -> onEvents(hashes, response))
        .compose(merged -> fetchNext());
  }

  private Future<Void> onEvents(
      List<ItemId> hashes, VerifiedResponse<SyncResponse> verifiedResponse) {
    SyncResponse response = verifiedResponse.value();
    long end = response.nextCursor().orElse((long) hashes.size());
    fetchRequests++;
    comparedBytes += (long) hashes.size() * ItemId.BYTES;
    fetchedBytes += verifiedResponse.wireBytes();
    if (end < 1 || end > hashes.size() || response.events().size() > end) {
      return fail("its answer goes on at hash " + end + " of the " + hashes.size() + " asked for");
    }
    requestedCount += (int) end;
    receivedCount += response.events().size();
    if (response.events().isEmpty()) {
      return Future.succeededFuture();
    }
    return bus.request(
            TrustRequest.ADDRESS,
            new TrustRequest.OfferEvents(peer.name(), response.json(), response.events(), true),
            Timeouts.MERGE)
        .onSuccess(more -> offerResult = offerResult.plus(more))
        .mapEmpty();
  }

  /** For the next exchange; zero when the time for all of it is over. */
  private Duration remainingTime() {
    Duration all = MeshLimits.RECONCILE_TIMEOUT.minusNanos(System.nanoTime() - startedNanos);
    return all.isNegative() ? Duration.ZERO : all.compareTo(timeout) < 0 ? all : timeout;
  }

  private static Future<Void> timedOut() {
    return fail("not done after " + GoDuration.format(MeshLimits.RECONCILE_TIMEOUT));
  }

  /** What it listed and did not give, when that is more than a busy ledger may have let go. */
  private String missingEventsReason() {
    int notReceived = requestedCount - receivedCount;
    return notReceived > MeshLimits.RECONCILE_TOLERATED_MISSING
        ? "of the %d events that it listed it gave %d".formatted(requestedCount, receivedCount)
        : "";
  }

  private Future<ReconcileOutcome> outcome(String trouble) {
    return askLedger(new LedgerRequest.FindMissingHashes(hashesToFetch.subList(0, requestedCount)))
        .map(
            vain -> {
              history.markUnwanted(peer, vain.hashes());
              return new PeerReconciled(
                  trouble,
                  rounds,
                  fetchRequests,
                  comparedBytes,
                  fetchedBytes,
                  missing.size(),
                  surplus,
                  vain.hashes().size(),
                  offerResult);
            });
  }

  /** A peer that failed has perhaps brought something before. */
  private Future<ReconcileOutcome> onFailure(Throwable failure) {
    if (!(failure instanceof MeshException trouble)) {
      return Future.failedFuture(failure);
    }
    if (trouble.failure() == MeshFailure.UNSUPPORTED) {
      history.markUnsupported(peer);
    }
    return rounds == 0
        ? Future.succeededFuture(new ReconcileFailed(trouble.failure(), trouble.reason()))
        : outcome(trouble.reason());
  }

  private <R extends BusMessage> Future<R> askLedger(LedgerRequest<R> request) {
    return bus.request(LedgerRequest.ADDRESS, request, Timeouts.PEER_QUERY);
  }

  private static <T> Future<T> fail(String reason) {
    return Future.failedFuture(new MeshException(MeshFailure.MALFORMED, reason));
  }
}
