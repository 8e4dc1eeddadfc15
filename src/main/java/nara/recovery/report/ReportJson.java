package nara.recovery.report;

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
    writeStages(report, out.putArray("stages"));
    writeNeighbours(report, out.putArray("neighbours"));
    writeEvents(report.eventTotals(), out.putObject("events"));
    out.putObject("checkpoints")
        .put("peers_asked", report.checkpointTotals().peersAsked())
        .put("peers_answered", report.checkpointTotals().peersAnswered())
        .put("received", report.checkpointTotals().received())
        .put("added", report.checkpointTotals().added());
    out.put("ping_times_seeded", report.pingTimesSeeded());
    ObjectNode ledger = out.putObject("ledger").put("total", report.ledgerTotals().total());
    writeCounts(report.ledgerTotals().byService(), ledger.putObject("by_service"));
    writeConflicts(report, out.putArray("conflicts"));
    if (!report.members().isEmpty()) {
      writeMembers(report, out.putArray("members"));
    }
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(out) + "\n";
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("a tree of JSON can be written", impossible);
    }
  }

  private static void writeStages(Report report, ArrayNode out) {
    for (Report.StageReport stageReport : report.stageReports()) {
      ObjectNode one =
          out.addObject().put("name", stageReport.name()).put("outcome", stageReport.outcome());
      if (!stageReport.reason().isEmpty()) {
        one.put("reason", stageReport.reason());
      }
      one.put("started_ms", stageReport.startedMs()).put("duration_ms", stageReport.durationMs());
    }
  }

  private static void writeNeighbours(Report report, ArrayNode out) {
    for (Report.NeighbourTotals share : report.neighbours()) {
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
          .put("new", share.added())
          .put("duplicate", share.duplicate())
          .put("rejected", share.rejected())
          .put("score", share.score());
      if (!share.dropReason().isEmpty()) {
        one.put("dropped_because", share.dropReason());
      }
    }
  }

  private static void writeConflicts(Report report, ArrayNode out) {
    for (Report.KeyConflict conflict : report.conflicts()) {
      ObjectNode one = out.addObject().put("name", conflict.name());
      conflict.keys().forEach(one.putArray("keys")::add);
      if (!conflict.claimedBy().isEmpty()) {
        conflict.claimedBy().forEach(one.putArray("claimed_by")::add);
      }
    }
  }

  private static void writeMembers(Report report, ArrayNode out) {
    for (Report.MemberTotals share : report.members()) {
      out.addObject()
          .put("name", share.name())
          .put("requests", share.requests())
          .put("failures", share.failures())
          .put("events", share.events())
          .put("new", share.added());
    }
  }

  private static void writeEvents(Report.EventTotals eventTotals, ObjectNode out) {
    out.put("received", eventTotals.received())
        .put("duplicate", eventTotals.duplicate())
        .put("merged", eventTotals.merged())
        .put("quarantined", eventTotals.quarantined())
        .put("rejected", eventTotals.rejected())
        .put("pruned", eventTotals.pruned());
    writeCounts(eventTotals.verdicts(), out.putObject("verdicts"));
  }

  private static void writeCounts(Map<String, Integer> counts, ObjectNode out) {
    counts.forEach(out::put);
  }
}
