package nara.recovery.pages;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import nara.event.Service;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest.FetchFailed;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.wire.MeshFailure;
import nara.recovery.PeerScores;
import nara.recovery.PlanCommand;
import nara.recovery.RecoveryConfig;
import nara.recovery.RungExecution;
import nara.recovery.pages.CallDispatcher.CallPurpose;
import nara.recovery.pages.CallDispatcher.PagesCall;
import nara.recovery.pages.ReplicaGroups.ReplicaGroup;

/**
 * Gets all that the neighbours together hold, page by page.
 *
 * <p>Every neighbour's ledger is measured first ({@link LedgerSketch}), by which equals are known
 * ({@link ReplicaGroups}). Then come the announcements, which bring the keys, the checkpoints, and
 * what this node itself is the subject of. Those whose ledgers differ are probed, to choose whom to
 * walk ({@link SetCover}); their events are walked, the newest first ({@link RangeScheduler}), each
 * at its own {@link AimdWindow}; and in the end everybody's walk is checked by others ({@link
 * SpotChecks}).
 */
public final class PagesRung implements RungExecution {
  /** Pages of what one filter lets through, from one neighbour. */
  private static final int MAX_FILTERED_PAGES = 20;

  private static final Query.Filter KEYS_FILTER =
      new Query.Filter(Set.of(Service.HEY_THERE.wireName(), Service.CHAU.wireName()), Set.of());

  private static final Query.Filter CHECKPOINTS_FILTER =
      new Query.Filter(Set.of(Service.CHECKPOINT.wireName()), Set.of());

  private final Map<String, Peer> peers = new LinkedHashMap<>();
  private final PeerScores peerScores;
  private final RecoveryConfig config;
  private final String me;
  private final CallDispatcher callDispatcher;
  private final ReplicaGroups replicaGroups = new ReplicaGroups();
  private final ProbeSampler probeSampler = new ProbeSampler();
  private final RangeScheduler rangeScheduler = new RangeScheduler();
  private final SketchCollector sketchCollector;
  private final SpotChecks spotChecks;
  private final PagesTotals totals = new PagesTotals();

  private final Set<String> recheckedPeers = new HashSet<>();
  private final Set<String> fetchedHeads = new LinkedHashSet<>();

  private CallPurpose phase = CallPurpose.SKETCH;
  private boolean memoryFull;

  /**
   * A rung that has not begun.
   *
   * @param me this node's name: a subject of its own
   * @param random where spot checks look
   */
  public PagesRung(
      List<Peer> peers,
      PeerScores peerScores,
      RecoveryConfig config,
      String me,
      RandomGenerator random,
      int firstCallId) {
    peers.forEach(peer -> this.peers.put(peer.name(), peer));
    this.peerScores = peerScores;
    this.config = config;
    this.me = me;
    this.spotChecks = new SpotChecks(random);
    this.callDispatcher = new CallDispatcher(peerScores, config, firstCallId);
    this.sketchCollector =
        new SketchCollector(this.peers.values(), peerScores, callDispatcher, replicaGroups);
  }

  @Override
  public List<PlanCommand> startCalls() {
    List<PlanCommand> planCommands = new ArrayList<>();
    do {
      callDispatcher.start(peerScores::usable, this::reassignOrAbandon, planCommands);
      startRangeFetches(planCommands);
    } while (!busy() && advancePhase());
    return planCommands;
  }

  private void startRangeFetches(List<PlanCommand> planCommands) {
    if (memoryFull) {
      rangeScheduler.dropPending();
    }
    rangeScheduler.abandonUnfetchable(
        peerScores::usable, name -> peerScores.of(name).dropReason().isEmpty());
    for (Peer peer : peers.values()) {
      while (peerScores.usable(peer.name())
          && callDispatcher.hasRoom(peer.name())
          && hasMemoryLeft()) {
        Optional<RangeFetch> next = rangeScheduler.assignNext(peer.name(), peerScores::preferred);
        if (next.isEmpty()) {
          break;
        }
        callDispatcher.start(rangeCall(peer, next.get()), planCommands);
      }
    }
  }

  /**
   * Whether the memory has room for more than what is under way will probably bring: nothing, from
   * one that stalls.
   */
  private boolean hasMemoryLeft() {
    long inFlightEvents = rangeScheduler.inFlightEvents(name -> peerScores.of(name).responsive());
    return inFlightEvents == 0 || totals.addedEvents() + inFlightEvents < config.maxEvents();
  }

  @Override
  public boolean onCallEnded(int callId, FetchOutcome outcome) {
    Optional<PagesCall> ended = callDispatcher.onCallEnded(callId, outcome);
    if (ended.isEmpty()) {
      return false;
    }
    PagesCall pagesCall = ended.get();
    switch (outcome) {
      case PageFetched page -> {
        totals.onResponse(pagesCall, page);
        memoryFull |= totals.addedEvents() >= config.maxEvents() || allPruned(pagesCall, page);
        onPage(pagesCall, page);
      }
      case FetchFailed failed -> {
        totals.onFailure(pagesCall, failed);
        onFailed(pagesCall, failed.failure());
      }
    }
    recheckIfSuspect(pagesCall.peerName());
    return true;
  }

  /**
   * Whether all that was new on a page was pruned at once. The newest are walked first, so what is
   * older would be pruned as well. What was added alone does not tell it: some of what is held was
   * there before, or waited for its key.
   */
  private boolean allPruned(PagesCall pagesCall, PageFetched page) {
    return pagesCall.callPurpose() == CallPurpose.FETCH_RANGE
        && page.offerResult().pruned() > 0
        && page.offerResult().added() == 0
        && peerScores.trusted(pagesCall.peerName());
  }

  private void onPage(PagesCall pagesCall, PageFetched page) {
    switch (pagesCall.callPurpose()) {
      case SKETCH -> sketchCollector.onResponse(pagesCall, page);
      case KEYS, CHECKPOINTS, ABOUT_SELF, MORE_KEYS -> onFilteredPage(pagesCall, page);
      case PROBE -> probeSampler.onResponse(pagesCall.subjectPeer(), pagesCall.index(), page);
      case FETCH_RANGE -> onRangePage(pagesCall.peer(), pagesCall.rangeFetch(), page);
      case CHECK_FETCHED -> {
        if (page.offerResult().newlyHeld() > 0) {
          peerScores.of(pagesCall.subjectPeer()).onOmissionFound();
          recheckIfSuspect(pagesCall.subjectPeer());
        }
      }
      case CHECK_SKIPPED -> {
        if (page.offerResult().newlyHeld() > 0) {
          replicaGroups.groupOf(pagesCall.subjectPeer()).ifPresent(this::scheduleGroup);
        }
      }
    }
  }

  private void onFilteredPage(PagesCall pagesCall, PageFetched page) {
    Query.Page request = (Query.Page) pagesCall.query();
    long next = LedgerSketch.oneNanoBefore(page.newestTs());
    boolean more = page.nextCursor().isPresent() && page.events() > 0 && next > request.after();
    if (more && pagesCall.index() < MAX_FILTERED_PAGES) {
      addCall(
          pagesCall.callPurpose(),
          pagesCall.peer(),
          pagesCall.index() + 1,
          "",
          filteredQuery(next, request.filter()));
    }
  }

  private void onRangePage(Peer peer, RangeFetch rangeFetch, PageFetched page) {
    if (rangeFetch.advance(page) && !memoryFull) {
      if (rangeFetch.exceedsPageLimit()) {
        peerScores.drop(peer, "its pages have no end");
      }
      if (peerScores.usable(peer.name())) {
        callDispatcher.addFirst(rangeCall(peer, rangeFetch));
      } else {
        rangeScheduler.requeue(rangeFetch);
      }
      return;
    }
    long withheld = memoryFull ? 0 : rangeFetch.withheldEvents();
    rangeScheduler.complete(rangeFetch);
    if (withheld > 0) {
      peerScores.of(peer.name()).onEventsWithheld(withheld);
      rangeScheduler
          .recheck(rangeFetch, peer.name(), peerScores::trusted)
          .ifPresent(s -> rangeScheduler.schedule(List.of(s)));
    }
  }

  private void onFailed(PagesCall pagesCall, MeshFailure failure) {
    boolean retry =
        pagesCall.callPurpose() == CallPurpose.SKETCH
            ? sketchCollector.shouldRetry(pagesCall, failure)
            // Who stalls loses its work at once, if there is anybody else.
            : pagesCall.failedAttempts() + 1 < config.callTries()
                && !(failure == MeshFailure.STALLED && otherPeerAvailable(pagesCall));
    if (retry && peerScores.usable(pagesCall.peerName())) {
      callDispatcher.retry(pagesCall, pagesCall.peer());
    } else {
      reassignOrAbandon(pagesCall);
    }
  }

  private boolean otherPeerAvailable(PagesCall pagesCall) {
    return switch (pagesCall.callPurpose()) {
      case FETCH_RANGE ->
          pagesCall.rangeFetch().candidates().stream().anyMatch(peerScores::preferred);
      case KEYS, CHECKPOINTS, ABOUT_SELF ->
          representative().filter(peerScores::preferred).isPresent();
      case PROBE, MORE_KEYS, CHECK_FETCHED, CHECK_SKIPPED -> true;
      case SKETCH -> false;
    };
  }

  /** Its peer will not do it: what another can do goes to another, the rest was about it alone. */
  private void reassignOrAbandon(PagesCall pagesCall) {
    switch (pagesCall.callPurpose()) {
      case FETCH_RANGE -> rangeScheduler.requeue(pagesCall.rangeFetch());
      case KEYS, CHECKPOINTS, ABOUT_SELF -> {
        if (pagesCall.failedAttempts() < config.callTries()) {
          representative().ifPresent(other -> callDispatcher.retry(pagesCall, peers.get(other)));
        }
      }
      case SKETCH -> sketchCollector.onAbandoned(pagesCall);
      case PROBE, MORE_KEYS, CHECK_FETCHED, CHECK_SKIPPED -> {
        // Whoever showed too little is walked.
      }
    }
  }

  /** One that brings much that cannot be used: what it walked for others is walked again. */
  private void recheckIfSuspect(String name) {
    if (peerScores.of(name).suspect() && recheckedPeers.add(name)) {
      rangeScheduler.recheck(name, peerScores::trusted);
    }
  }

  /** Goes on to the next phase when the present one has nothing left; false at the end. */
  private boolean advancePhase() {
    switch (phase) {
      case SKETCH -> {
        updateGroups();
        phase = CallPurpose.KEYS;
        addCallToRepresentative(CallPurpose.KEYS, KEYS_FILTER);
      }
      // None of these waits for another: they are asked in this order, and one way there and back
      // is enough for all.
      case KEYS, CHECKPOINTS, ABOUT_SELF -> {
        phase = CallPurpose.PROBE;
        addCallToRepresentative(CallPurpose.CHECKPOINTS, CHECKPOINTS_FILTER);
        addCallToRepresentative(CallPurpose.ABOUT_SELF, new Query.Filter(Set.of(), Set.of(me)));
        addProbes();
      }
      case PROBE -> {
        phase = CallPurpose.MORE_KEYS;
        for (String head : probeSampler.groupsWithMissingKeys()) {
          Query keys = filteredQuery(Long.MIN_VALUE, KEYS_FILTER);
          replicaGroups
              .groupOf(head)
              .flatMap(this::pickMember)
              .ifPresent(peer -> addCall(phase, peer, 0, "", keys));
        }
      }
      case MORE_KEYS -> {
        phase = CallPurpose.FETCH_RANGE;
        (fetchesEveryPeer()
                ? replicaGroups.groups()
                : probeSampler.selectGroups(replicaGroups.groups()))
            .forEach(this::scheduleGroup);
      }
      case FETCH_RANGE, CHECK_FETCHED, CHECK_SKIPPED -> {
        phase = CallPurpose.CHECK_FETCHED;
        updateGroups();
        addSpotChecks();
        return callDispatcher.anyMatch(this::blocksPhase) || !rangeScheduler.nothingPending();
      }
    }
    return true;
  }

  private void updateGroups() {
    for (String name : replicaGroups.group(peers.keySet(), fetchesEveryPeer())) {
      ReplicaGroup replicaGroup = replicaGroups.groupOf(name).orElseThrow();
      if (fetchedHeads.contains(replicaGroup.head())) {
        // It came late: what it shares is had already.
        rangeScheduler.schedule(
            List.of(ReplicaGroup.tailFetch(name, replicaGroup.lastSharedPoints().get(name))));
      } else if (phase == CallPurpose.CHECK_FETCHED
          && (replicaGroup.sketch().isEmpty() || fetchesEveryPeer())) {
        scheduleGroup(replicaGroup);
      }
    }
  }

  private void addCallToRepresentative(CallPurpose callPurpose, Query.Filter filter) {
    representative()
        .ifPresent(
            name ->
                addCall(
                    callPurpose, peers.get(name), 0, "", filteredQuery(Long.MIN_VALUE, filter)));
  }

  private void addProbes() {
    for (ProbeSampler.ProbeRequest probeRequest :
        fetchesEveryPeer()
            ? List.<ProbeSampler.ProbeRequest>of()
            : probeSampler.probes(replicaGroups.groups())) {
      String head = probeRequest.replicaGroup().head();
      pickMember(probeRequest.replicaGroup())
          .ifPresent(
              peer ->
                  addCall(
                      CallPurpose.PROBE,
                      peer,
                      probeRequest.timeIndex(),
                      head,
                      probeRequest.query()));
    }
  }

  /** Whether nobody is passed over, not even an equal. */
  private boolean fetchesEveryPeer() {
    return config.thoroughness() == RecoveryConfig.Thoroughness.FULL;
  }

  private void scheduleGroup(ReplicaGroup replicaGroup) {
    if (fetchedHeads.add(replicaGroup.head())) {
      rangeScheduler.schedule(replicaGroup.rangeFetches());
    }
  }

  private void addSpotChecks() {
    if (memoryFull) {
      return;
    }
    for (SpotChecks.SpotCheck spotCheck :
        spotChecks.checkFetchers(
            List.copyOf(peers.keySet()), rangeScheduler, peerScores::preferred)) {
      addCall(
          CallPurpose.CHECK_FETCHED,
          peers.get(spotCheck.peerName()),
          0,
          spotCheck.subjectPeer(),
          spotCheck.query());
    }
    for (ReplicaGroup replicaGroup : replicaGroups.groups()) {
      if (!fetchedHeads.contains(replicaGroup.head())) {
        pickMember(replicaGroup)
            .ifPresent(
                peer ->
                    spotChecks
                        .checkSkipped(replicaGroup, peer.name())
                        .forEach(
                            c ->
                                addCall(
                                    CallPurpose.CHECK_SKIPPED,
                                    peer,
                                    0,
                                    c.subjectPeer(),
                                    c.query())));
      }
    }
  }

  /** Whoever speaks for all in what only one is asked for: of the largest group, if possible. */
  private Optional<String> representative() {
    return replicaGroups.groups().stream()
        .map(this::pickMember)
        .flatMap(Optional::stream)
        .map(Peer::name)
        .findFirst();
  }

  private Optional<Peer> pickMember(ReplicaGroup replicaGroup) {
    List<String> usable = replicaGroup.names().stream().filter(peerScores::usable).toList();
    return usable.stream()
        .filter(peerScores::preferred)
        .findFirst()
        .or(() -> usable.stream().findFirst())
        .map(peers::get);
  }

  private void addCall(
      CallPurpose callPurpose, Peer peer, int index, String subjectPeer, Query query) {
    callDispatcher.add(new PagesCall(callPurpose, peer, index, subjectPeer, query, null, 0));
  }

  private PagesCall rangeCall(Peer peer, RangeFetch rangeFetch) {
    Query query = rangeFetch.nextQuery(callDispatcher.windowOf(peer.name()).pageSize());
    return new PagesCall(CallPurpose.FETCH_RANGE, peer, 0, "", query, rangeFetch, 0);
  }

  private static Query filteredQuery(long after, Query.Filter filter) {
    return new Query.Page(after, Query.MAX_EVENTS, filter);
  }

  /** Whether there is anything that has to end before the next phase, or the end, may come. */
  private boolean busy() {
    return !rangeScheduler.nothingPending() || callDispatcher.anyMatch(this::blocksPhase);
  }

  /**
   * Of one that stalls, the few events that it may have beyond its equals are not waited for when
   * all else is done: its patience would be doubled up to minutes for them.
   */
  private boolean blocksPhase(PagesCall pagesCall) {
    return switch (pagesCall.callPurpose()) {
      case SKETCH -> sketchCollector.blocksPhase(pagesCall, phase);
      case FETCH_RANGE ->
          !pagesCall.rangeFetch().tailOnly() || peerScores.of(pagesCall.peerName()).responsive();
      case KEYS, CHECKPOINTS, ABOUT_SELF, PROBE, MORE_KEYS, CHECK_FETCHED, CHECK_SKIPPED -> true;
    };
  }

  @Override
  public Optional<Duration> timerDelay() {
    return sketchCollector.timerDelay();
  }

  @Override
  public void onTimerFired() {
    sketchCollector.onTimerFired();
  }

  @Override
  public boolean finished() {
    return phase == CallPurpose.CHECK_FETCHED && !busy();
  }

  @Override
  public boolean failed() {
    return totals.noResponses() || (totals.mostlyFailed() && rangeScheduler.completedCount() == 0);
  }

  @Override
  public String lossDescription() {
    return rangeScheduler.abandonedCount() == 0
        ? ""
        : rangeScheduler.abandonedCount()
            + (rangeScheduler.abandonedCount() == 1 ? " range" : " ranges")
            + " of time could not be had from anybody";
  }

  /** Those who answer, but not this: another way of asking may suit them. */
  @Override
  public List<Peer> peersForNextRung() {
    return peers.values().stream()
        .filter(peer -> peerScores.of(peer.name()).onlyErrorResponses())
        .toList();
  }

  @Override
  public int nextCallId() {
    return callDispatcher.nextCallId();
  }

  @Override
  public int plannedCalls() {
    return callDispatcher.addedCount() + rangeScheduler.scheduledCount();
  }

  @Override
  public int completedCalls() {
    return callDispatcher.completedCount() + rangeScheduler.completedCount();
  }

  @Override
  public String summary() {
    Set<String> fetched = new LinkedHashSet<>();
    fetchedHeads.forEach(
        head ->
            replicaGroups
                .groupOf(head)
                .ifPresent(replicaGroup -> fetched.addAll(replicaGroup.names())));
    Set<String> resolved = new LinkedHashSet<>(peers.keySet());
    resolved.removeIf(name -> !replicaGroups.isResolved(name));
    return totals.summary(
        peers.size(),
        fetched,
        fetchedHeads.size(),
        resolved,
        memoryFull,
        peerScores,
        rangeScheduler.abandonedCount());
  }
}
