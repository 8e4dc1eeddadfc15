package nara.web.inspector;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nara.bounds.Saturated;
import nara.event.Chau;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.HeyThere;
import nara.event.Observation;
import nara.ledger.LedgerRequest.SubjectSummary;

/**
 * When a nara was online and offline, by the reference's rules: a checkpoint or a backfill is the
 * baseline, and announcements and observations change the status from there.
 *
 * @param baselineSource checkpoint, backfill or empty
 * @param periods newest first
 */
record Uptime(
    String subject, String baselineSource, List<Period> periods, long totalUptimeSeconds) {
  private static final String ONLINE = "online";
  private static final String OFFLINE = "offline";

  /**
   * A period, Unix seconds.
   *
   * @param type online, offline, or historical for what a checkpoint sums up
   * @param end 0 while it lasts
   */
  record Period(String type, long start, long end, long duration) {
    static Period lasting(String type, long start, long now) {
      return new Period(type, start, 0, Math.max(0, Saturated.subtract(now, start)));
    }

    static Period ended(String type, long start, long end) {
      return new Period(type, start, end, Math.max(0, Saturated.subtract(end, start)));
    }

    JsonObject json() {
      return new JsonObject()
          .put("type", type)
          .put("start_time", start)
          .put("end_time", end)
          .put("duration", duration)
          .put("ongoing", end == 0);
    }
  }

  /**
   * The periods that follow from events.
   *
   * @param checkpoints about the nara; the one that the summary names is the baseline
   * @param changes announcements and observations with it as actor or target, in ascending time
   */
  static Uptime of(
      String subject,
      SubjectSummary summary,
      List<Event> checkpoints,
      List<Event> changes,
      long now) {
    Optional<Checkpoint> checkpoint =
        checkpoints.stream()
            .filter(event -> event.id().toString().equals(summary.latestCheckpointId()))
            .map(event -> (Checkpoint) event.payload())
            .findFirst();
    Optional<Observation> backfill =
        changes.stream()
            .filter(event -> event.payload() instanceof Observation o && o.isBackfill())
            .filter(event -> event.target().equals(subject))
            .map(event -> (Observation) event.payload())
            .reduce((earlier, later) -> later);
    List<Period> periods = new ArrayList<>();
    String status = checkpoint.isPresent() || backfill.isPresent() ? ONLINE : "";
    long since =
        checkpoint
            .map(Checkpoint::asOfTime)
            .or(() -> backfill.map(Observation::startTime))
            .orElse(0L);
    checkpoint
        .filter(c -> c.agreedValues().totalUptime() > 0)
        .ifPresent(
            c ->
                periods.add(
                    new Period(
                        "historical",
                        c.agreedValues().startTime(),
                        c.asOfTime(),
                        c.agreedValues().totalUptime())));
    long baseline = checkpoint.map(Checkpoint::asOfTime).orElse(Long.MIN_VALUE);
    for (Event event : changes) {
      long at = Math.floorDiv(event.ts(), 1_000_000_000L);
      String reported = at > baseline ? status(subject, event) : "";
      if (reported.isEmpty() || reported.equals(status)) {
        continue;
      }
      if (since > 0) {
        periods.add(Period.ended(status, since, at));
      }
      status = reported;
      since = at;
    }
    if (since > 0) {
      periods.add(Period.lasting(status, since, now));
    }
    return new Uptime(
        subject,
        checkpoint.isPresent() ? "checkpoint" : backfill.isPresent() ? "backfill" : "",
        periods.reversed(),
        summary.totalUptimeSeconds());
  }

  /** The status of the subject by an event; empty for none. */
  private static String status(String subject, Event event) {
    if (!event.target().equals(subject)) {
      return "";
    }
    return switch (event.payload()) {
      case HeyThere hello -> ONLINE;
      case Chau goodbye -> OFFLINE;
      case Observation o ->
          !o.type().equals(Observation.STATUS_CHANGE) || o.onlineState().equals("ONLINE")
              ? ONLINE
              : OFFLINE;
      default -> "";
    };
  }

  JsonObject json() {
    JsonArray list = new JsonArray();
    periods.forEach(period -> list.add(period.json()));
    return new JsonObject()
        .put("baseline_source", baselineSource)
        .put("periods", list.isEmpty() ? null : list)
        .put("subject", subject)
        .put("total_uptime", totalUptimeSeconds);
  }
}
