package nara.recovery.pages;

import java.util.List;
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
  private final ReplicaGroups groups;
  private final CallDispatcher dispatcher;
  private final SetCover cover = new SetCover();

  ProbeSampler(ReplicaGroups groups, CallDispatcher dispatcher) {
    this.groups = groups;
    this.dispatcher = dispatcher;
  }

  /** Adds the probes; none when there is only one group. */
  void addProbes() {
    List<ReplicaGroup> sketched = groups.all().stream().filter(group -> group.count() > 0).toList();
    if (sketched.size() < 2) {
      return;
    }
    double totalEvents = sketched.stream().mapToLong(ReplicaGroup::count).sum();
    int probeCount = sketched.size() * PagesLimits.PROBE_TIMES;
    int size = PagesLimits.probeSize(totalEvents * PagesLimits.PROBE_SHARE / probeCount);
    List<Long> cursors = ReplicaGroups.sampleCursors(sketched, PagesLimits.PROBE_TIMES);
    for (int i = 0; i < cursors.size(); i++) {
      for (ReplicaGroup group : sketched) {
        int timeIndex = i;
        Query query = new Query.Page(cursors.get(i), size, Query.Filter.ALL);
        groups
            .pickMember(group)
            .ifPresent(
                peer -> dispatcher.add(CallPurpose.PROBE, peer, timeIndex, group.head(), query));
      }
    }
  }

  void onResponse(PagesCall call, PageFetched page) {
    boolean pageFull = page.nextCursor().isPresent() && page.events() > 0;
    cover.addProbe(call.subjectPeer(), call.index(), page.eventRefs(), pageFull);
  }

  /**
   * The groups to fetch from: those that hold what the probes found, and all small ones. A few
   * probes can miss the only event that a small ledger holds alone.
   */
  List<ReplicaGroup> selectGroups() {
    List<ReplicaGroup> all = groups.all();
    if (all.size() < 2) {
      return all;
    }
    List<String> heads = cover.selectPeers(all.stream().map(ReplicaGroup::head).toList());
    return all.stream().filter(group -> heads.contains(group.head()) || group.isSmall()).toList();
  }
}
