package nara.mesh;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.ledger.LedgerRequest;
import nara.mesh.MeshClient.Verified;
import nara.mesh.MeshRequest.NotReconciled;
import nara.mesh.MeshRequest.Peer;
import nara.mesh.MeshRequest.Reconcile;
import nara.mesh.MeshRequest.ReconcileOutcome;
import nara.mesh.MeshRequest.Reconciled;
import nara.reconcile.ItemId;
import nara.trust.TrustRequest;
import nara.trust.TrustRequest.Offered;

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
  private final ReconciledPeers peers;
  private final Peer peer;
  private final long since;
  private final Duration timeout;

  private final List<ItemId> lacking = new ArrayList<>();
  private List<ItemId> wanted = List.of();
  private long began;
  private int held;
  private int rounds;
  private int fetches;
  private long comparedBytes;
  private long fetchedBytes;
  private int surplus;
  private int settled;
  private int given;
  private Offered offered = Offered.NOTHING;

  ReconcileSession(Bus bus, MeshClient client, ReconciledPeers peers, Reconcile asked) {
    this.bus = bus;
    this.client = client;
    this.peers = peers;
    this.peer = asked.peer();
    this.since = asked.since();
    this.timeout = asked.timeout();
  }

  /** Runs it; troubles of the peer are an outcome. */
  Future<ReconcileOutcome> run() {
    if (peers.isUnable(peer)) {
      return Future.succeededFuture(
          new NotReconciled(
              MeshFailure.UNSUPPORTED,
              "cannot reconcile, as it has shown since this node started"));
    }
    began = System.nanoTime();
    return askLedger(new LedgerRequest.BeginReconciling(since))
        .compose(
            first -> {
              held = first.held();
              return compare(first.message());
            })
        .compose(compared -> fetchNext())
        .compose(fetched -> outcome(shortage()))
        .recover(this::onTrouble);
  }

  private Future<Void> compare(byte[] message) {
    if (rounds == MeshLimits.RECONCILE_ROUNDS) {
      return trouble("the comparison has no end: " + rounds + " messages were answered");
    }
    Duration left = left();
    if (left.isZero()) {
      return late();
    }
    return client
        .reconcile(
            peer,
            message,
            left,
            answer -> {
              rounds++;
              comparedBytes += message.length + answer.wireBytes();
              return askLedger(
                  new LedgerRequest.GoOnReconciling(answer.answer(), MeshLimits.RECONCILE_BYTES));
            })
        .compose(this::onStep);
  }

  private Future<Void> onStep(LedgerRequest.ReconcilingStep step) {
    if (!step.fault().isEmpty()) {
      return trouble("its message cannot be read: " + step.fault());
    }
    lacking.addAll(step.lacking());
    surplus += step.surplus();
    if (lacking.size() > Math.max(held, MeshLimits.RECONCILE_LACKING)) {
      return trouble("more events are lacking than the " + held + " that are held");
    }
    if (step.next().isPresent()) {
      return compare(step.next().get());
    }
    wanted = peers.wanted(peer, lacking.stream().distinct().toList()).reversed();
    return Future.succeededFuture();
  }

  private Future<Void> fetchNext() {
    if (settled == wanted.size()) {
      return Future.succeededFuture();
    }
    List<ItemId> asked =
        wanted.subList(settled, Math.min(settled + MeshLimits.FETCH_HASHES, wanted.size()));
    Duration left = left();
    if (left.isZero()) {
      return late();
    }
    return client
        .fetch(peer, asked, left, answer -> onEvents(asked, answer))
        .compose(merged -> fetchNext());
  }

  private Future<Void> onEvents(List<ItemId> asked, Verified<SyncAnswer> verified) {
    SyncAnswer answer = verified.answer();
    long end = answer.nextCursor().orElse((long) asked.size());
    fetches++;
    comparedBytes += (long) asked.size() * ItemId.BYTES;
    fetchedBytes += verified.wireBytes();
    if (end < 1 || end > asked.size() || answer.events().size() > end) {
      return trouble(
          "its answer goes on at hash " + end + " of the " + asked.size() + " asked for");
    }
    settled += (int) end;
    given += answer.events().size();
    if (answer.events().isEmpty()) {
      return Future.succeededFuture();
    }
    return bus.ask(
            TrustRequest.ADDRESS,
            new TrustRequest.Offer(peer.name(), answer.json(), answer.events(), true),
            MeshLimits.MERGE_TIME)
        .onSuccess(more -> offered = offered.plus(more))
        .mapEmpty();
  }

  /** For the next exchange; zero when the time for all of it is over. */
  private Duration left() {
    Duration all = MeshLimits.RECONCILE_TIME.minusNanos(System.nanoTime() - began);
    return all.isNegative() ? Duration.ZERO : all.compareTo(timeout) < 0 ? all : timeout;
  }

  private static Future<Void> late() {
    return trouble("not done after " + GoDuration.text(MeshLimits.RECONCILE_TIME));
  }

  /** What it listed and did not give, when that is more than a busy ledger may have let go. */
  private String shortage() {
    int missing = settled - given;
    return missing > MeshLimits.GONE_MEANWHILE
        ? "of the %d events that it listed it gave %d".formatted(settled, given)
        : "";
  }

  private Future<ReconcileOutcome> outcome(String trouble) {
    return askLedger(new LedgerRequest.NotHeld(wanted.subList(0, settled)))
        .map(
            vain -> {
              peers.inVain(peer, vain.hashes());
              return new Reconciled(
                  trouble,
                  rounds,
                  fetches,
                  comparedBytes,
                  fetchedBytes,
                  lacking.size(),
                  surplus,
                  vain.hashes().size(),
                  offered);
            });
  }

  /** A peer that failed has perhaps brought something before. */
  private Future<ReconcileOutcome> onTrouble(Throwable failure) {
    if (!(failure instanceof MeshTrouble trouble)) {
      return Future.failedFuture(failure);
    }
    if (trouble.failure() == MeshFailure.UNSUPPORTED) {
      peers.unable(peer);
    }
    return rounds == 0
        ? Future.succeededFuture(new NotReconciled(trouble.failure(), trouble.reason()))
        : outcome(trouble.reason());
  }

  private <R extends BusMessage> Future<R> askLedger(LedgerRequest<R> request) {
    return bus.ask(LedgerRequest.ADDRESS, request, MeshLimits.LEDGER_TIME);
  }

  private static <T> Future<T> trouble(String reason) {
    return Future.failedFuture(new MeshTrouble(MeshFailure.MALFORMED, reason));
  }
}
