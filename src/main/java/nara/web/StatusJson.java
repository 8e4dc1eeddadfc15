package nara.web;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import nara.discovery.DiscoveryRequest.NeighbourList;
import nara.discovery.Neighbour;
import nara.gossip.GossipRequest.ContactTimes;
import nara.identity.Keyring;
import nara.ledger.LedgerRequest.LedgerStats;
import nara.liveness.LivenessRequest.RoundTripTimes;
import nara.mesh.wire.PeerAddress;
import nara.recovery.RecoveryRequest.CurrentReport;
import nara.recovery.report.Report;
import nara.recovery.report.Report.NeighbourTotals;
import nara.status.HealthCheck;
import nara.status.NodeFacts;
import nara.status.NodeStatus;

/** The state of a node as JSON. Keys may be added, never renamed. */
final class StatusJson {
  /** Strangers can announce any number of naras. The totals count all of them. */
  private static final int MAX_NEIGHBOURS = 500;

  private final NodeStatus status;
  private final JsonObject json = new JsonObject();

  private StatusJson(NodeStatus status) {
    this.status = status;
  }

  static JsonObject of(NodeStatus status) {
    StatusJson builder = new StatusJson(status);
    builder.addNode();
    builder.addRecovery();
    builder.addNeighbours();
    builder.addLedger();
    builder.addParts();
    builder.json.put("checks", checks(status));
    return builder.json;
  }

  static String stage(NodeStatus status) {
    return status.recovery().map(current -> current.stage()).orElse("starting");
  }

  static String outcome(NodeStatus status) {
    return status.recovery().map(current -> current.report().outcome()).orElse("");
  }

  static JsonArray checks(NodeStatus status) {
    JsonArray checks = new JsonArray();
    for (HealthCheck check : status.checks()) {
      JsonObject each =
          new JsonObject().put("name", check.name()).put("state", check.state().label());
      if (!check.reason().isEmpty()) {
        each.put("reason", check.reason());
      }
      checks.add(each);
    }
    return checks;
  }

  private void addNode() {
    json.put("name", status.facts().name())
        .put("id", status.facts().id())
        .put("version", status.facts().version())
        .put("started_at", status.facts().startedAt().toString())
        .put(
            "uptime_seconds", Duration.between(status.facts().startedAt(), status.at()).toSeconds())
        .put("ready", status.notReadyReason().isEmpty());
    status.notReadyReason().ifPresent(reason -> json.put("reason", reason));
    List<String> notes = status.facts().notes().get();
    if (!notes.isEmpty()) {
      json.put("notes", new JsonArray(notes));
    }
  }

  private void addRecovery() {
    JsonObject recovery =
        new JsonObject().put("stage", stage(status)).put("outcome", outcome(status));
    status
        .recovery()
        .ifPresent(
            current -> {
              Report report = current.report();
              Report.EventTotals events = report.eventTotals();
              recovery
                  .put("finished", current.finished())
                  .put("started_at", report.startedAt())
                  .put("duration_ms", report.durationMs())
                  .put("requests", sum(report, NeighbourTotals::requests))
                  .put("failures", sum(report, NeighbourTotals::failures))
                  .put(
                      "bytes", report.neighbours().stream().mapToLong(NeighbourTotals::bytes).sum())
                  .put("calls_completed", status.recoveries().callsCompleted())
                  .put("calls_planned", status.recoveries().callsPlanned())
                  .put("received", events.received())
                  .put("merged", events.merged())
                  .put("duplicate", events.duplicate())
                  .put("quarantined", events.quarantined())
                  .put("rejected", events.rejected())
                  .put("pruned", events.pruned());
              if (!current.awaited().isEmpty()) {
                recovery.put("waiting_for", awaited(current));
              }
              if (!report.reasons().isEmpty()) {
                recovery.put("reasons", new JsonArray(report.reasons()));
              }
            });
    // Absent while it is unknown.
    status
        .recoveries()
        .remainingEvents()
        .ifPresent(events -> recovery.put("remaining_events", events));
    recovery.put("finished_by_outcome", object(status.recoveries().finished()));
    json.put("recovery", recovery);
  }

  private static JsonArray awaited(CurrentReport current) {
    JsonArray awaited = new JsonArray();
    current
        .awaited()
        .forEach(
            peer ->
                awaited.add(
                    new JsonObject()
                        .put("name", peer.name())
                        .put("requests", peer.requests())
                        .put("lost", peer.lost())));
    return awaited;
  }

  private static int sum(Report report, ToIntFunction<NeighbourTotals> number) {
    return report.neighbours().stream().mapToInt(number).sum();
  }

  private void addNeighbours() {
    List<Neighbour> all = status.neighbours().map(NeighbourList::neighbours).orElse(List.of());
    Map<String, NeighbourTotals> totals =
        status.recovery().stream()
            .flatMap(current -> current.report().neighbours().stream())
            .collect(Collectors.toMap(NeighbourTotals::name, each -> each, (one, same) -> one));
    Map<String, Double> millis =
        status.roundTrips().map(RoundTripTimes::averageByTarget).orElse(Map.of());
    JsonArray list = new JsonArray();
    all.stream()
        .sorted(Comparator.comparing((Neighbour n) -> !n.online()).thenComparing(Neighbour::name))
        .limit(MAX_NEIGHBOURS)
        .forEach(
            neighbour -> {
              JsonObject each =
                  new JsonObject()
                      .put("name", neighbour.name())
                      .put("id", neighbour.id())
                      .put("address", neighbour.address())
                      .put("state", neighbour.online() ? "online" : "offline")
                      .put("key_known", neighbour.key().isPresent())
                      .put(
                          "sources",
                          new JsonArray(
                              neighbour.sources().stream()
                                  .map(source -> source.name().toLowerCase(Locale.ROOT))
                                  .sorted()
                                  .toList()));
              if (millis.containsKey(neighbour.name())) {
                each.put("round_trip_ms", millis.get(neighbour.name()));
              }
              status
                  .contacts()
                  .map(times -> times.lastContact(neighbour.name()))
                  .filter(seconds -> seconds > 0)
                  .ifPresent(seconds -> each.put("last_contact", time(seconds)));
              status
                  .facts()
                  .networkClock()
                  .offsetOf(neighbour.address(), PeerAddress.hostOf(neighbour.address()))
                  .ifPresent(offset -> each.put("clock_offset_seconds", offset.toMillis() / 1e3));
              NeighbourTotals served = totals.get(neighbour.name());
              if (served != null) {
                each.put("score", served.score())
                    .put("bytes", served.bytes())
                    .put("events", served.events())
                    .put("new", served.added());
                if (!served.dropReason().isEmpty()) {
                  each.put("dropped_because", served.dropReason());
                }
              }
              list.add(each);
            });
    json.put("neighbours_online", (int) all.stream().filter(Neighbour::online).count())
        .put("neighbours_known", all.size())
        .put("neighbours", list);
    status
        .contacts()
        .map(ContactTimes::inSyncUntil)
        .filter(seconds -> seconds > 0)
        // The earlier key promises more than it holds; it stays for those that read it.
        .ifPresent(
            seconds -> json.put("in_sync_until", time(seconds)).put("last_sync", time(seconds)));
    status
        .neighbours()
        .filter(found -> !found.problems().isEmpty())
        .ifPresent(found -> json.put("neighbour_problems", new JsonArray(found.problems())));
  }

  private static String time(long unixSeconds) {
    return Instant.ofEpochSecond(unixSeconds).toString();
  }

  private void addLedger() {
    status.ledger().ifPresent(stats -> json.put("ledger", ledger(stats)));
    status
        .trust()
        .ifPresent(
            trust ->
                json.put(
                    "quarantine",
                    new JsonObject()
                        .put("events", trust.waitingEvents())
                        .put("bytes", trust.waitingBytes())
                        .put("keys", trust.waitingKeys())));
    status
        .conflicts()
        .ifPresent(
            found ->
                json.put(
                    "contested_names",
                    new JsonArray(
                        found.conflicts().stream()
                            .map(Keyring.Conflict::name)
                            .limit(MAX_NEIGHBOURS)
                            .toList())));
  }

  private static JsonObject ledger(LedgerStats stats) {
    Map<String, Integer> byService = new TreeMap<>();
    stats.byService().forEach((service, count) -> byService.put(service.wireName(), count));
    Map<String, Long> pruned = new TreeMap<>();
    stats.pruned().forEach((reason, count) -> pruned.put(reason.label(), count));
    return new JsonObject()
        .put("events", stats.total())
        .put("bytes", stats.bytes())
        .put("max_events", stats.maxEvents())
        .put("by_service", object(byService))
        .put("pruned", object(pruned));
  }

  private void addParts() {
    NodeFacts.Parts parts = status.facts().parts();
    json.put(
        "parts",
        new JsonObject()
            .put("broker", parts.broker())
            .put("snapshot", parts.snapshot())
            .put("cluster", parts.cluster())
            .put("stash", parts.stash()));
    status
        .plaza()
        .ifPresent(
            plaza -> {
              JsonObject broker = new JsonObject().put("connected", plaza.connected());
              if (!plaza.error().isEmpty()) {
                broker.put("reason", plaza.error());
              }
              status.plazaCounts().ifPresent(counts -> broker.put("connects", counts.connects()));
              json.put("broker", broker);
            });
    status
        .snapshot()
        .ifPresent(
            state -> {
              JsonObject snapshot =
                  new JsonObject()
                      .put("bytes", state.bytes())
                      .put("interval_seconds", state.intervalSeconds());
              status
                  .snapshotAge()
                  .ifPresent(age -> snapshot.put("age_seconds", Math.max(0, age.toSeconds())));
              if (!state.error().isEmpty()) {
                snapshot.put("reason", state.error());
              }
              json.put("snapshot", snapshot);
            });
    Runtime java = Runtime.getRuntime();
    json.put(
        "memory",
        new JsonObject()
            .put("used_bytes", java.totalMemory() - java.freeMemory())
            .put("max_bytes", java.maxMemory()));
    JsonObject clock = new JsonObject();
    status.clockOffset().ifPresent(offset -> clock.put("offset_seconds", offset.toMillis() / 1e3));
    status.clockSkew().ifPresent(skew -> clock.put("warning", skew.sentence()));
    json.put("clock", clock);
    status.cluster().ifPresent(cluster -> json.put("cluster", ClusterJson.of(cluster)));
  }

  private static JsonObject object(Map<String, ? extends Number> numbers) {
    JsonObject object = new JsonObject();
    new TreeMap<>(numbers).forEach(object::put);
    return object;
  }
}
