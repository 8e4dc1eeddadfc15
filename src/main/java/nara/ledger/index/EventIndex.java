package nara.ledger.index;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import nara.event.Event;
import nara.event.Service;

/**
 * The visible events by time, by service, and by subject and service. So a query reads only what
 * passes its filter.
 */
public final class EventIndex {
  private static final Service[] SERVICES = Service.values();
  private static final SortedIndex NO_EVENTS = new SortedIndex(EventOrder.BY_TIME);

  private final SortedIndex all = new SortedIndex(EventOrder.BY_TIME);
  private final SortedIndex[] byService = new SortedIndex[SERVICES.length];
  private final SortedIndex critical = new SortedIndex(EventOrder.BY_TIME);
  private final Map<String, SortedIndex[]> bySubject = new HashMap<>();

  public EventIndex() {
    Arrays.setAll(byService, i -> new SortedIndex(EventOrder.BY_TIME));
  }

  public void add(StoredEvent stored) {
    int service = stored.event().service().ordinal();
    all.add(stored);
    byService[service].add(stored);
    if (stored.event().isCritical()) {
      critical.add(stored);
    }
    forEachSubject(
        stored.event(),
        subject -> {
          SortedIndex[] perService =
              bySubject.computeIfAbsent(subject, s -> new SortedIndex[SERVICES.length]);
          if (perService[service] == null) {
            perService[service] = new SortedIndex(EventOrder.BY_TIME);
          }
          perService[service].add(stored);
        });
  }

  public void remove(StoredEvent stored) {
    int service = stored.event().service().ordinal();
    all.remove(stored);
    byService[service].remove(stored);
    if (stored.event().isCritical()) {
      critical.remove(stored);
    }
    forEachSubject(
        stored.event(),
        subject -> {
          SortedIndex[] perService = bySubject.get(subject);
          perService[service].remove(stored);
          if (perService[service].isEmpty()) {
            perService[service] = null;
            if (Arrays.stream(perService).allMatch(Objects::isNull)) {
              bySubject.remove(subject);
            }
          }
        });
  }

  private static void forEachSubject(Event event, Consumer<String> action) {
    if (!event.actor().isEmpty()) {
      action.accept(event.actor());
    }
    if (!event.target().isEmpty() && !event.target().equals(event.actor())) {
      action.accept(event.target());
    }
  }

  public SortedIndex all() {
    return all;
  }

  /** The events that each sample contains. */
  public SortedIndex critical() {
    return critical;
  }

  public SortedIndex events(Service service) {
    return byService[service.ordinal()];
  }

  /** The events of a service with this name as actor or target. */
  public SortedIndex events(String subject, Service service) {
    SortedIndex[] perService = bySubject.get(subject);
    return perService == null || perService[service.ordinal()] == null
        ? NO_EVENTS
        : perService[service.ordinal()];
  }

  /** The names of all actors and targets. */
  public Set<String> subjects() {
    return bySubject.keySet();
  }

  /**
   * The indexes that together contain exactly the events of these services and subjects. With
   * several subjects, an event may be in two of them.
   *
   * @param services wire names; empty for all
   * @param subjects names of actors or targets; empty for all
   */
  public List<SortedIndex> matching(Set<String> services, Set<String> subjects) {
    if (subjects.isEmpty() && services.isEmpty()) {
      return List.of(all);
    }
    List<SortedIndex> matching = new ArrayList<>();
    for (Service service : SERVICES) {
      if (services.isEmpty() || services.contains(service.wireName())) {
        if (subjects.isEmpty()) {
          matching.add(events(service));
        }
        subjects.forEach(subject -> matching.add(events(subject, service)));
      }
    }
    matching.removeIf(SortedIndex::isEmpty);
    return matching;
  }
}
