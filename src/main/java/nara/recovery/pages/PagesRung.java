package nara.recovery.pages;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.random.RandomGenerator;
import nara.ledger.Query;
import nara.ledger.Query.Filter;
import nara.ledger.Query.Page;
import nara.mesh.client.MeshRequest.FetchFailed;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.wire.MeshFailure;
import nara.recovery.PeerScore;
import nara.recovery.PeerScores;
import nara.recovery.PlanCommand;
import nara.recovery.RecoveryConfig;
import nara.recovery.RungExecution;
import nara.recovery.pages.CallDispatcher.CallPurpose;
import nara.recovery.pages.CallDispatcher.PagesCall;
import nara.recovery.pages.ReplicaGroups.ReplicaGroup;

/**
 * Fetches all events that the peers together hold, page by page, in these phases:
 *
 * <pre>
 * SKETCH       measure each ledger ({@link SketchCollector}) and group the replicas; meanwhile
 *              request the announcements of every peer ({@link Announcements})
 * KEYS         wait for the rest of the announcements
 * PROBE        fetch events about this node; probe each group ({@link ProbeSampler})
 * FETCH        fetch the ranges of the chosen groups ({@link RangeScheduler}), newest first
 * CHECK        check fetchers and skipped groups ({@link SpotChecks}); fetch what the checks find
 * LAST_RESORT  fetch open ranges from dropped peers ({@link LastResort})
 * </pre>
 *
 * <p>A phase ends when none of its calls is waiting or in flight. CHECK repeats until it adds no
 * further call. A range that is open at the end is for the next rung.
 */
public final class PagesRung implements RungExecution {
  enum Phase {
    SKETCH,
    KEYS,
    PROBE,
    FETCH,
    CHECK,
    LAST_RESORT
  }

  private final Map<String, Peer> peers = new LinkedHashMap<>();
  private final PeerScores peerScores;
  private final RecoveryConfig config;
  private final String me;
  private final CallDispatcher dispatcher;
  private final ReplicaGroups groups;
  private final ProbeSampler probes;
  private final RangeScheduler scheduler;
  private final SketchCollector sketches;
  private final SpotChecks checks;
  private final Announcements announcements;
  private final LastResort lastResort;
  private final LostPeers lostPeers;
  private final CallReassigner reassigner;
  private final PagesTotals totals = new PagesTotals();
  private final FetchedEvents fetchedEvents;
  private final Set<String> recheckedPeers = new HashSet<>();
  private final Set<String> fetchedHeads = new LinkedHashSet<>();

  private record Wait(Instant until, Runnable then) {}

  /** The started waits, the earliest first. */
  private final PriorityQueue<Wait> waits = new PriorityQueue<>(Comparator.comparing(Wait::until));

  private Instant now = Instant.EPOCH;

  private Phase phase = Phase.SKETCH;
  private final LedgerRoom room;

  /** A rung that has not started; {@code random} chooses where spot checks look. */
  public PagesRung(
      List<Peer> peers,
      PeerScores scores,
      RecoveryConfig config,
      String me,
      RandomGenerator random,
      IntSupplier callIds) {
    peers.forEach(peer -> this.peers.put(peer.name(), peer));
    this.peerScores = scores;
    this.config = config;
    this.me = me;
    room = new LedgerRoom(config.maxEvents());
    fetchedEvents = new FetchedEvents(random);
    lostPeers = new LostPeers(scores, random);
    dispatcher = new CallDispatcher(this.peers, scores, lostPeers, config, callIds);
    groups = new ReplicaGroups(scores);
    probes = new ProbeSampler(groups, dispatcher);
    scheduler = new RangeScheduler(scores);
    sketches =
        new SketchCollector(this.peers.values(), config.maxPeers(), scores, dispatcher, groups);
    checks = new SpotChecks(random, scores, groups, scheduler, dispatcher, fetchedEvents);
    announcements = new Announcements(dispatcher);
    lastResort = new LastResort(scores, groups, scheduler, sketches);
    reassigner =
        new CallReassigner(scores, config, dispatcher, groups, scheduler, sketches, announcements);
  }

  @Override
  public List<PlanCommand> startCalls(Instant time) {
    now = time;
    List<PlanCommand> commands = new ArrayList<>();
    lastResort.onTime(now);
    lostPeers.startPauses(now).ifPresent(until -> waitUntil(until, lostPeers::onWake, commands));
    do {
      dispatcher.startWaiting(reassigner::reassignOrAbandon, commands);
      startRanges(commands);
    } while (!busy() && advancePhase());
    if (!finished()) {
      sketches.startGrace().ifPresent(wait -> wait(wait, sketches::onGraceOver, commands));
      sketches
          .startRetryGrace()
          .ifPresent(wait -> wait(wait, sketches::onRetryGraceOver, commands));
    }
    if (phase == Phase.KEYS && announcements.startGrace()) {
      wait(PagesLimits.KEYS_GRACE, announcements::onGraceOver, commands);
    }
    return commands;
  }

  private void wait(Duration wait, Runnable then, List<PlanCommand> commands) {
    waitUntil(now.plus(wait), then, commands);
  }

  private void waitUntil(Instant until, Runnable then, List<PlanCommand> commands) {
    waits.add(new Wait(until, then));
    commands.add(new PlanCommand.WaitUntil(until));
  }

  private void startRanges(List<PlanCommand> commands) {
    scheduler.dropPending(room::isFullFor);
    scheduler.abandonUnfetchable();
    List<String> inOrder = new ArrayList<>(peers.keySet());
    inOrder.sort(Comparator.comparing(peer -> !peerScores.preferred(peer)));
    for (String peer : inOrder) {
      while (dispatcher.hasRoom(peer)) {
        Optional<RangeFetch> next =
            scheduler.assignNext(peer, range -> room.mayTake(range, scheduler));
        if (next.isEmpty()) {
          break;
        }
        commands.add(dispatcher.startNextPage(peer, next.get()));
      }
    }
  }

  @Override
  public boolean onCallEnded(int callId, FetchOutcome outcome) {
    Optional<PagesCall> ended = dispatcher.end(callId, outcome);
    ended.ifPresent(
        call -> {
          switch (outcome) {
            case PageFetched page -> {
              lostPeers.onResponse(call.peerName());
              totals.onResponse(call, page);
              if (call.purpose() == CallPurpose.FETCH_RANGE) {
                room.onPage(call.rangeFetch(), page, peerScores.trusted(call.peerName()));
              }
              if (page.fault().isEmpty() || takesFaulty(call)) {
                fetchedEvents.add(page.eventRefs());
                onPage(call, page);
              } else {
                totals.onFailure(call, new FetchFailed(MeshFailure.NOT_ASKED, page.fault()));
                reassigner.onFailed(call, MeshFailure.NOT_ASKED);
              }
            }
            case FetchFailed failed -> onFetchFailed(call, failed);
          }
          recheckIfSuspect(call.peerName());
        });
    return ended.isPresent();
  }

  private void onFetchFailed(PagesCall call, FetchFailed failed) {
    if (awaitsLost(call)) {
      dispatcher.repeat(call);
      return;
    }
    totals.onFailure(call, failed);
    if (call.purpose() == CallPurpose.SKETCH) {
      sketches.onFailure(call);
    } else if (call.purpose() == CallPurpose.CHECK_SKIPPED) {
      // Nothing shows that this group has nothing of its own.
      groups.of(call.subjectPeer()).ifPresent(this::scheduleGroup);
    }
    reassigner.onFailed(call, failed.failure());
    if (call.purpose() == CallPurpose.SKETCH) {
      // Its ledger may be fetched without a sketch.
      requestAnnouncements(call.peerName());
    }
  }

  /** Whether to repeat a call at a peer that lost its connection: nobody else can serve it. */
  private boolean awaitsLost(PagesCall call) {
    String peer = call.peerName();
    RangeFetch range = call.rangeFetch();
    // A few events of one peer's tail are not worth the wait when others gave the rest.
    boolean others =
        range == null || range.tailOnly()
            ? peers.keySet().stream()
                .anyMatch(each -> !each.equals(peer) && peerScores.usable(each))
            : range.candidates().stream()
                .anyMatch(each -> !each.equals(peer) && range.mayBeFetchedBy(each, peerScores));
    return !others && lostPeers.awaits(peer, now);
  }

  /** Whether a page that is not what was requested may still bring its fetch forward. */
  private static boolean takesFaulty(PagesCall call) {
    return switch (call.purpose()) {
      case SKETCH, KEYS, ABOUT_SELF -> true;
      case FETCH_RANGE -> call.rangeFetch().isLastResort();
      case PROBE, CHECK_FETCHED, CHECK_SKIPPED -> false;
    };
  }

  private void onPage(PagesCall call, PageFetched page) {
    boolean news = page.offerResult().newlyHeld() > 0;
    switch (call.purpose()) {
      case SKETCH -> {
        sketches.onResponse(call, page);
        requestAnnouncements(call.peerName());
      }
      case KEYS -> announcements.onResponse(call, page);
      case ABOUT_SELF -> onAboutSelf(call, page);
      case PROBE -> probes.onResponse(call, page);
      case FETCH_RANGE -> onRangePage(call.peerName(), call.rangeFetch(), page);
      case CHECK_FETCHED -> {
        if (news) {
          onDifference(call.subjectPeer(), call.peerName(), page.offerResult().added() > 0);
        }
      }
      case CHECK_SKIPPED -> {
        if (news) {
          groups.of(call.subjectPeer()).ifPresent(this::scheduleGroup);
        }
      }
    }
  }

  /**
   * A replica gave something that the fetcher had not given.
   *
   * @param unknown whether it was an event; otherwise it was the signature of one, which the
   *     fetcher left out
   */
  private void onDifference(String fetcher, String checker, boolean unknown) {
    peerScores.of(fetcher).onOmissionFound();
    if (unknown) {
      peerScores.of(checker).onOmissionFound();
      recheckedPeers.addAll(List.of(fetcher, checker));
      scheduler.recheckBoth(fetcher, checker);
    } else {
      recheckIfSuspect(fetcher);
    }
  }

  private void onAboutSelf(PagesCall call, PageFetched page) {
    FilteredPages.nextCursor(call, page)
        .ifPresent(next -> addAboutSelf(call.peerName(), call.index() + 1, next));
  }

  private void addAboutSelf(String peer, int index, long cursor) {
    Filter filter = new Filter(Set.of(), Set.of(me));
    Query query = new Page(cursor, Query.MAX_EVENTS, filter);
    dispatcher.add(CallPurpose.ABOUT_SELF, peer, index, "", query);
  }

  private void onRangePage(String peer, RangeFetch range, PageFetched page) {
    RangeFetch.Progress progress = range.advance(page);
    lastResort.onPage(range, page);
    if (progress == RangeFetch.Progress.COMPLETE || room.isFullFor(range)) {
      onRangeComplete(peer, range);
    } else if (range.isLastResort() && lastResort.outOfTime()) {
      scheduler.giveUp(range);
    } else if (progress == RangeFetch.Progress.STUCK || range.hasNoEnd(config.maxEvents())) {
      onRangeWithoutEnd(peer, range);
    } else if (range.mayBeFetchedBy(peer, peerScores)) {
      dispatcher.addNextPage(peer, range);
    } else {
      scheduler.requeue(range);
    }
  }

  private void onRangeComplete(String peer, RangeFetch range) {
    long withheld = room.isFullFor(range) ? 0 : range.withheldEvents();
    boolean lacksOnlyPruned = range.lacksOnlyPruned();
    scheduler.complete(range);
    lastResort.onRead(range, peer);
    if (withheld > 0) {
      peerScores.of(peer).onEventsWithheld(withheld);
      if (!lacksOnlyPruned) {
        scheduler.leaveOpen(range);
      }
      scheduler.recheck(range, peer);
    }
  }

  private void onRangeWithoutEnd(String peer, RangeFetch range) {
    peerScores.of(peer).drop("its pages do not end");
    if (range.isLastResort()) {
      scheduler.giveUp(range);
    } else {
      scheduler.requeue(range);
    }
  }

  /** Lets other peers fetch the ranges of a suspect again, once. */
  private void recheckIfSuspect(String peer) {
    if (peerScores.of(peer).suspect() && recheckedPeers.add(peer)) {
      scheduler.recheckAll(peer);
    }
  }

  /** Starts the next phase; false when there is none. */
  private boolean advancePhase() {
    switch (phase) {
      case SKETCH -> {
        updateGroups();
        phase = Phase.KEYS;
        sketches.selectedPeers().forEach(announcements::request);
      }
      case KEYS -> {
        phase = Phase.PROBE;
        groups.representative().ifPresent(peer -> addAboutSelf(peer, 0, Long.MIN_VALUE));
        if (!fetchesEveryPeer()) {
          probes.addProbes();
        }
      }
      case PROBE -> {
        phase = Phase.FETCH;
        (fetchesEveryPeer() ? groups.all() : probes.selectGroups()).forEach(this::scheduleGroup);
      }
      case FETCH, CHECK -> {
        phase = Phase.CHECK;
        updateGroups();
        if (!room.isFullForAll(groups.all().stream().map(ReplicaGroup::names).toList())) {
          checks.addChecks(List.copyOf(peers.keySet()), fetchedHeads).forEach(this::scheduleGroup);
        }
        if (!busy()) {
          phase = Phase.LAST_RESORT;
          lastResort.schedule(sketches.triedPeers());
        }
      }
      case LAST_RESORT -> {
        return false;
      }
    }
    return true;
  }

  /** Gives each selected peer without a group a group. */
  private void updateGroups() {
    for (String peer : groups.group(sketches.selectedPeers(), fetchesEveryPeer())) {
      ReplicaGroup group = groups.of(peer).orElseThrow();
      if (fetchedHeads.contains(group.head())) {
        // The peer is late: only its tail is not fetched yet.
        scheduler.schedule(
            List.of(ReplicaGroup.tailFetch(peer, group.lastSharedPoints().get(peer))));
      } else if (phase == Phase.CHECK
          && (group.sketch().isEmpty() || group.isSmall() || fetchesEveryPeer())) {
        scheduleGroup(group);
      }
    }
  }

  /** A peer that holds nothing has no announcement. */
  private void requestAnnouncements(String peer) {
    if (sketches.holdsEvents(peer) && (phase != Phase.SKETCH || sketches.isCandidate(peer))) {
      announcements.request(peer);
    }
  }

  private boolean fetchesEveryPeer() {
    return config.thoroughness() == RecoveryConfig.Thoroughness.FULL;
  }

  private void scheduleGroup(ReplicaGroup group) {
    if (fetchedHeads.add(group.head())) {
      scheduler.schedule(group.fetches());
    }
  }

  /** Whether the phase, or the rung, has to wait. */
  private boolean busy() {
    return !scheduler.nothingPending() || dispatcher.anyMatch(this::blocksPhase);
  }

  /**
   * Whether a phase waits for this call. It does not wait for the tail of a peer that stalls: a few
   * events are not worth a stall timeout that doubles up to a minute.
   */
  private boolean blocksPhase(PagesCall call) {
    return switch (call.purpose()) {
      case SKETCH -> sketches.blocksPhase(call, phase);
      case FETCH_RANGE ->
          !call.rangeFetch().tailOnly() || peerScores.of(call.peerName()).responsive();
      case KEYS -> phase != Phase.SKETCH && announcements.blocksPhase(call);
      // It is requested first, but the other phases do not wait for its round trip.
      case ABOUT_SELF -> phase != Phase.PROBE;
      case PROBE, CHECK_FETCHED, CHECK_SKIPPED -> true;
    };
  }

  @Override
  public void onTimerFired() {
    Optional.ofNullable(waits.poll()).ifPresent(wait -> wait.then().run());
  }

  /** Ends all waits: a pause that is not over yet begins another one. */
  @Override
  public void onResumed() {
    List<Wait> all = new ArrayList<>(waits);
    waits.clear();
    all.forEach(wait -> wait.then().run());
  }

  @Override
  public boolean finished() {
    return phase == Phase.LAST_RESORT && !busy();
  }

  @Override
  public boolean failed() {
    return totals.noResponses() || (totals.mostlyFailed() && scheduler.completedCount() == 0);
  }

  @Override
  public String lossDescription() {
    int lost = scheduler.open().size();
    List<String> losses = new ArrayList<>();
    if (lost > 0) {
      losses.add("no peer gave %d range%s of time".formatted(lost, lost == 1 ? "" : "s"));
    }
    lastResort.unread().forEach(peer -> losses.add("the ledger of " + peer + " was not read"));
    return String.join(", ", losses);
  }

  /**
   * The peers that may hold missing events, and may respond better to other requests. Peers that
   * never sent anything are left out.
   */
  @Override
  public List<Peer> peersForNextRung() {
    Set<String> holders = new HashSet<>(lastResort.unread());
    scheduler.open().forEach(range -> holders.addAll(range.initialCandidates()));
    return peers.values().stream()
        .filter(
            peer -> {
              PeerScore score = peerScores.of(peer.name());
              return score.onlyErrorResponses()
                  || (holders.contains(peer.name()) && score.hasResponded());
            })
        .toList();
  }

  @Override
  public Set<String> peersWithoutKeys() {
    return announcements.missing();
  }

  @Override
  public int plannedCalls() {
    return dispatcher.addedCount() + scheduler.scheduledCount();
  }

  @Override
  public OptionalLong remainingEvents() {
    return scheduler.scheduledCount() == 0
        ? OptionalLong.empty()
        : OptionalLong.of(scheduler.remainingEvents());
  }

  @Override
  public int completedCalls() {
    return dispatcher.completedCount() + scheduler.completedCount();
  }

  @Override
  public String summary() {
    Set<String> fetched = new LinkedHashSet<>();
    fetchedHeads.forEach(head -> groups.of(head).ifPresent(group -> fetched.addAll(group.names())));
    Set<String> skipped = new LinkedHashSet<>(peers.keySet());
    skipped.removeIf(peer -> fetched.contains(peer) || !groups.isResolved(peer));
    return totals.summary(
        peers.size(),
        fetched,
        fetchedHeads.size(),
        skipped,
        room.isFullForAny(),
        peerScores,
        scheduler.open().size());
  }
}
