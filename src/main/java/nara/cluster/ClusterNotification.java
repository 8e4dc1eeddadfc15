package nara.cluster;

import nara.bus.BusMessage;

/** Notifications of a cluster member's verticles, within its JVM. */
public sealed interface ClusterNotification extends BusMessage {
  String ADDRESS = "nara.cluster.notifications";

  record LeadershipGained(long term) implements ClusterNotification {}

  record LeadershipLost(String reason) implements ClusterNotification {}

  /** A higher term than that of this member's lead was seen: this member must step down. */
  record HigherTermSeen(long term) implements ClusterNotification {}

  /** Members have joined or left. */
  record MembersChanged() implements ClusterNotification {}

  /** This member was cut off, and has joined the others again. */
  record SplitBrainHealed() implements ClusterNotification {}

  /** Whether this member's view had all events of the shared map at the last comparison. */
  record CaughtUp(boolean complete) implements ClusterNotification {}
}
