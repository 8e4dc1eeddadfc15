package nara.stash;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nara.bounds.BoundedMap;
import nara.bus.Bus;
import nara.bus.Timeouts;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.identity.PublicKey;
import nara.mesh.MeshNode;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.wire.RequestSignature;
import nara.stash.wire.MeshMessage;
import nara.stash.wire.MeshMessage.Receiver;
import nara.stash.wire.StashLimits;
import nara.stash.wire.StashPayload;

/**
 * Sends messages to peers and checks those that come. Workers sign and verify; the rest lives on
 * one event loop.
 *
 * <p>The headers of a request name its sender, but cover neither the body nor the receiver. So a
 * message counts only when the same key signed it too, for this node, just now, and once.
 */
final class MessageExchange {
  /**
   * A message that passed all checks.
   *
   * @param name of the sender, which signed the request or the response
   * @param key of the sender, which signed the message
   * @param host the source address, or empty
   */
  record Received(String name, PublicKey key, String host, MeshMessage message) {}

  /** A request of this node without a reply yet. */
  private record OpenCall(String peer, Promise<StashPayload> reply) {}

  private final Vertx vertx;
  private final Bus bus;
  private final MeshNode node;
  private final Map<String, OpenCall> openCalls = new HashMap<>();
  private final Set<String> seen =
      Collections.newSetFromMap(BoundedMap.fifo(StashLimits.REMEMBERED_MESSAGES));
  private int verifying;
  private long rejected;

  MessageExchange(Vertx vertx, Bus bus, MeshNode node) {
    this.vertx = vertx;
    this.bus = bus;
    this.node = node;
  }

  /** How many messages failed a check. */
  long rejected() {
    return rejected;
  }

  /**
   * Sends a payload and waits for the reply, in the response or as a message of its own. Fails with
   * a reason in words.
   */
  Future<StashPayload> call(Peer peer, Receiver to, StashPayload payload) {
    return sign(to, payload, "").compose(message -> call(peer, message));
  }

  private Future<StashPayload> call(Peer peer, MeshMessage message) {
    Promise<StashPayload> reply = Promise.promise();
    openCalls.put(message.id(), new OpenCall(peer.name(), reply));
    long timer =
        vertx.setTimer(
            StashLimits.CALL_TIMEOUT.toMillis(), due -> reply.tryFail("it did not reply in time"));
    post(peer, message)
        .compose(replies -> receiveReplies(peer, replies))
        .onFailure(failure -> reply.tryFail(failure.getMessage()));
    return reply
        .future()
        .onComplete(
            ended -> {
              vertx.cancelTimer(timer);
              openCalls.remove(message.id());
            });
  }

  /** Sends a payload that nobody waits for. Returns the body of the response. */
  Future<byte[]> send(Peer peer, Receiver to, StashPayload payload, String inReplyTo) {
    return sign(to, payload, inReplyTo).compose(message -> post(peer, message));
  }

  /** Signs a payload for this receiver. */
  Future<MeshMessage> sign(Receiver to, StashPayload payload, String inReplyTo) {
    Instant now = node.clock().instant();
    return vertx.executeBlocking(
        () -> MeshMessage.sign(node.me(), to, now, payload, inReplyTo), false);
  }

  private Future<byte[]> post(Peer peer, MeshMessage message) {
    return bus.request(
            MeshRequest.ADDRESS,
            new MeshRequest.PostMessage(peer, message.json(), StashLimits.CALL_TIMEOUT),
            StashLimits.CALL_TIMEOUT.plus(Timeouts.MESH_ALLOWANCE))
        .compose(
            outcome ->
                switch (outcome) {
                  case MeshRequest.MessagePosted posted -> Future.succeededFuture(posted.replies());
                  case MeshRequest.PostFailed failed -> Future.failedFuture(failed.reason());
                });
  }

  private Future<?> receiveReplies(Peer peer, byte[] body) {
    List<MeshMessage> replies;
    try {
      replies = MeshMessage.readList(body);
    } catch (MalformedJsonException malformed) {
      rejected++;
      return Future.failedFuture("its response is no list of messages");
    }
    List<Future<Boolean>> completed =
        replies.stream()
            .map(reply -> receive(peer.name(), peer.host(), reply).map(this::completeCall))
            .toList();
    return Future.join(completed)
        .compose(
            all ->
                replies.isEmpty() || completed.stream().anyMatch(Future::result)
                    ? Future.succeededFuture()
                    : Future.failedFuture("its response has no valid reply"));
  }

  /** Completes the call that the message replies to; false when it replies to none of that peer. */
  boolean completeCall(Optional<Received> received) {
    if (received.isEmpty() || received.get().message().inReplyTo().isEmpty()) {
      return false;
    }
    OpenCall call = openCalls.get(received.get().message().inReplyTo());
    return call != null
        && call.peer().equals(received.get().name())
        && call.reply().tryComplete(received.get().message().payload());
  }

  /** Reads and checks the body of a request; empty when it is to be dropped. */
  Future<Optional<Received>> receive(String sender, String host, byte[] body) {
    if (body.length > StashLimits.MESSAGE_BYTES) {
      return drop();
    }
    try {
      return receive(sender, host, MeshMessage.read(body));
    } catch (MalformedJsonException malformed) {
      return drop();
    }
  }

  private Future<Optional<Received>> receive(String sender, String host, MeshMessage message) {
    Optional<PublicKey> key = node.keys().byName(sender);
    if (key.isEmpty()
        || sender.equals(node.name())
        || verifying >= StashLimits.MESSAGES_AT_ONCE
        || !isForThisNode(sender, key.get(), message)) {
      return drop();
    }
    verifying++;
    return vertx
        .executeBlocking(
            () ->
                RequestSignature.isValid(
                    node.verifier(), key.get(), message.signedText(), message.signature()),
            false)
        .eventually(
            () -> {
              verifying--;
              return Future.succeededFuture();
            })
        .compose(
            valid ->
                valid && isRecent(message) && seen.add(message.signature())
                    ? Future.succeededFuture(
                        Optional.of(new Received(sender, key.get(), host, message)))
                    : drop());
  }

  private boolean isForThisNode(String sender, PublicKey key, MeshMessage message) {
    // A nara may ask for its stash before it knows the id of the other; it never gives it away so.
    boolean mayLackReceiver = message.payload() instanceof StashPayload.Request;
    boolean isToThis =
        message.toId().equals(node.me().id()) || mayLackReceiver && message.toId().isEmpty();
    List<PublicKey> keysOfId = node.keys().keysOfId(message.fromId());
    return isToThis
        && isRecent(message)
        && !message.id().isEmpty()
        && !message.fromId().isEmpty()
        && (message.from().isEmpty() || message.from().equals(sender))
        && (keysOfId.isEmpty() || keysOfId.contains(key));
  }

  private boolean isRecent(MeshMessage message) {
    return message
        .time()
        .filter(
            time ->
                Duration.between(time, node.clock().instant())
                        .abs()
                        .compareTo(StashLimits.MESSAGE_AGE)
                    <= 0)
        .isPresent();
  }

  private <T> Future<Optional<T>> drop() {
    rejected++;
    return Future.succeededFuture(Optional.empty());
  }
}
