package nara.plaza;

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
final class Letters {
  /** Messages in flight, at most: the client's own limit. */
  static final int MOST_IN_FLIGHT = 10;

  /** Messages that may wait: some hundred votes are what all proposals of a busy hour need. */
  static final int MOST_WAITING = 200;

  // The client numbers its subscriptions from 1 on, and an id belongs to one packet at a time.
  private static final int FIRST_ID = 1_000;
  private static final int LAST_ID = 65_535;

  /** Gives a message to the client; fails when it is not written. */
  interface Post {
    Future<?> send(int id, String topic, byte[] payload);
  }

  private record Letter(String topic, byte[] payload, Promise<Void> acknowledged) {}

  private final Post post;
  private final Deque<Letter> waiting = new ArrayDeque<>();
  private final Map<Integer, Letter> inFlight = new HashMap<>();
  private int nextId = FIRST_ID;

  Letters(Post post) {
    this.post = post;
  }

  /** Sends a message, now or when there is a place for it. Done when it is acknowledged. */
  Future<Void> send(String topic, byte[] payload) {
    if (waiting.size() >= MOST_WAITING) {
      return Future.failedFuture("the broker acknowledges slower than is published");
    }
    Letter letter = new Letter(topic, payload, Promise.promise());
    waiting.add(letter);
    sendMore();
    return letter.acknowledged().future();
  }

  /** The broker has that message. */
  void acknowledged(int id) {
    Letter letter = inFlight.remove(id);
    if (letter != null) {
      letter.acknowledged().complete();
      sendMore();
    }
  }

  /** That message is given up. */
  void failed(int id, String why) {
    Letter letter = inFlight.remove(id);
    if (letter != null) {
      letter.acknowledged().fail(why);
      sendMore();
    }
  }

  /** The connection is gone, and with it all that was not acknowledged. */
  void lost(String why) {
    Deque<Letter> all = new ArrayDeque<>(inFlight.values());
    all.addAll(waiting);
    inFlight.clear();
    waiting.clear();
    all.forEach(letter -> letter.acknowledged().fail(why));
  }

  private void sendMore() {
    while (!waiting.isEmpty() && inFlight.size() < MOST_IN_FLIGHT) {
      Letter letter = waiting.poll();
      int id = freeId();
      inFlight.put(id, letter);
      post.send(id, letter.topic(), letter.payload())
          .onFailure(failure -> failed(id, failure.getMessage()));
    }
  }

  private int freeId() {
    int id = nextId;
    while (inFlight.containsKey(id)) {
      id = id == LAST_ID ? FIRST_ID : id + 1;
    }
    nextId = id == LAST_ID ? FIRST_ID : id + 1;
    return id;
  }
}
