package nara.recovery;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** The report as JSON, by the names that its readers rely on. */
public final class ReportJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ReportJson() {}

  /** The report, indented, with a newline at its end. */
  public static String write(Report report) {
    ObjectNode out = JSON.createObjectNode();
    out.put("outcome", report.outcome());
    report.reasons().forEach(out.putArray("reasons")::add);
    out.put("started_at", report.startedAt()).put("duration_ms", report.durationMs());
    stages(report, out.putArray("stages"));
    neighbours(report, out.putArray("neighbours"));
    events(report.events(), out.putObject("events"));
    out.putObject("checkpoints")
        .put("peers_asked", report.checkpoints().peersAsked())
        .put("peers_answered", report.checkpoints().peersAnswered())
        .put("received", report.checkpoints().received())
        .put("added", report.checkpoints().added());
    out.put("ping_times_seeded", report.pingTimesSeeded());
    ObjectNode ledger = out.putObject("ledger").put("total", report.ledger().total());
    counts(report.ledger().byService(), ledger.putObject("by_service"));
    if (!report.members().isEmpty()) {
      members(report, out.putArray("members"));
    }
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(out) + "\n";
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("a tree of JSON can be written", impossible);
    }
  }

  private static void stages(Report report, ArrayNode out) {
    for (Report.Stage stage : report.stages()) {
      ObjectNode one = out.addObject().put("name", stage.name()).put("outcome", stage.outcome());
      if (!stage.reason().isEmpty()) {
        one.put("reason", stage.reason());
      }
      one.put("started_ms", stage.startedMs()).put("duration_ms", stage.durationMs());
    }
  }

  private static void neighbours(Report report, ArrayNode out) {
    for (Report.NeighbourShare share : report.neighbours()) {
      ObjectNode one =
          out.addObject()
              .put("name", share.name())
              .put("id", share.id())
              .put("address", share.address())
              .put("requests", share.requests())
              .put("failures", share.failures());
      if (!share.lastFailure().isEmpty()) {
        one.put("last_failure", share.lastFailure());
      }
      one.put("bytes", share.bytes())
          .put("events", share.events())
          .put("new", share.fresh())
          .put("duplicate", share.duplicate())
          .put("rejected", share.rejected())
          .put("score", share.score());
      if (!share.droppedBecause().isEmpty()) {
        one.put("dropped_because", share.droppedBecause());
      }
    }
  }

  private static void members(Report report, ArrayNode out) {
    for (Report.MemberShare share : report.members()) {
      out.addObject()
          .put("name", share.name())
          .put("requests", share.requests())
          .put("failures", share.failures())
          .put("events", share.events())
          .put("new", share.fresh());
    }
  }

  private static void events(Report.Events events, ObjectNode out) {
    out.put("received", events.received())
        .put("duplicate", events.duplicate())
        .put("merged", events.merged())
        .put("quarantined", events.quarantined())
        .put("rejected", events.rejected())
        .put("pruned", events.pruned());
    counts(events.verdicts(), out.putObject("verdicts"));
  }

  private static void counts(Map<String, Integer> counts, ObjectNode out) {
    counts.forEach(out::put);
  }
}
