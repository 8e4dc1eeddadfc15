package nara.fuzz;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import nara.checkpoint.consensus.BallotFuzz;
import nara.cluster.map.ClusterCommandFuzz;
import nara.event.json.EventFuzz;
import nara.mesh.wire.RequestHeadersFuzz;
import nara.mesh.wire.SyncRequestFuzz;
import nara.mesh.wire.SyncResponseFuzz;
import nara.mesh.wire.ZineFuzz;
import nara.mqtt.wire.HowdyFuzz;
import nara.mqtt.wire.StatusFuzz;
import nara.negentropy.ReconcileFuzz;
import nara.node.config.ConfigurationFuzz;
import nara.snapshot.SnapshotFuzz;

/** All targets, by the names that {@code scripts/fuzz} knows. */
final class FuzzTargets {
  static final Map<String, Supplier<FuzzTarget>> BY_NAME = new LinkedHashMap<>();

  static {
    BY_NAME.put("events", EventFuzz::new);
    BY_NAME.put("responses", SyncResponseFuzz::new);
    BY_NAME.put("zines", ZineFuzz::new);
    BY_NAME.put("sync-requests", SyncRequestFuzz::new);
    BY_NAME.put("reconcile", ReconcileFuzz::new);
    BY_NAME.put("statuses", StatusFuzz::new);
    BY_NAME.put("howdies", HowdyFuzz::new);
    BY_NAME.put("ballots", BallotFuzz::new);
    BY_NAME.put("snapshots", SnapshotFuzz::new);
    BY_NAME.put("configuration", ConfigurationFuzz::new);
    BY_NAME.put("commands", ClusterCommandFuzz::new);
    BY_NAME.put("headers", RequestHeadersFuzz::new);
  }

  private FuzzTargets() {}
}
