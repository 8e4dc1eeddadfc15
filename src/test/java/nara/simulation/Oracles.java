package nara.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import nara.event.Event;
import nara.event.EventId;
import nara.event.Ping;
import nara.event.Verdict;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.recovery.report.Report;

/**
 * What must hold after every simulation. Each check adds a sentence for each fault that it finds.
 */
final class Oracles {
  /** The pings of one target that a ledger keeps, by the contract. */
  private static final int PINGS_PER_TARGET = 5;

  private final Scenario scenario;
  private final Truth truth;
  private final HonestNode subject;
  private final List<HonestNode> neighbours;
  private final Map<HonestNode, Map<EventId, JudgedEvent>> heldBefore;
  private final Duration took;
  private final List<String> failures = new ArrayList<>();

  /**
   * @param heldBefore what each honest neighbour held when the recovery began
   * @param took the recovery, in virtual time
   */
  Oracles(
      Scenario scenario,
      Truth truth,
      HonestNode subject,
      List<HonestNode> neighbours,
      Map<HonestNode, Map<EventId, JudgedEvent>> heldBefore,
      Duration took) {
    this.scenario = scenario;
    this.truth = truth;
    this.subject = subject;
    this.neighbours = neighbours;
    this.heldBefore = heldBefore;
    this.took = took;
  }

  List<String> afterRecovery() {
    failures.clear();
    // A recovery that left a configured peer out is followed by another one; each is told once.
    long told = subject.reports().stream().map(Report::recovery).distinct().count();
    if (told == 0 || told != subject.reports().size()) {
      failures.add(
          "the end was told %d times within %s; the stage is %s"
              .formatted(subject.reports().size(), took, subject.stage()));
      return failures;
    }
    Report report = subject.reports().getLast();
    Map<EventId, JudgedEvent> held = subject.heldById();
    noForgedEventIsValid(subject, held);
    unionIsHeld(report, held);
    noHonestNeighbourIsDropped(report);
    effortIsBounded(report);
    numbersAddUp(report);
    bytesAreBounded();
    return failures;
  }

  /**
   * @param news what each honest node said after it, with its name
   */
  List<String> afterHealing(Map<EventId, String> news) {
    failures.clear();
    List<HonestNode> all = new ArrayList<>(neighbours);
    all.add(subject);
    all.forEach(node -> noForgedEventIsValid(node, node.heldById()));
    if (scenario.isCalm() && scenario.hasRoom()) {
      all.forEach(node -> holdsNews(node, news));
    }
    return failures;
  }

  private void holdsNews(HonestNode node, Map<EventId, String> news) {
    Set<EventId> held = node.heldById().keySet();
    List<String> missed =
        news.entrySet().stream()
            .filter(each -> !held.contains(each.getKey()))
            .map(Map.Entry::getValue)
            .toList();
    if (!missed.isEmpty()) {
      failures.add("%s has not heard the news of %s".formatted(node.name(), missed));
    }
  }

  private void noForgedEventIsValid(HonestNode node, Map<EventId, JudgedEvent> held) {
    if (!scenario.namesAreSafe() || believesAll(node)) {
      return;
    }
    List<Event> forged =
        held.values().stream()
            .filter(each -> each.verdict() == Verdict.VALID)
            .map(JudgedEvent::event)
            .filter(truth::isForged)
            .filter(event -> !isKnownByHostilePeersOnly(node, event))
            .toList();
    if (!forged.isEmpty()) {
      failures.add(
          "%s holds %d forged events as valid, such as %s, about %s"
              .formatted(
                  node.name(),
                  forged.size(),
                  forged.getFirst(),
                  forged.stream().map(Event::actor).distinct().toList()));
    }
  }

  /**
   * Whether a node could know a name by hostile peers only: no honest neighbour gave it a single
   * event. Then the key that these peers support holds, by the rules, and with it the announcement
   * that carries it. The neighbours' own names are known by their pings.
   */
  private boolean isKnownByHostilePeersOnly(HonestNode node, Event announcement) {
    if (node != subject
        || !announcement.service().isAnnouncement()
        || node.reports().isEmpty()
        || announcement.actor().equals(node.name())) {
      return false;
    }
    Set<String> honest = neighbours.stream().map(HonestNode::name).collect(Collectors.toSet());
    return !honest.contains(announcement.actor())
        && node.reports().getFirst().neighbours().stream()
            .noneMatch(each -> honest.contains(each.name()) && each.events() > 0);
  }

  private boolean believesAll(HonestNode node) {
    int index = neighbours.indexOf(node);
    return index >= 0 && scenario.neighbours().get(index).believesAll();
  }

  private void unionIsHeld(Report report, Map<EventId, JudgedEvent> held) {
    boolean mustHold = scenario.isCalm() && scenario.namesAreSafe();
    boolean claims = report.outcome().equals("complete");
    if (!scenario.hasRoom() || !(mustHold || claims)) {
      return;
    }
    Map<EventId, Event> union = new HashMap<>();
    for (int i = 0; i < neighbours.size(); i++) {
      if (scenario.neighbours().get(i).isReachable() && isUndisturbed(i)) {
        heldBefore.get(neighbours.get(i)).keySet().stream()
            .map(History.VILLAGE::event)
            .filter(event -> event != null)
            .forEach(event -> union.put(event.id(), event));
      }
    }
    List<Event> lacking =
        union.values().stream()
            .filter(event -> !held.containsKey(event.id()))
            .filter(event -> !isDisplaced(event, held))
            .toList();
    List<Event> otherForm =
        union.values().stream()
            .filter(event -> held.containsKey(event.id()))
            // A form without its signature stays until somebody offers the signed one.
            .filter(event -> held.get(event.id()).verdict() == Verdict.VALID)
            .filter(e -> !Arrays.equals(held.get(e.id()).event().json(), e.json()))
            .toList();
    if (!lacking.isEmpty()) {
      failures.add(
          "%s: lacks %d of %d honest events, such as %s"
              .formatted(report.outcome(), lacking.size(), union.size(), first(lacking)));
    }
    if (!otherForm.isEmpty()) {
      failures.add(
          "%d of %d honest events are held in another form, such as %s"
              .formatted(
                  otherForm.size(),
                  union.size(),
                  new String(held.get(otherForm.getFirst().id()).event().json(), UTF_8)));
    }
  }

  /**
   * Whether an event is a ping that newer honest pings displaced. Neighbours that know each other
   * ping each other during the recovery.
   */
  private boolean isDisplaced(Event lacking, Map<EventId, JudgedEvent> held) {
    return lacking.payload() instanceof Ping ping
        && held.values().stream()
                .filter(each -> each.verdict() == Verdict.VALID)
                .map(JudgedEvent::event)
                .filter(each -> each.ts() > lacking.ts() && !truth.isForged(each))
                .filter(
                    each -> each.payload() instanceof Ping p && p.target().equals(ping.target()))
                .count()
            >= PINGS_PER_TARGET;
  }

  private static Event first(List<Event> events) {
    return events.stream().min(Comparator.comparing(Event::id)).orElseThrow();
  }

  private boolean isUndisturbed(int neighbour) {
    return scenario.incidents().stream()
        .noneMatch(each -> each.node() == neighbour || each.node() < 0);
  }

  private void bytesAreBounded() {
    long bytes = subject.held().stream().mapToLong(each -> each.event().json().length).sum();
    if (bytes > scenario.maxBytes()) {
      failures.add("%d bytes are held, more than %d".formatted(bytes, scenario.maxBytes()));
    }
  }

  private void numbersAddUp(Report report) {
    Report.EventTotals events = report.eventTotals();
    long told =
        events.duplicate()
            + events.merged()
            + events.quarantined()
            + events.rejected()
            + events.pruned();
    if (events.received() != told) {
      failures.add(
          "%d events were received, and %d told: %s".formatted(events.received(), told, events));
    }
  }

  private void noHonestNeighbourIsDropped(Report report) {
    Set<String> honest =
        neighbours.stream().map(HonestNode::name).collect(Collectors.toCollection(TreeSet::new));
    for (Report.NeighbourTotals each : report.neighbours()) {
      if (honest.contains(each.name()) && !each.dropReason().isEmpty()) {
        failures.add("dropped honest %s: %s".formatted(each.name(), each.dropReason()));
      }
    }
  }

  private void effortIsBounded(Report report) {
    Duration most =
        scenario.isCalm()
            ? Duration.ofSeconds(60 + 60L * scenario.hostiles().size())
            : Duration.ofMinutes(10);
    if (took.compareTo(most) > 0) {
      failures.add("the recovery took " + took + ", more than " + most);
    }
    for (Report.NeighbourTotals each : report.neighbours()) {
      if (each.requests() > 200) {
        failures.add("%d requests to %s".formatted(each.requests(), each.name()));
      }
    }
  }
}
