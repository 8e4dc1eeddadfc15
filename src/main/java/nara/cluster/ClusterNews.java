package nara.cluster;

import nara.bus.BusMessage;

/** What the verticles of a cluster's member tell each other, and the node, within their JVM. */
public sealed interface ClusterNews extends BusMessage {
  /** Where they tell. */
  String ADDRESS = "nara.cluster.news";

  /** This member leads from now on. */
  record Leads(long term) implements ClusterNews {}

  /** This member leads no longer. */
  record StandsBy(String why) implements ClusterNews {}

  /** A higher term was seen than this member leads in: it must step down. */
  record Outranked(long term) implements ClusterNews {}

  /** Members have come or gone. */
  record MembersChanged() implements ClusterNews {}

  /** This member was cut off, and has come back to the others. */
  record Returned() implements ClusterNews {}

  /** Whether this member's view has all that the shared map had when it looked last. */
  record CaughtUp(boolean all) implements ClusterNews {}
}
