package nara.mqtt;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Messages that the broker acknowledges, QoS 1: some in flight, the rest waiting for a place.
 *
 * <p>The client fails what is published while ten are in flight, so no more are given to it. What
 * the broker did not acknowledge when a connection ends is failed and not sent again: whoever sent
 * it knows whether it is still of use.
 */
final class Qos1Queue {
  /** Messages in flight, at most: the client's own limit. */
  static final int MAX_IN_FLIGHT = 10;

  /** Messages that may wait: some hundred votes are what all proposals of a busy hour need. */
  static final int MAX_QUEUED = 200;

  // The client numbers its subscriptions from 1 on, and an id belongs to one packet at a time.
  private static final int FIRST_ID = 1_000;
  private static final int LAST_ID = 65_535;

  /** Gives a message to the client; fails when it is not written. */
  interface Publisher {
    Future<?> publish(int id, String topic, byte[] payload);
  }

  private record PendingPublish(String topic, byte[] payload, Promise<Void> acknowledged) {}

  private final Publisher publisher;
  private final Deque<PendingPublish> queued = new ArrayDeque<>();
  private final Map<Integer, PendingPublish> inFlight = new HashMap<>();
  private int nextId = FIRST_ID;

  Qos1Queue(Publisher publisher) {
    this.publisher = publisher;
  }

  /** Sends a message, now or when there is a place for it. Done when it is acknowledged. */
  Future<Void> publish(String topic, byte[] payload) {
    if (queued.size() >= MAX_QUEUED) {
      return Future.failedFuture("the broker acknowledges slower than is published");
    }
    PendingPublish pendingPublish = new PendingPublish(topic, payload, Promise.promise());
    queued.add(pendingPublish);
    drain();
    return pendingPublish.acknowledged().future();
  }

  /** The broker has that message. */
  void onAcknowledged(int id) {
    PendingPublish pendingPublish = inFlight.remove(id);
    if (pendingPublish != null) {
      pendingPublish.acknowledged().complete();
      drain();
    }
  }

  /** That message is given up. */
  void onFailed(int id, String why) {
    PendingPublish pendingPublish = inFlight.remove(id);
    if (pendingPublish != null) {
      pendingPublish.acknowledged().fail(why);
      drain();
    }
  }

  /** The connection is gone, and with it all that was not acknowledged. */
  void failAll(String why) {
    Deque<PendingPublish> all = new ArrayDeque<>(inFlight.values());
    all.addAll(queued);
    inFlight.clear();
    queued.clear();
    all.forEach(pendingPublish -> pendingPublish.acknowledged().fail(why));
  }

  private void drain() {
    while (!queued.isEmpty() && inFlight.size() < MAX_IN_FLIGHT) {
      PendingPublish pendingPublish = queued.poll();
      int id = nextFreeId();
      inFlight.put(id, pendingPublish);
      publisher
          .publish(id, pendingPublish.topic(), pendingPublish.payload())
          .onFailure(failure -> onFailed(id, failure.getMessage()));
    }
  }

  private int nextFreeId() {
    int id = nextId;
    while (inFlight.containsKey(id)) {
      id = id == LAST_ID ? FIRST_ID : id + 1;
    }
    nextId = id == LAST_ID ? FIRST_ID : id + 1;
    return id;
  }
}
