package nara.simulation.machine;

import java.util.List;

/** An established connection: two ends, and what the link between them does to bytes. */
final class Connection {
  private final VirtualTime time;
  private final Link link;
  private final SimulatedChannel client;
  private SimulatedChannel server;
  private final long[] lastArrival = new long[2];
  private final int[] underWay = new int[2];
  private final boolean[] closed = new boolean[2];
  private long bytesLeft;
  private boolean cut;

  Connection(VirtualTime time, Link link, SimulatedChannel client) {
    this.time = time;
    this.link = link;
    this.client = client;
    this.bytesLeft = link.drawCut();
  }

  void accepted(SimulatedChannel end) {
    server = end;
  }

  private SimulatedChannel other(SimulatedChannel end) {
    return end == client ? server : client;
  }

  private int side(SimulatedChannel end) {
    return end == client ? 0 : 1;
  }

  /** Bytes that this end has sent and the other has not read. */
  int underWay(SimulatedChannel from) {
    return underWay[side(from)] + other(from).unread();
  }

  void send(SimulatedChannel from, byte[] bytes) {
    link.count(bytes.length);
    from.host().network().record(bytes);
    if (cut) {
      return;
    }
    for (byte[] part : link.segments(bytes)) {
      bytesLeft -= part.length;
      if (bytesLeft < 0) {
        cut();
        return;
      }
      underWay[side(from)] += part.length;
      deliver(
          from,
          part.length,
          () -> {
            underWay[side(from)] -= part.length;
            other(from).onBytes(part);
          });
    }
  }

  /** The application of this end has taken bytes. */
  void onRead(SimulatedChannel reader) {
    SimulatedChannel sender = other(reader);
    if (sender != null && !closed[side(sender)]) {
      on(sender, link.latency(), sender::onRoom);
    }
  }

  void close(SimulatedChannel end) {
    if (!closed[side(end)]) {
      closed[side(end)] = true;
      SimulatedChannel peer = other(end);
      if (peer != null && !cut) {
        deliver(end, 0, peer::onEnd);
      }
    }
  }

  /** Both ends see a reset, as when a router forgets the connection. */
  void cut() {
    cut = true;
    for (SimulatedChannel end : List.of(client, server)) {
      on(end, link.latency(), end::onReset);
    }
  }

  /** The host of this end is dead: the other end hears of it, or nothing for ever. */
  void onHostDied(SimulatedHost host, boolean silently) {
    cut = true;
    for (SimulatedChannel end : server == null ? List.of(client) : List.of(client, server)) {
      if (end.host() != host && !silently) {
        on(end, link.latency(), end::onReset);
      }
    }
  }

  /** In order: nothing arrives before what was sent before it. */
  private void deliver(SimulatedChannel from, int bytes, Runnable arrival) {
    int side = side(from);
    long at = Math.max(lastArrival[side] + 1, time.nanos() + link.delay(bytes));
    lastArrival[side] = at;
    on(
        other(from),
        at - time.nanos(),
        () -> {
          if (!cut) {
            arrival.run();
          }
        });
  }

  private void on(SimulatedChannel end, long delay, Runnable action) {
    time.runAfter(delay, () -> end.host().loop().execute(action));
  }
}
