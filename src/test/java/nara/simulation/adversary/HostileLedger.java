package nara.simulation.adversary;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import nara.event.Event;
import nara.event.ReadResult.ParsedEvent;
import nara.event.Service;
import nara.event.json.EventReader;
import nara.ledger.Query;

/** The events of a hostile peer, in any form; it answers queries as the reference does. */
final class HostileLedger {
  private record Entry(long ts, String service, String actor, String target, byte[] json) {
    boolean passes(Query.Filter filter) {
      Set<String> subjects = filter.subjects();
      return (filter.services().isEmpty() || filter.services().contains(service))
          && (subjects.isEmpty() || subjects.contains(actor) || subjects.contains(target));
    }
  }

  private final List<Entry> entries = new ArrayList<>();

  HostileLedger(List<byte[]> events) {
    EventReader reader = new EventReader();
    for (byte[] json : events) {
      if (reader.read(json) instanceof ParsedEvent parsed) {
        Event event = parsed.event();
        entries.add(
            new Entry(event.ts(), event.service().wireName(), event.actor(), event.target(), json));
      } else {
        entries.add(new Entry(0, "", "", "", json));
      }
    }
    entries.sort(Comparator.comparingLong(Entry::ts));
  }

  EventAnswer answer(Query query) {
    List<Entry> all = entries.stream().filter(entry -> entry.passes(query.filter())).toList();
    return switch (query) {
      case Query.Page page -> page(all, page);
      case Query.Slice slice -> list(slice(all, slice));
      case Query.Recent recent ->
          list(all.subList(Math.max(0, all.size() - recent.limit()), all.size()).reversed());
      case Query.Sample sample -> list(all.subList(0, Math.min(all.size(), sample.size())));
    };
  }

  List<byte[]> checkpoints() {
    return jsons(
        entries.stream()
            .filter(entry -> entry.service.equals(Service.CHECKPOINT.wireName()))
            .toList());
  }

  List<byte[]> newest(int count) {
    return jsons(entries.subList(Math.max(0, entries.size() - count), entries.size()));
  }

  private static EventAnswer page(List<Entry> all, Query.Page page) {
    List<Entry> after = all.stream().filter(entry -> entry.ts > page.after()).toList();
    List<Entry> given = after.subList(0, Math.min(after.size(), page.size()));
    boolean full = given.size() == page.size();
    return new EventAnswer(
        jsons(given), full ? Optional.of(given.getLast().ts) : Optional.<Long>empty());
  }

  private static List<Entry> slice(List<Entry> all, Query.Slice slice) {
    List<Entry> after = all.stream().filter(entry -> entry.ts > slice.after()).toList();
    List<Entry> kept = new ArrayList<>();
    for (int i = Math.max(0, slice.index()); i < after.size(); i += Math.max(1, slice.total())) {
      kept.add(after.get(i));
    }
    return kept.subList(Math.max(0, kept.size() - slice.maxEvents()), kept.size());
  }

  private static EventAnswer list(List<Entry> entries) {
    return new EventAnswer(jsons(entries), Optional.empty());
  }

  private static List<byte[]> jsons(List<Entry> entries) {
    return entries.stream().map(Entry::json).toList();
  }
}
