package nara.ledger;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nara.event.Event;
import nara.event.Service;

/**
 * The visible events by time, by service, and by subject and service, so that a query walks only
 * what passes its filter.
 */
final class Index {
  private static final Service[] SERVICES = Service.values();

  private final Ordered all = Ordered.byTime();
  private final Ordered[] byService = new Ordered[SERVICES.length];
  private final Map<String, Ordered[]> bySubject = new HashMap<>();

  Index() {
    for (int i = 0; i < byService.length; i++) {
      byService[i] = Ordered.byTime();
    }
  }

  void add(Held held) {
    Event event = held.event();
    int service = event.service().ordinal();
    all.add(held);
    byService[service].add(held);
    addFor(event.actor(), service, held);
    if (!event.target().equals(event.actor())) {
      addFor(event.target(), service, held);
    }
  }

  private void addFor(String subject, int service, Held held) {
    if (subject.isEmpty()) {
      return;
    }
    Ordered[] of = bySubject.computeIfAbsent(subject, s -> new Ordered[SERVICES.length]);
    if (of[service] == null) {
      of[service] = Ordered.byTime();
    }
    of[service].add(held);
  }

  void remove(Held held) {
    Event event = held.event();
    int service = event.service().ordinal();
    all.remove(held);
    byService[service].remove(held);
    removeFor(event.actor(), service, held);
    if (!event.target().equals(event.actor())) {
      removeFor(event.target(), service, held);
    }
  }

  private void removeFor(String subject, int service, Held held) {
    if (subject.isEmpty()) {
      return;
    }
    Ordered[] of = bySubject.get(subject);
    of[service].remove(held);
    if (of[service].isEmpty()) {
      of[service] = null;
      for (Ordered other : of) {
        if (other != null) {
          return;
        }
      }
      bySubject.remove(subject);
    }
  }

  /** Everything, by time. */
  Ordered all() {
    return all;
  }

  /** Everything of a service, by time. */
  Ordered of(Service service) {
    return byService[service.ordinal()];
  }

  /** What a service says with this name as actor or target, by time; null for nothing. */
  Ordered of(String subject, Service service) {
    Ordered[] of = bySubject.get(subject);
    return of == null ? null : of[service.ordinal()];
  }

  /** Every name that is the actor or target of something. */
  Set<String> subjects() {
    return bySubject.keySet();
  }

  /**
   * The indexes that together hold exactly what passes the filter. Where the filter names several
   * subjects, an event may stand in two of them.
   */
  List<Ordered> passing(Query.Filter filter) {
    List<Ordered> sources = new ArrayList<>();
    if (filter.subjects().isEmpty()) {
      if (filter.services().isEmpty()) {
        sources.add(all);
      } else {
        collect(byService, filter.services(), sources);
      }
    } else {
      for (String subject : filter.subjects()) {
        Ordered[] of = bySubject.get(subject);
        if (of != null) {
          collect(of, filter.services(), sources);
        }
      }
    }
    return sources;
  }

  /** Of what passes the filter, the indexes of one service. */
  List<Ordered> passing(Query.Filter filter, Service service) {
    boolean asked = filter.services().isEmpty() || filter.services().contains(service.wireName());
    return asked
        ? passing(new Query.Filter(Set.of(service.wireName()), filter.subjects()))
        : List.of();
  }

  private static void collect(Ordered[] of, Set<String> services, List<Ordered> sources) {
    for (int i = 0; i < of.length; i++) {
      if (of[i] != null
          && !of[i].isEmpty()
          && (services.isEmpty() || services.contains(SERVICES[i].wireName()))) {
        sources.add(of[i]);
      }
    }
  }
}
