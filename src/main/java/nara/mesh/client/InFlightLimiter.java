package nara.mesh.client;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import nara.mesh.wire.MeshFailure;

/**
 * Bounds how much is under way at once, overall and to one peer, and how many may wait for a peer.
 * Peers take turns, so that one that is asked a lot does not keep the others waiting.
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
    private final ArrayDeque<QueuedOperation> queued = new ArrayDeque<>();
    private int inFlight;

    /** Whether somebody waits still, and is first in line then. */
    private boolean hasQueued() {
      while (!queued.isEmpty() && queued.peek().operation.isEnded()) {
        queued.remove();
      }
      return !queued.isEmpty();
    }
  }

  private record QueuedOperation(Operation<?> operation, Runnable start) {}

  InFlightLimiter(int maxInFlight, int maxInFlightPerPeer, int maxQueuedPerPeer) {
    this.maxInFlight = maxInFlight;
    this.maxInFlightPerPeer = maxInFlightPerPeer;
    this.maxQueuedPerPeer = maxQueuedPerPeer;
  }

  /** Starts it when there is room for it, unless it has ended by then. */
  void submit(String peer, Operation<?> operation, Runnable start) {
    PeerQueue peerQueue = queues.computeIfAbsent(peer, first -> new PeerQueue());
    if (peerQueue.queued.size() >= maxQueuedPerPeer) {
      peerQueue.queued.removeIf(queuedOperation -> queuedOperation.operation.isEnded());
    }
    if (peerQueue.queued.size() >= maxQueuedPerPeer) {
      operation.fail(
          MeshFailure.STALLED, maxQueuedPerPeer + " requests wait for this peer already");
      return;
    }
    peerQueue.queued.add(new QueuedOperation(operation, start));
    startNext();
  }

  private void startNext() {
    while (inFlight < maxInFlight) {
      Optional<Map.Entry<String, PeerQueue>> next = nextQueue();
      if (next.isEmpty()) {
        return;
      }
      String peer = next.get().getKey();
      PeerQueue peerQueue = next.get().getValue();
      QueuedOperation queuedOperation = peerQueue.queued.remove();
      // To the end of the line: the others come first now.
      queues.remove(peer);
      queues.put(peer, peerQueue);
      peerQueue.inFlight++;
      inFlight++;
      queuedOperation.operation.onEnd(() -> release(peer, peerQueue));
      queuedOperation.start.run();
    }
  }

  private Optional<Map.Entry<String, PeerQueue>> nextQueue() {
    queues.values().removeIf(peerQueue -> !peerQueue.hasQueued() && peerQueue.inFlight == 0);
    return queues.entrySet().stream()
        .filter(e -> e.getValue().inFlight < maxInFlightPerPeer && e.getValue().hasQueued())
        .findFirst();
  }

  private void release(String peer, PeerQueue peerQueue) {
    peerQueue.inFlight--;
    inFlight--;
    startNext();
  }
}
