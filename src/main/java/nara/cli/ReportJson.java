package nara.cli;

import java.util.Map;
import nara.recovery.Report;
import nara.recovery.Report.NeighbourShare;
import nara.recovery.Report.Stage;

/** The report of a recovery as JSON, with the field names that scripts rely on. */
final class ReportJson {
  private ReportJson() {}

  /** The report as an indented object. */
  static String text(Report report) {
    return Json.indented(object(report));
  }

  /** The report as the object that is printed. */
  static Map<String, Object> object(Report r) {
    return Json.object(
        "outcome", r.outcome(),
        "reasons", r.reasons(),
        "started_at", r.startedAt(),
        "duration_ms", r.durationMs(),
        "stages", r.stages().stream().map(ReportJson::stage).toList(),
        "neighbours", r.neighbours().stream().map(ReportJson::neighbour).toList(),
        "events",
            Json.object(
                "received", r.events().received(),
                "duplicate", r.events().duplicate(),
                "merged", r.events().merged(),
                "quarantined", r.events().quarantined(),
                "rejected", r.events().rejected(),
                "pruned", r.events().pruned(),
                "verdicts", r.events().verdicts()),
        "checkpoints",
            Json.object(
                "peers_asked", r.checkpoints().peersAsked(),
                "peers_answered", r.checkpoints().peersAnswered(),
                "received", r.checkpoints().received(),
                "added", r.checkpoints().added()),
        "ping_times_seeded", r.pingTimesSeeded(),
        "ledger", Json.object("total", r.ledger().total(), "by_service", r.ledger().byService()));
  }

  private static Map<String, Object> stage(Stage stage) {
    Map<String, Object> object = Json.object("name", stage.name(), "outcome", stage.outcome());
    if (!stage.reason().isEmpty()) {
      object.put("reason", stage.reason());
    }
    object.put("started_ms", stage.startedMs());
    object.put("duration_ms", stage.durationMs());
    return object;
  }

  private static Map<String, Object> neighbour(NeighbourShare n) {
    Map<String, Object> object =
        Json.object(
            "name", n.name(),
            "id", n.id(),
            "address", n.address(),
            "requests", n.requests(),
            "failures", n.failures());
    if (!n.lastFailure().isEmpty()) {
      object.put("last_failure", n.lastFailure());
    }
    object.put("bytes", n.bytes());
    object.put("events", n.events());
    object.put("new", n.fresh());
    object.put("duplicate", n.duplicate());
    object.put("rejected", n.rejected());
    return object;
  }
}
