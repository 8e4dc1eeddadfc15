package nara.ledger;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.EventId;
import nara.event.Observation;
import nara.event.Ping;
import nara.event.Social;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.ledger.Retention.Priority;
import nara.ledger.index.EventVariants;
import nara.ledger.index.StoredEvent;

/** The retention rules applied naively: to all events at once, by sorting and cutting. */
final class ReferenceRetention {
  private final LedgerConfig config;
  private final Predicate<String> hasKey;

  ReferenceRetention(LedgerConfig config, Predicate<String> hasKey) {
    this.config = config;
    this.hasKey = hasKey;
  }

  List<String> content(List<JudgedEvent> offered) {
    List<StoredEvent> places = new ArrayList<>();
    for (JudgedEvent judgedEvent : offered) {
      Event e = judgedEvent.event();
      boolean bad = e.payload() instanceof Checkpoint c && c.isKnownBad();
      if (e.payload().validationError().isEmpty()
          && !bad
          && new PersonalityFilter(config).accepts(e)) {
        places.add(new StoredEvent(e, judgedEvent.verdict()));
      }
    }
    places.sort(ReferenceRetention::compareVariants);
    List<StoredEvent> distinct = new ArrayList<>();
    Map<EventId, List<StoredEvent>> byId = new HashMap<>();
    for (StoredEvent storedEvent : places) {
      List<StoredEvent> same =
          byId.computeIfAbsent(storedEvent.event().id(), id -> new ArrayList<>());
      if (same.stream()
          .noneMatch(s -> EventVariants.isSameVariant(s.event(), storedEvent.event()))) {
        same.add(storedEvent);
        distinct.add(storedEvent);
      }
    }

    Map<String, Long> covered = new HashMap<>();
    for (StoredEvent storedEvent : distinct) {
      if (storedEvent.event().payload() instanceof Checkpoint c) {
        covered.merge(c.subject(), c.asOfTime(), Math::max);
      }
    }
    distinct.sort(pruningOrder().reversed());
    Set<StoredEvent> gone = new HashSet<>();
    for (List<StoredEvent> pings :
        groups(distinct, h -> h.event().payload() instanceof Ping p ? p.target() : null)) {
      gone.addAll(pings.subList(Math.min(5, pings.size()), pings.size()));
    }
    Set<StoredEvent> surplus = new HashSet<>();
    for (List<StoredEvent> pair :
        groups(
            distinct,
            h ->
                h.event().payload() instanceof Observation o ? PairObservations.Key.of(o) : null)) {
      for (StoredEvent beyond : pair.subList(Math.min(20, pair.size()), pair.size())) {
        Observation o = (Observation) beyond.event().payload();
        boolean stays =
            o.type().equals(Observation.RESTART)
                && o.startTime() > covered.getOrDefault(o.subject(), Long.MIN_VALUE);
        (stays ? surplus : gone).add(beyond);
      }
    }
    distinct.removeAll(gone);

    int room = config.maxEvents() + surplus.size();
    for (int i = distinct.size() - 1; i >= 0 && distinct.size() > room; i--) {
      if (isPrunable(distinct.get(i))) {
        distinct.remove(i);
      }
    }
    Map<EventId, StoredEvent> visible = new LinkedHashMap<>();
    for (StoredEvent storedEvent : distinct) {
      visible.merge(
          storedEvent.event().id(), storedEvent, (a, b) -> compareVariants(a, b) <= 0 ? a : b);
    }
    return visible.values().stream()
        .map(StoredEvent::event)
        .sorted(StoredEvent::compare)
        .map(e -> new String(e.json(), StandardCharsets.UTF_8))
        .toList();
  }

  private static int compareVariants(StoredEvent a, StoredEvent b) {
    return EventVariants.compare(a, b.event(), b.verdict());
  }

  private static boolean isPrunable(StoredEvent event) {
    return Retention.priority(event.event()).compareTo(Priority.FIRST_SEEN) < 0;
  }

  /** The first to be pruned comes first. */
  private Comparator<StoredEvent> pruningOrder() {
    return Comparator.<StoredEvent>comparingInt(h -> isPrunable(h) ? 0 : 1)
        .thenComparingInt(h -> known(h.event()) ? 1 : 0)
        .thenComparing(h -> Retention.priority(h.event()))
        .thenComparingLong(Retention::retentionTime)
        .thenComparing(StoredEvent::event, StoredEvent::compare);
  }

  private boolean known(Event e) {
    return hasKey.test(e.actor())
        && hasKey.test(e.target())
        && (!(e.payload() instanceof Social s)
            || s.witness().isEmpty()
            || hasKey.test(s.witness()));
  }

  private static <K> Iterable<List<StoredEvent>> groups(
      List<StoredEvent> held, Function<StoredEvent, K> key) {
    return held.stream()
        .filter(h -> key.apply(h) != null)
        .collect(Collectors.groupingBy(key))
        .values();
  }
}
