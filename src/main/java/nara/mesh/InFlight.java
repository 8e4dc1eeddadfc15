package nara.mesh;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Bounds how much is under way at once, overall and to one peer, and how many may wait for a peer.
 * Peers take turns, so that one that is asked a lot does not keep the others waiting.
 *
 * <p>Lives on one event loop.
 */
final class InFlight {
  private final int most;
  private final int mostPerPeer;
  private final int mostWaitingPerPeer;

  private final Map<String, Lane> lanes = new LinkedHashMap<>();
  private int underWay;

  private static final class Lane {
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private int underWay;

    /** Whether somebody waits still, and is first in line then. */
    private boolean wanted() {
      while (!waiting.isEmpty() && waiting.peek().operation.ended()) {
        waiting.remove();
      }
      return !waiting.isEmpty();
    }
  }

  private record Waiting(Operation<?> operation, Runnable start) {}

  InFlight(int most, int mostPerPeer, int mostWaitingPerPeer) {
    this.most = most;
    this.mostPerPeer = mostPerPeer;
    this.mostWaitingPerPeer = mostWaitingPerPeer;
  }

  /** Starts it when there is room for it, unless it has ended by then. */
  void enter(String peer, Operation<?> operation, Runnable start) {
    Lane lane = lanes.computeIfAbsent(peer, first -> new Lane());
    if (lane.waiting.size() >= mostWaitingPerPeer) {
      lane.waiting.removeIf(waiting -> waiting.operation.ended());
    }
    if (lane.waiting.size() >= mostWaitingPerPeer) {
      operation.fail(
          MeshFailure.STALLED, mostWaitingPerPeer + " requests wait for this peer already");
      return;
    }
    lane.waiting.add(new Waiting(operation, start));
    startNext();
  }

  private void startNext() {
    while (underWay < most) {
      Optional<Map.Entry<String, Lane>> next = nextLane();
      if (next.isEmpty()) {
        return;
      }
      String peer = next.get().getKey();
      Lane lane = next.get().getValue();
      Waiting waiting = lane.waiting.remove();
      // To the end of the line: the others come first now.
      lanes.remove(peer);
      lanes.put(peer, lane);
      lane.underWay++;
      underWay++;
      waiting.operation.onEnd(() -> leave(peer, lane));
      waiting.start.run();
    }
  }

  private Optional<Map.Entry<String, Lane>> nextLane() {
    lanes.values().removeIf(lane -> !lane.wanted() && lane.underWay == 0);
    return lanes.entrySet().stream()
        .filter(e -> e.getValue().underWay < mostPerPeer && e.getValue().wanted())
        .findFirst();
  }

  private void leave(String peer, Lane lane) {
    lane.underWay--;
    underWay--;
    startNext();
  }
}
