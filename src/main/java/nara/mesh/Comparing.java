package nara.mesh;

import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import nara.bus.Bus;
import nara.identity.Identity;
import nara.ledger.LedgerRequest;
import nara.reconcile.ItemId;

/**
 * The side of a reconciliation that is asked: answers the messages, and gives the events that turn
 * out to be lacking. {@code docs/reconcile.md} has the format of both.
 */
final class Comparing {
  /** Where messages are sent. */
  static final String RECONCILE = "/events/reconcile";

  /** Where events are fetched by their hashes. */
  static final String FETCH = "/events/fetch";

  private final Bus bus;
  private final Identity me;
  private final InstantSource clock;
  private final WorkerExecutor workers;

  Comparing(Bus bus, Identity me, InstantSource clock, WorkerExecutor workers) {
    this.bus = bus;
    this.me = me;
    this.clock = clock;
    this.workers = workers;
  }

  /** Answers a message with one; nothing is remembered of whoever asks. */
  Future<Reply> answer(String sender, byte[] message) {
    if (message.length > MeshLimits.RECONCILE_BYTES) {
      return Future.succeededFuture(
          Reply.text(
              400,
              "a message of %d bytes, over the %d allowed"
                  .formatted(message.length, MeshLimits.RECONCILE_BYTES)));
    }
    return bus.ask(
            LedgerRequest.ADDRESS,
            new LedgerRequest.AnswerReconciling(message, MeshLimits.RECONCILE_BYTES),
            MeshLimits.LEDGER_TIME)
        .map(
            answer ->
                answer.fault().isEmpty()
                    ? Reply.octets(answer.message())
                    : Reply.text(400, answer.fault()));
  }

  /** Gives events by their hashes; what they do not all fit into says where to go on. */
  Future<Reply> fetch(String sender, byte[] body) {
    List<ItemId> hashes;
    try {
      hashes = HashList.read(body);
    } catch (MeshTrouble notHashes) {
      return Future.succeededFuture(Reply.text(400, notHashes.reason()));
    }
    return bus.ask(
            LedgerRequest.ADDRESS,
            new LedgerRequest.ByHash(hashes, MeshLimits.FETCH_BYTES),
            MeshLimits.LEDGER_TIME)
        .compose(
            found ->
                workers.executeBlocking(
                    () -> {
                      Optional<Long> rest =
                          found.settled() == hashes.size()
                              ? Optional.empty()
                              : Optional.of((long) found.settled());
                      long seconds = clock.instant().getEpochSecond();
                      return Reply.json(SyncAnswer.write(me, found.events(), rest, seconds));
                    },
                    false));
  }
}
