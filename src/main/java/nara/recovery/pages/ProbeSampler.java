package nara.recovery.pages;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.recovery.pages.CallDispatcher.CallPurpose;
import nara.recovery.pages.CallDispatcher.PagesCall;
import nara.recovery.pages.ReplicaGroups.ReplicaGroup;

/**
 * Probes each group at the same times for a few events, then chooses the groups that together hold
 * all probed events.
 */
final class ProbeSampler {
  private final ReplicaGroups replicaGroups;
  private final CallDispatcher callDispatcher;
  private final SetCover setCover = new SetCover();
  private final Set<String> groupsWithMissingKeys = new LinkedHashSet<>();

  ProbeSampler(ReplicaGroups replicaGroups, CallDispatcher callDispatcher) {
    this.replicaGroups = replicaGroups;
    this.callDispatcher = callDispatcher;
  }

  /** Adds the probes; none when there is only one group. */
  void addProbes() {
    List<ReplicaGroup> sketched =
        replicaGroups.groups().stream().filter(group -> group.count() > 0).toList();
    if (sketched.size() < 2) {
      return;
    }
    double totalEvents = sketched.stream().mapToLong(ReplicaGroup::count).sum();
    int size =
        (int)
            Math.clamp(
                totalEvents * PagesLimits.PROBE_SHARE / sketched.size() / PagesLimits.PROBE_TIMES,
                PagesLimits.MIN_PROBE_EVENTS,
                PagesLimits.MAX_PROBE_EVENTS);
    List<Long> cursors = ReplicaGroups.sampleCursors(sketched, PagesLimits.PROBE_TIMES);
    for (int i = 0; i < cursors.size(); i++) {
      for (ReplicaGroup group : sketched) {
        int timeIndex = i;
        Query query = new Query.Page(cursors.get(i), size, Query.Filter.ALL);
        replicaGroups
            .pickMember(group)
            .ifPresent(
                peer ->
                    callDispatcher.add(CallPurpose.PROBE, peer, timeIndex, group.head(), query));
      }
    }
  }

  void onResponse(PagesCall call, PageFetched page) {
    boolean pageFull = page.nextCursor().isPresent() && page.events() > 0;
    setCover.addProbe(call.subjectPeer(), call.index(), page.eventRefs(), pageFull);
    if (page.offerResult().quarantined() > 0) {
      groupsWithMissingKeys.add(call.subjectPeer());
    }
  }

  /** The heads of groups with events of unknown emitters: these groups may have the keys. */
  Set<String> groupsWithMissingKeys() {
    return groupsWithMissingKeys;
  }

  /** The groups to fetch from. */
  List<ReplicaGroup> selectGroups() {
    List<ReplicaGroup> groups = replicaGroups.groups();
    if (groups.size() < 2) {
      return groups;
    }
    List<String> heads = setCover.selectPeers(groups.stream().map(ReplicaGroup::head).toList());
    return groups.stream().filter(group -> heads.contains(group.head())).toList();
  }
}
