package nara.mesh.client;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import nara.mesh.wire.MeshFailure;

/**
 * Bounds the operations in flight, overall and to one peer, and those that wait for a peer. Peers
 * take turns, so a peer with many requests does not delay the others.
 *
 * <p>Lives on one event loop.
 */
final class InFlightLimiter {
  private final int maxInFlight;
  private final int maxInFlightPerPeer;
  private final int maxQueuedPerPeer;

  private final Map<String, PeerQueue> queues = new LinkedHashMap<>();
  private int inFlight;

  private static final class PeerQueue {
    private final ArrayDeque<Operation<?>> queued = new ArrayDeque<>();
    private int inFlight;

    /** Removes ended operations from the head of the queue. */
    private boolean hasQueued() {
      while (!queued.isEmpty() && queued.peek().isEnded()) {
        queued.remove();
      }
      return !queued.isEmpty();
    }
  }

  InFlightLimiter(int maxInFlight, int maxInFlightPerPeer, int maxQueuedPerPeer) {
    this.maxInFlight = maxInFlight;
    this.maxInFlightPerPeer = maxInFlightPerPeer;
    this.maxQueuedPerPeer = maxQueuedPerPeer;
  }

  /** Starts the operation when a place is free, unless it has ended by then. */
  void submit(String peer, Operation<?> operation) {
    PeerQueue queue = queues.computeIfAbsent(peer, first -> new PeerQueue());
    if (queue.queued.size() >= maxQueuedPerPeer) {
      queue.queued.removeIf(Operation::isEnded);
    }
    if (queue.queued.size() >= maxQueuedPerPeer) {
      operation.fail(
          MeshFailure.STALLED, maxQueuedPerPeer + " requests wait for this peer already");
      return;
    }
    queue.queued.add(operation);
    startNext();
  }

  private void startNext() {
    queues.values().removeIf(queue -> !queue.hasQueued() && queue.inFlight == 0);
    while (inFlight < maxInFlight) {
      Map.Entry<String, PeerQueue> next =
          queues.entrySet().stream()
              .filter(e -> e.getValue().inFlight < maxInFlightPerPeer && e.getValue().hasQueued())
              .findFirst()
              .orElse(null);
      if (next == null) {
        return;
      }
      PeerQueue queue = next.getValue();
      // The peer goes to the end of the line.
      queues.remove(next.getKey());
      queues.put(next.getKey(), queue);
      queue.inFlight++;
      inFlight++;
      Operation<?> operation = queue.queued.remove();
      operation.onEnd(() -> release(queue));
      operation.start();
    }
  }

  private void release(PeerQueue queue) {
    queue.inFlight--;
    inFlight--;
    startNext();
  }
}
