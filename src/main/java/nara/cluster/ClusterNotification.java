package nara.cluster;

import nara.bus.BusMessage;

/** What the verticles of a cluster's member tell each other, and the node, within their JVM. */
public sealed interface ClusterNotification extends BusMessage {
  /** Where they tell. */
  String ADDRESS = "nara.cluster.notifications";

  /** This member leads from now on. */
  record LeadershipGained(long term) implements ClusterNotification {}

  /** This member leads no longer. */
  record LeadershipLost(String reason) implements ClusterNotification {}

  /** A higher term was seen than this member leads in: it must step down. */
  record HigherTermSeen(long term) implements ClusterNotification {}

  /** Members have come or gone. */
  record MembersChanged() implements ClusterNotification {}

  /** This member was cut off, and has come back to the others. */
  record SplitBrainHealed() implements ClusterNotification {}

  /** Whether this member's view has all that the shared map had when it looked last. */
  record CaughtUp(boolean complete) implements ClusterNotification {}
}
