package nara.ledger.index;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nara.event.Event;
import nara.event.Service;
import nara.ledger.Query;

/**
 * The visible events by time, by service, and by subject and service, so that a query walks only
 * what passes its filter.
 */
public final class EventIndex {
  private static final Service[] SERVICES = Service.values();

  private final SortedIndex all = SortedIndex.byTime();
  private final SortedIndex[] byService = new SortedIndex[SERVICES.length];
  private final Map<String, SortedIndex[]> bySubject = new HashMap<>();

  public EventIndex() {
    for (int i = 0; i < byService.length; i++) {
      byService[i] = SortedIndex.byTime();
    }
  }

  public void add(StoredEvent storedEvent) {
    Event event = storedEvent.event();
    int service = event.service().ordinal();
    all.add(storedEvent);
    byService[service].add(storedEvent);
    addToSubject(event.actor(), service, storedEvent);
    if (!event.target().equals(event.actor())) {
      addToSubject(event.target(), service, storedEvent);
    }
  }

  private void addToSubject(String subject, int service, StoredEvent storedEvent) {
    if (subject.isEmpty()) {
      return;
    }
    SortedIndex[] perService =
        bySubject.computeIfAbsent(subject, s -> new SortedIndex[SERVICES.length]);
    if (perService[service] == null) {
      perService[service] = SortedIndex.byTime();
    }
    perService[service].add(storedEvent);
  }

  public void remove(StoredEvent storedEvent) {
    Event event = storedEvent.event();
    int service = event.service().ordinal();
    all.remove(storedEvent);
    byService[service].remove(storedEvent);
    removeFromSubject(event.actor(), service, storedEvent);
    if (!event.target().equals(event.actor())) {
      removeFromSubject(event.target(), service, storedEvent);
    }
  }

  private void removeFromSubject(String subject, int service, StoredEvent storedEvent) {
    if (subject.isEmpty()) {
      return;
    }
    SortedIndex[] perService = bySubject.get(subject);
    perService[service].remove(storedEvent);
    if (perService[service].isEmpty()) {
      perService[service] = null;
      for (SortedIndex other : perService) {
        if (other != null) {
          return;
        }
      }
      bySubject.remove(subject);
    }
  }

  /** Everything, by time. */
  public SortedIndex all() {
    return all;
  }

  /** Everything of a service, by time. */
  public SortedIndex events(Service service) {
    return byService[service.ordinal()];
  }

  /** What a service says with this name as actor or target, by time; null for nothing. */
  public SortedIndex events(String subject, Service service) {
    SortedIndex[] perService = bySubject.get(subject);
    return perService == null ? null : perService[service.ordinal()];
  }

  /** Every name that is the actor or target of something. */
  public Set<String> subjects() {
    return bySubject.keySet();
  }

  /**
   * The indexes that together hold exactly what passes the filter. Where the filter names several
   * subjects, an event may stand in two of them.
   */
  public List<SortedIndex> matching(Query.Filter filter) {
    List<SortedIndex> sources = new ArrayList<>();
    if (filter.subjects().isEmpty()) {
      if (filter.services().isEmpty()) {
        sources.add(all);
      } else {
        collect(byService, filter.services(), sources);
      }
    } else {
      for (String subject : filter.subjects()) {
        SortedIndex[] perService = bySubject.get(subject);
        if (perService != null) {
          collect(perService, filter.services(), sources);
        }
      }
    }
    return sources;
  }

  /** Of what passes the filter, the indexes of one service. */
  public List<SortedIndex> matching(Query.Filter filter, Service service) {
    boolean included =
        filter.services().isEmpty() || filter.services().contains(service.wireName());
    return included
        ? matching(new Query.Filter(Set.of(service.wireName()), filter.subjects()))
        : List.of();
  }

  private static void collect(
      SortedIndex[] perService, Set<String> services, List<SortedIndex> sources) {
    for (int i = 0; i < perService.length; i++) {
      if (perService[i] != null
          && !perService[i].isEmpty()
          && (services.isEmpty() || services.contains(SERVICES[i].wireName()))) {
        sources.add(perService[i]);
      }
    }
  }
}
