package nara.recovery.pages;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.recovery.pages.ReplicaGroups.ReplicaGroup;

/**
 * Asks groups whose ledgers differ for a few events of the same moments, to choose those that
 * together have all that any of them showed.
 */
final class ProbeSampler {
  private static final int SAMPLE_TIMES = 8;
  private static final int MIN_EVENTS = 12;
  private static final int MAX_EVENTS = 200;

  /** The share of all events that probes may cost, over all groups. */
  private static final double EVENT_SHARE = 0.02;

  private final SetCover setCover = new SetCover();
  private final Set<String> groupsWithMissingKeys = new LinkedHashSet<>();

  /** A page to ask a group for. */
  record ProbeRequest(ReplicaGroup replicaGroup, int timeIndex, Query query) {}

  /** The probes of those groups; none when there is nothing to choose. */
  List<ProbeRequest> probes(List<ReplicaGroup> groups) {
    List<ReplicaGroup> sketched =
        groups.stream().filter(replicaGroup -> replicaGroup.count() > 0).toList();
    List<ProbeRequest> probeRequests = new ArrayList<>();
    if (sketched.size() > 1) {
      double totalEvents = sketched.stream().mapToLong(ReplicaGroup::count).sum();
      int size =
          (int)
              Math.clamp(
                  totalEvents * EVENT_SHARE / sketched.size() / SAMPLE_TIMES,
                  MIN_EVENTS,
                  MAX_EVENTS);
      List<Long> sampleTimes = ReplicaGroups.sampleTimes(sketched, SAMPLE_TIMES);
      for (int timeIndex = 0; timeIndex < sampleTimes.size(); timeIndex++) {
        for (ReplicaGroup replicaGroup : sketched) {
          Query query = new Query.Page(sampleTimes.get(timeIndex), size, Query.Filter.ALL);
          probeRequests.add(new ProbeRequest(replicaGroup, timeIndex, query));
        }
      }
    }
    return probeRequests;
  }

  /**
   * Takes an answer.
   *
   * @param head the group's
   */
  void onResponse(String head, int timeIndex, PageFetched page) {
    boolean more = page.nextCursor().isPresent() && page.events() > 0;
    setCover.addProbe(head, timeIndex, page.eventRefs(), more);
    if (page.offerResult().quarantined() > 0) {
      groupsWithMissingKeys.add(head);
    }
  }

  /** Heads of groups that showed events whose emitters' keys are not known: they may have them. */
  Set<String> groupsWithMissingKeys() {
    return groupsWithMissingKeys;
  }

  /** Whom to walk of those groups: all of them, when there is nothing to choose. */
  List<ReplicaGroup> selectGroups(List<ReplicaGroup> groups) {
    if (groups.size() < 2) {
      return groups;
    }
    List<String> heads = setCover.selectPeers(groups.stream().map(ReplicaGroup::head).toList());
    return groups.stream().filter(replicaGroup -> heads.contains(replicaGroup.head())).toList();
  }
}
