package nara.simulation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import nara.demo.Corpus;
import nara.event.Event;
import nara.event.EventId;
import nara.identity.Identity;
import nara.simulation.machine.SimulatedHost;
import nara.testing.Citizen;

/**
 * The honest history of an invented village, signed once for all simulations of a process, and the
 * parts of it that honest neighbours hold.
 */
final class History {
  private static final int EVENTS = 600;
  private static final int CITIZENS = 12;

  /** The whole village; each simulation takes some of its events. */
  static final History VILLAGE =
      new History(Corpus.generate(EVENTS, CITIZENS, 7, SimulatedHost.START));

  /** How events are spread over neighbours; announcements are with everybody. */
  enum Spread {
    EQUAL,
    TWICE,
    DISJOINT,
    /** One neighbour alone holds one event of twenty. */
    LONE,
    RANDOM
  }

  private final List<Identity> citizens;
  private final List<byte[]> announcements;
  private final List<byte[]> others;
  private final Map<EventId, Event> byId = new HashMap<>();

  private History(Corpus corpus) {
    citizens = corpus.citizens();
    announcements = corpus.events().subList(0, corpus.announcementCount());
    others = corpus.events().subList(corpus.announcementCount(), corpus.events().size());
    for (byte[] json : corpus.events()) {
      Event event = Citizen.read(json).event();
      byId.put(event.id(), event);
    }
  }

  List<Identity> citizens() {
    return citizens;
  }

  /** The honest event of that id, or null. */
  Event event(EventId id) {
    return byId.get(id);
  }

  List<Event> all() {
    return List.copyOf(byId.values());
  }

  /** Draws so many events, and deals them to neighbours. */
  List<List<byte[]>> deal(int size, int neighbours, Spread spread, SplittableRandom random) {
    List<List<byte[]>> parts = new ArrayList<>();
    for (int n = 0; n < neighbours; n++) {
      parts.add(new ArrayList<>(announcements));
    }
    for (int index : draw(size, random)) {
      byte[] event = others.get(index);
      int one = random.nextInt(neighbours);
      int other = (one + 1 + random.nextInt(Math.max(1, neighbours - 1))) % neighbours;
      boolean rare = random.nextInt(20) == 0;
      for (int n = 0; n < neighbours; n++) {
        boolean held =
            switch (spread) {
              case EQUAL -> true;
              case TWICE -> n == one || n == other;
              case DISJOINT -> n == one;
              case LONE -> !rare || n == neighbours - 1;
              case RANDOM -> n == one || random.nextBoolean();
            };
        if (held) {
          parts.get(n).add(event);
        }
      }
    }
    return parts;
  }

  private List<Integer> draw(int size, SplittableRandom random) {
    List<Integer> indexes = new ArrayList<>();
    Set<Integer> drawn = new HashSet<>();
    while (indexes.size() < Math.min(size, others.size())) {
      int index = random.nextInt(others.size());
      if (drawn.add(index)) {
        indexes.add(index);
      }
    }
    return indexes;
  }
}
