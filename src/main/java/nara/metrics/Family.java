package nara.metrics;

import java.util.List;
import java.util.Locale;

/**
 * The families of metrics of a node, in the order of {@code docs/metrics.md}, which is made of
 * them. Names follow Prometheus' conventions: base units, and {@code _total} for what only grows.
 */
enum Family {
  INFO("nara_info", Type.INFO, "The node and its version.", "name", "id", "version"),
  UPTIME("nara_uptime_seconds", Type.GAUGE, "The time since the start of the node."),
  READY("nara_ready", Type.GAUGE, "1 if the node is ready, as `/ready` says."),
  CHECK(
      "nara_health_check", Type.GAUGE, "1 if the check is up, 0 if it warns or is down.", "check"),

  STAGE("nara_recovery_stage", Type.GAUGE, "1 for the stage of the recovery.", "stage"),
  OUTCOME("nara_recovery_outcome", Type.GAUGE, "1 for the outcome of the recovery.", "outcome"),
  FINISHED(
      "nara_recoveries_finished_total", Type.COUNTER, "Finished recoveries by outcome.", "outcome"),
  DURATION(
      "nara_recovery_duration_seconds",
      Type.GAUGE,
      "The time of the recovery that runs, or of the last one."),
  CALLS(
      "nara_recovery_calls",
      Type.GAUGE,
      "Requests of the stage that runs: `planned` so far, and `completed`.",
      "state"),
  REMAINING(
      "nara_recovery_remaining_events",
      Type.GAUGE,
      "Events that are still to come, at least, by the neighbours' ledgers; NaN while unknown."),
  REQUESTS("nara_recovery_requests_total", Type.COUNTER, "Requests of recoveries to neighbours."),
  FAILURES(
      "nara_recovery_request_failures_total", Type.COUNTER, "Requests of recoveries that failed."),
  RECOVERY_BYTES(
      "nara_recovery_received_bytes_total", Type.COUNTER, "Bytes of the responses in recoveries."),
  RECOVERY_RECEIVED(
      "nara_recovery_received_events_total",
      Type.COUNTER,
      "Events of the responses in recoveries."),
  RECOVERY_EVENTS(
      "nara_recovery_events_total",
      Type.COUNTER,
      "Events received in recoveries, by what became of them; the others wait in the quarantine.",
      "result"),

  LEDGER_EVENTS("nara_ledger_events", Type.GAUGE, "Events in the ledger.", "service"),
  LEDGER_BYTES("nara_ledger_bytes", Type.GAUGE, "The size of the ledger's events as JSON."),
  LEDGER_MAX(
      "nara_ledger_max_events", Type.GAUGE, "The configured maximum of events in the ledger."),
  PRUNED(
      "nara_ledger_pruned_events_total",
      Type.COUNTER,
      "Events that a limit removed from the ledger, or kept out.",
      "reason"),

  OFFERED(
      "nara_offered_events_total",
      Type.COUNTER,
      "Events from peers, files and snapshots, by what became of them.",
      "result"),
  VERDICTS("nara_verdicts_total", Type.COUNTER, "Judged events by verdict.", "verdict"),
  QUARANTINE_EVENTS("nara_quarantine_events", Type.GAUGE, "Events that wait for a key."),
  QUARANTINE_BYTES(
      "nara_quarantine_bytes", Type.GAUGE, "The size of the events that wait for a key."),
  QUARANTINE_KEYS("nara_quarantine_keys", Type.GAUGE, "Keys that events wait for."),
  CONTESTED("nara_contested_names", Type.GAUGE, "Naras with contradictory claims about their key."),
  SIGNATURES("nara_signatures_total", Type.COUNTER, "Verified signatures.", "result"),
  SIGNATURE_TIME(
      "nara_signature_verification_seconds_total",
      Type.COUNTER,
      "The time of verifying signatures, of all threads together."),
  RECHECK(
      "nara_recheck_tripped",
      Type.GAUGE,
      "1 if two verifiers contradicted each other and the node accepts no signature."),

  PEERS("nara_peers", Type.GAUGE, "Known neighbours by state.", "state"),
  PEER_UP(
      "nara_peer_up", Type.GAUGE, "1 if the neighbour is online; of `other`, how many.", "peer"),
  PEER_SCORE(
      "nara_peer_score",
      Type.GAUGE,
      "How well the neighbour served the recovery, 0 to 1; of `other`, the mean.",
      "peer"),
  PEER_ROUND_TRIP(
      "nara_peer_round_trip_seconds",
      Type.GAUGE,
      "The average round trip of pings; of `other`, the mean.",
      "peer"),
  PEER_CONTACT(
      "nara_peer_last_contact_timestamp_seconds",
      Type.GAUGE,
      "When the neighbour last answered a zine, a sync or a recovery, Unix time; of `other`, the"
          + " newest.",
      "peer"),
  PEER_BYTES(
      "nara_peer_recovery_bytes",
      Type.GAUGE,
      "Bytes that the neighbour sent in the recovery that runs, or in the last one.",
      "peer"),

  SERVED(
      "nara_mesh_requests_total",
      Type.COUNTER,
      "Requests of peers that this node answered.",
      "path",
      "status"),
  SERVED_TIME(
      "nara_mesh_request_duration_seconds",
      Type.HISTOGRAM,
      "The time from the arrival of a peer's request until its response is sent.",
      "path"),
  REFUSED(
      "nara_mesh_refusals_total",
      Type.COUNTER,
      "Requests and connections of peers that this node refused or ended.",
      "reason"),
  BUFFERS(
      "nara_mesh_buffered_bytes",
      Type.GAUGE,
      "Bytes of request bodies and responses in memory.",
      "kind"),

  PLAZA("nara_plaza_connected", Type.GAUGE, "1 if the node is connected to its broker."),
  PLAZA_RECONNECTS(
      "nara_plaza_reconnects_total", Type.COUNTER, "Connections to the broker after the first."),
  PLAZA_MESSAGES("nara_plaza_messages_total", Type.COUNTER, "Handled MQTT messages.", "kind"),
  PLAZA_IGNORED(
      "nara_plaza_ignored_messages_total", Type.COUNTER, "Ignored MQTT messages.", "reason"),

  GOSSIP_ROUNDS("nara_gossip_rounds_total", Type.COUNTER, "Rounds of zines."),
  GOSSIP_EXCHANGES(
      "nara_gossip_exchanges_total", Type.COUNTER, "Zines exchanged with a peer.", "result"),
  GOSSIP_EVENTS(
      "nara_gossip_events_total",
      Type.COUNTER,
      "New events from zines and from the background sync."),

  CLOCK(
      "nara_clock_offset_seconds",
      Type.GAUGE,
      "The lead of most neighbours' clocks over this node's clock; 0 while unknown."),

  SNAPSHOT_TIME(
      "nara_snapshot_timestamp_seconds",
      Type.GAUGE,
      "When the snapshot on disk was written, Unix time; 0 without one."),
  SNAPSHOT_AGE(
      "nara_snapshot_age_seconds", Type.GAUGE, "The age of the snapshot on disk; 0 without one."),
  SNAPSHOT_INTERVAL(
      "nara_snapshot_interval_seconds",
      Type.GAUGE,
      "The time between two snapshots; 0 when none are written."),
  SNAPSHOT_BYTES("nara_snapshot_bytes", Type.GAUGE, "The size of the snapshot on disk."),
  SNAPSHOT_FAILED(
      "nara_snapshot_failed", Type.GAUGE, "1 if the last write of the snapshot failed."),

  CLUSTER_LEADS("nara_cluster_leads", Type.GAUGE, "1 if this member leads its cluster."),
  CLUSTER_LEADER("nara_cluster_has_leader", Type.GAUGE, "1 if this member knows a leader."),
  CLUSTER_TERM("nara_cluster_term", Type.GAUGE, "The highest term that this member has seen."),
  CLUSTER_MEMBERS("nara_cluster_members", Type.GAUGE, "Members of the cluster that are present."),
  CLUSTER_QUORUM("nara_cluster_quorum", Type.GAUGE, "Members of the cluster that must be present."),
  CLUSTER_CAUGHT_UP(
      "nara_cluster_caught_up",
      Type.GAUGE,
      "1 if this member had all events of the cluster at the last comparison."),
  CLUSTER_REFUSED(
      "nara_cluster_refusals_total",
      Type.COUNTER,
      "Commands and writes that this member refused because of their term."),

  STATUSES("nara_known_statuses", Type.GAUGE, "Naras whose published status this node knows."),
  COORDINATE(
      "nara_coordinate_seconds",
      Type.GAUGE,
      "The place of the node in the network, as parts of a round trip.",
      "axis"),
  COORDINATE_ERROR(
      "nara_coordinate_error_ratio",
      Type.GAUGE,
      "The uncertainty of that place, 0 to 2; 1 before the first measurement."),
  JOURNEYS_PENDING("nara_journeys_pending", Type.GAUGE, "Journeys of others that are under way."),
  JOURNEYS("nara_journeys_total", Type.COUNTER, "Journeys by their event.", "event"),
  JOURNEYS_REFUSED(
      "nara_journeys_refused_total", Type.COUNTER, "Refused journeys of others.", "reason"),
  STASH_KEPT("nara_stash_kept", Type.GAUGE, "Stashes of others that this node keeps."),
  STASH_BYTES("nara_stash_kept_bytes", Type.GAUGE, "The size of these stashes."),
  STASH_CONFIDANTS(
      "nara_stash_confidants",
      Type.GAUGE,
      "Confidants of the node, by whether they confirmed its present stash.",
      "state"),
  STASH_REJECTED(
      "nara_stash_rejected_messages_total",
      Type.COUNTER,
      "Messages about stashes that this node rejected."),
  STREAM_CLIENTS("nara_event_stream_clients", Type.GAUGE, "Clients that read `/events`."),

  REFERENCE_ONLINE("nara_online", Type.GAUGE, "1 if the nara is online.", "name"),
  REFERENCE_BUZZ("nara_buzz", Type.GAUGE, "How much the nara receives, as it states.", "name"),
  REFERENCE_CHATTINESS(
      "nara_chattiness", Type.GAUGE, "How often the nara publishes, 0 to 100.", "name"),
  REFERENCE_LAST_SEEN(
      "nara_last_seen", Type.GAUGE, "When the nara last answered, Unix time.", "name"),
  REFERENCE_LAST_RESTART(
      "nara_last_restart", Type.GAUGE, "When the node started, Unix time.", "name"),
  REFERENCE_START_TIME(
      "nara_start_time", Type.GAUGE, "When the node started first, Unix time.", "name"),
  REFERENCE_RESTARTS("nara_restarts_total", Type.COUNTER, "Restarts of the node.", "name"),
  REFERENCE_PERSONALITY(
      "nara_personality", Type.GAUGE, "The traits of the nara, 0 to 100.", "name", "trait"),
  REFERENCE_ALLOC("nara_memory_alloc_mb", Type.GAUGE, "The used heap of the nara.", "name"),
  REFERENCE_SYS("nara_memory_sys_mb", Type.GAUGE, "The reserved memory of the nara.", "name"),
  REFERENCE_HEAP("nara_memory_heap_mb", Type.GAUGE, "The reserved heap of the nara.", "name"),
  REFERENCE_STACK("nara_memory_stack_mb", Type.GAUGE, "The stacks of the nara.", "name"),
  REFERENCE_GOROUTINES("nara_goroutines", Type.GAUGE, "Goroutines or threads.", "name"),
  REFERENCE_COLLECTIONS(
      "nara_gc_cycles_total", Type.COUNTER, "Garbage collections of the nara.", "name"),
  REFERENCE_EVENTS(
      "nara_events_total",
      Type.COUNTER,
      "Events in the ledger, as `nara_ledger_events`; it can decrease.",
      "service"),
  REFERENCE_TEASES_GIVEN(
      "nara_teases_given_total", Type.COUNTER, "Teases of the nara in the ledger.", "name"),
  REFERENCE_TEASES_RECEIVED(
      "nara_teases_received_total", Type.COUNTER, "Teases at the nara in the ledger.", "name"),
  REFERENCE_JOURNEYS(
      "nara_journeys_completed_total", Type.COUNTER, "Journeys of which the node heard the end.");

  /** The types of Prometheus. */
  enum Type {
    COUNTER,
    GAUGE,
    HISTOGRAM,
    INFO;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final String exposedName;
  private final Type type;
  private final String help;
  private final List<String> labels;

  Family(String exposedName, Type type, String help, String... labels) {
    this.exposedName = exposedName;
    this.type = type;
    this.help = help;
    this.labels = List.of(labels);
  }

  /** Whether the name is the reference's, which follows no convention of Prometheus. */
  boolean ofReference() {
    return compareTo(REFERENCE_ONLINE) >= 0;
  }

  /** The name in the text format. */
  String exposedName() {
    return exposedName;
  }

  /** The name without the suffix that Prometheus' library adds. */
  String baseName() {
    return switch (type) {
      case COUNTER -> exposedName.substring(0, exposedName.length() - "_total".length());
      case INFO -> exposedName.substring(0, exposedName.length() - "_info".length());
      case GAUGE, HISTOGRAM -> exposedName;
    };
  }

  Type type() {
    return type;
  }

  String help() {
    return help;
  }

  List<String> labels() {
    return labels;
  }
}
