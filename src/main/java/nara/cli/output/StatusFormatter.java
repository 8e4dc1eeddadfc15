package nara.cli.output;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import nara.bounds.SafeText;

/** The state of a node for a person, from the JSON of its {@code /status}. */
public final class StatusFormatter {
  private static final String INDENT = " ".repeat(12);

  /** Of a recovery that is not complete; the JSON lists all. */
  private static final int MAX_REASONS_SHOWN = 3;

  /** Problems of neighbours, or notes: a network may have hundreds. */
  private static final int MAX_SENTENCES = 5;

  private final JsonObject status;
  private final List<String> lines = new ArrayList<>();

  private StatusFormatter(JsonObject status) {
    this.status = status;
  }

  /** The JSON, indented and printable. */
  public static String json(JsonObject status) {
    return SafeText.escapedJson(status.encodePrettily());
  }

  /** Some lines, one for each part of the node, and one for each check that is not up. */
  public static String lines(JsonObject status) {
    StatusFormatter formatter = new StatusFormatter(status);
    formatter.addAll();
    return String.join("\n", formatter.lines);
  }

  private void addAll() {
    add(
        Terminal.printable(status.getString("name", "")),
        "%s, up %s, version %s"
            .formatted(
                status.getBoolean("ready", false) ? "ready" : "not ready",
                time(status.getLong("uptime_seconds", 0L)),
                Terminal.printable(status.getString("version", ""))));
    addRecovery(object("recovery"));
    add(
        "neighbours",
        "%,d of %,d online%s"
            .formatted(
                status.getInteger("neighbours_online", 0),
                status.getInteger("neighbours_known", 0),
                status.containsKey("in_sync_until")
                    ? ", in sync until " + Terminal.printable(status.getString("in_sync_until"))
                    : ""));
    JsonObject ledger = object("ledger");
    add(
        "ledger",
        "%,d of %,d events, %s"
            .formatted(
                ledger.getLong("events", 0L),
                ledger.getLong("max_events", 0L),
                size(ledger.getLong("bytes", 0L))));
    JsonObject quarantine = object("quarantine");
    int contested = status.getJsonArray("contested_names", new JsonArray()).size();
    if (quarantine.getLong("events", 0L) > 0 || contested > 0) {
      add(
          "trust",
          "%s wait for a key, %s contested"
              .formatted(
                  Counted.of(quarantine.getLong("events", 0L), "event"),
                  Counted.of(contested, "name")));
    }
    if (status.containsKey("broker")) {
      add(
          "broker",
          object("broker").getBoolean("connected", false) ? "connected" : "not connected");
    }
    JsonObject snapshot = object("snapshot");
    if (snapshot.containsKey("age_seconds")) {
      add(
          "snapshot",
          "%s old, %s"
              .formatted(
                  time(snapshot.getLong("age_seconds", 0L)), size(snapshot.getLong("bytes", 0L))));
    }
    JsonObject cluster = object("cluster");
    if (!cluster.isEmpty()) {
      add(
          "cluster",
          "%d members, leader %s, term %d"
              .formatted(
                  cluster.getJsonArray("members", new JsonArray()).size(),
                  Terminal.printable(cluster.getString("leader", "")),
                  cluster.getLong("term", 0L)));
    }
    Set<Object> reasons = new HashSet<>();
    for (Object each : status.getJsonArray("checks", new JsonArray())) {
      if (each instanceof JsonObject check && !check.getString("state", "").equals("up")) {
        reasons.add(check.getString("reason", ""));
        add(
            check.getString("state", "").equals("down") ? "DOWN" : "warning",
            Terminal.printable(check.getString("name", "") + ": " + check.getString("reason", "")));
      }
    }
    addSentences("problem", status.getJsonArray("neighbour_problems", new JsonArray()), reasons);
    addSentences("note", status.getJsonArray("notes", new JsonArray()), reasons);
  }

  /** The first sentences of a list, without those that a check has given already. */
  private void addSentences(String label, JsonArray sentences, Set<Object> given) {
    List<Object> left = sentences.stream().filter(each -> !given.contains(each)).toList();
    left.stream()
        .limit(MAX_SENTENCES)
        .forEach(each -> add(label, Terminal.printable(String.valueOf(each))));
    if (left.size() > MAX_SENTENCES) {
      add("", "and %,d more: --json has them".formatted(left.size() - MAX_SENTENCES));
    }
  }

  private void addRecovery(JsonObject recovery) {
    String calls =
        recovery.getInteger("calls_planned", 0) > 0
            ? ", %,d of %,d requests"
                .formatted(
                    recovery.getInteger("calls_completed", 0),
                    recovery.getInteger("calls_planned", 0))
            : "";
    String remaining =
        recovery.getLong("remaining_events", 0L) > 0
            ? ", at least %,d events to come".formatted(recovery.getLong("remaining_events"))
            : "";
    add(
        "recovery",
        "%s%s%s, %s%s"
            .formatted(
                Terminal.printable(recovery.getString("stage", "")),
                calls,
                remaining,
                Terminal.printable(recovery.getString("outcome", "")),
                recovery.containsKey("duration_ms")
                    ? " after " + seconds(recovery.getLong("duration_ms"))
                    : ""));
    JsonArray reasons = recovery.getJsonArray("reasons", new JsonArray());
    reasons.stream()
        .limit(MAX_REASONS_SHOWN)
        .forEach(reason -> add("", "because: " + Terminal.printable(String.valueOf(reason))));
    if (reasons.size() > MAX_REASONS_SHOWN) {
      add("", Counted.of(reasons.size() - MAX_REASONS_SHOWN, "more reason") + ": --json lists all");
    }
    if (recovery.containsKey("received")) {
      add(
          "",
          "%s received, %,d new, %,d duplicate, %,d rejected, %s"
              .formatted(
                  Counted.of(recovery.getLong("received", 0L), "event"),
                  recovery.getLong("merged", 0L),
                  recovery.getLong("duplicate", 0L),
                  recovery.getLong("rejected", 0L),
                  size(recovery.getLong("bytes", 0L))));
    }
  }

  private void add(String label, String text) {
    lines.addAll(FoldedLine.of("%-11s %s".formatted(label, text).stripTrailing(), INDENT));
  }

  private JsonObject object(String key) {
    return status.getJsonObject(key, new JsonObject());
  }

  private static String seconds(long millis) {
    return String.format(Locale.ROOT, "%.1f s", millis / 1e3);
  }

  private static String size(long bytes) {
    return String.format(Locale.ROOT, "%,.1f MB", bytes / 1e6);
  }

  private static String time(long seconds) {
    if (seconds < 120) {
      return seconds + " s";
    }
    if (seconds < 7_200) {
      return seconds / 60 + " min";
    }
    return seconds < 2 * 86_400 ? seconds / 3_600 + " h" : seconds / 86_400 + " d";
  }
}
