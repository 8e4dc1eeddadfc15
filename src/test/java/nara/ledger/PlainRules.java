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
import nara.ledger.LedgerRequest.Judged;

/** The retention rules as one reads them: everything at once, sorted, cut. The ledger's twin. */
final class PlainRules {
  private final LedgerConfig config;
  private final Predicate<String> hasKey;

  PlainRules(LedgerConfig config, Predicate<String> hasKey) {
    this.config = config;
    this.hasKey = hasKey;
  }

  List<String> content(List<Judged> offered) {
    List<Held> places = new ArrayList<>();
    for (Judged judged : offered) {
      Event e = judged.event();
      boolean bad = e.payload() instanceof Checkpoint c && c.knownBad();
      if (e.payload().fault().isEmpty() && !bad && new Taste(config).likes(e)) {
        places.add(new Held(e, judged.verdict()));
      }
    }
    places.sort((a, b) -> a.compareForm(b.event(), b.verdict()));
    List<Held> distinct = new ArrayList<>();
    Map<EventId, List<Held>> byId = new HashMap<>();
    for (Held held : places) {
      List<Held> same = byId.computeIfAbsent(held.event().id(), id -> new ArrayList<>());
      if (same.stream().noneMatch(s -> s.samePlace(held.event()))) {
        same.add(held);
        distinct.add(held);
      }
    }

    Map<String, Long> covered = new HashMap<>();
    for (Held held : distinct) {
      if (held.event().payload() instanceof Checkpoint c) {
        covered.merge(c.subject(), c.asOfTime(), Math::max);
      }
    }
    distinct.sort(ranking().reversed());
    Set<Held> gone = new HashSet<>();
    for (List<Held> pings :
        groups(distinct, h -> h.event().payload() instanceof Ping p ? p.target() : null)) {
      gone.addAll(pings.subList(Math.min(5, pings.size()), pings.size()));
    }
    Set<Held> surplus = new HashSet<>();
    for (List<Held> pair :
        groups(
            distinct, h -> h.event().payload() instanceof Observation o ? Pair.Key.of(o) : null)) {
      for (Held beyond : pair.subList(Math.min(20, pair.size()), pair.size())) {
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
      if (distinct.get(i).rank() < Held.FIRST_SEEN) {
        distinct.remove(i);
      }
    }
    Map<EventId, Held> visible = new LinkedHashMap<>();
    for (Held held : distinct) {
      visible.merge(
          held.event().id(), held, (a, b) -> a.compareForm(b.event(), b.verdict()) <= 0 ? a : b);
    }
    return visible.values().stream()
        .map(Held::event)
        .sorted(Held::compare)
        .map(e -> new String(e.json(), StandardCharsets.UTF_8))
        .toList();
  }

  /** The most dispensable first. */
  private Comparator<Held> ranking() {
    return Comparator.<Held>comparingInt(h -> h.rank() < Held.FIRST_SEEN ? 0 : 1)
        .thenComparingInt(h -> known(h.event()) ? 1 : 0)
        .thenComparingInt(Held::rank)
        .thenComparingLong(Held::age)
        .thenComparing(Held::event, Held::compare);
  }

  private boolean known(Event e) {
    return hasKey.test(e.actor())
        && hasKey.test(e.target())
        && (!(e.payload() instanceof Social s)
            || s.witness().isEmpty()
            || hasKey.test(s.witness()));
  }

  private static <K> Iterable<List<Held>> groups(List<Held> held, Function<Held, K> key) {
    return held.stream()
        .filter(h -> key.apply(h) != null)
        .collect(Collectors.groupingBy(key))
        .values();
  }
}
