package nara.mqtt;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Publishes with QoS 1: some in flight, the rest queued. When a connection ends, all messages
 * without an acknowledgement fail and are not sent again. The sender decides whether to retry.
 */
final class Qos1Queue {
  // The client numbers its subscriptions from 1 on, and two packets cannot share an id.
  private static final int FIRST_ID = 1_000;
  private static final int LAST_ID = 65_535;

  /** Passes a message to the client; fails when it is not written. */
  interface Publisher {
    Future<?> publish(int id, String topic, byte[] payload);
  }

  private record Pending(String topic, byte[] payload, Promise<Void> acknowledged) {}

  private final Publisher publisher;
  private final Deque<Pending> queued = new ArrayDeque<>();
  private final Map<Integer, Pending> inFlight = new HashMap<>();
  private int nextId = FIRST_ID;

  Qos1Queue(Publisher publisher) {
    this.publisher = publisher;
  }

  /** Publishes a message, now or later. The Future ends when the broker acknowledges it. */
  Future<Void> publish(String topic, byte[] payload) {
    if (queued.size() >= MqttLimits.MAX_QOS1_QUEUED) {
      return Future.failedFuture("the broker acknowledges messages slower than they are published");
    }
    Pending pending = new Pending(topic, payload, Promise.promise());
    queued.add(pending);
    drain();
    return pending.acknowledged().future();
  }

  void onAcknowledged(int id) {
    end(id, Promise::complete);
  }

  void onFailed(int id, String reason) {
    end(id, acknowledged -> acknowledged.fail(reason));
  }

  private void end(int id, Consumer<Promise<Void>> result) {
    Pending pending = inFlight.remove(id);
    if (pending != null) {
      result.accept(pending.acknowledged());
      drain();
    }
  }

  /** The connection ended: fails all messages. */
  void failAll(String reason) {
    Deque<Pending> all = new ArrayDeque<>(inFlight.values());
    all.addAll(queued);
    inFlight.clear();
    queued.clear();
    all.forEach(pending -> pending.acknowledged().fail(reason));
  }

  private void drain() {
    while (!queued.isEmpty() && inFlight.size() < MqttLimits.MAX_QOS1_IN_FLIGHT) {
      Pending pending = queued.poll();
      int id = nextFreeId();
      inFlight.put(id, pending);
      publisher
          .publish(id, pending.topic(), pending.payload())
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
