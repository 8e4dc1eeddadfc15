package nara.recovery.pages;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.random.RandomGenerator;
import nara.event.Service;
import nara.ledger.Query;
import nara.ledger.Query.Filter;
import nara.ledger.Query.Page;
import nara.mesh.client.MeshRequest.FetchFailed;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.mesh.client.MeshRequest.Peer;
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
 * SKETCH     measure each ledger ({@link SketchCollector}) and group the replicas
 * KEYS       fetch the announcements, which bring the keys
 * PROBE      fetch checkpoints and events about this node; probe each group ({@link ProbeSampler})
 * MORE_KEYS  fetch the announcements of groups that showed unknown emitters
 * FETCH      fetch the ranges of the chosen groups ({@link RangeScheduler}), newest first
 * CHECK      check fetchers and skipped groups ({@link SpotChecks}); fetch what the checks find
 * </pre>
 *
 * <p>A phase ends when none of its calls is waiting or in flight. CHECK repeats until it adds no
 * further call.
 */
public final class PagesRung implements RungExecution {
  enum Phase {
    SKETCH,
    KEYS,
    PROBE,
    MORE_KEYS,
    FETCH,
    CHECK
  }

  private static final Filter KEYS_FILTER =
      new Filter(Set.of(Service.HEY_THERE.wireName(), Service.CHAU.wireName()), Set.of());

  private static final Filter CHECKPOINTS_FILTER =
      new Filter(Set.of(Service.CHECKPOINT.wireName()), Set.of());

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
  private final CallReassigner reassigner;
  private final PagesTotals totals = new PagesTotals();
  private final Set<String> recheckedPeers = new HashSet<>();
  private final Set<String> fetchedHeads = new LinkedHashSet<>();

  private Phase phase = Phase.SKETCH;
  private boolean ledgerFull;

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
    dispatcher = new CallDispatcher(this.peers, scores, config, callIds);
    groups = new ReplicaGroups(scores);
    probes = new ProbeSampler(groups, dispatcher);
    scheduler = new RangeScheduler(scores);
    sketches = new SketchCollector(this.peers.keySet(), scores, dispatcher, groups);
    checks = new SpotChecks(random, scores, groups, scheduler, dispatcher);
    reassigner = new CallReassigner(scores, config, dispatcher, groups, scheduler, sketches);
  }

  @Override
  public List<PlanCommand> startCalls(Instant now) {
    List<PlanCommand> commands = new ArrayList<>();
    do {
      dispatcher.startWaiting(reassigner::reassignOrAbandon, commands);
      startRanges(commands);
    } while (!busy() && advancePhase());
    if (!finished() && sketches.startGrace()) {
      commands.add(new PlanCommand.WaitUntil(now.plus(PagesLimits.SKETCH_GRACE)));
    }
    return commands;
  }

  private void startRanges(List<PlanCommand> commands) {
    if (ledgerFull) {
      scheduler.dropPending();
    }
    scheduler.abandonUnfetchable();
    for (String peer : peers.keySet()) {
      while (peerScores.usable(peer) && dispatcher.hasRoom(peer) && ledgerHasRoom()) {
        Optional<RangeFetch> next = scheduler.assignNext(peer);
        if (next.isEmpty()) {
          break;
        }
        commands.add(dispatcher.startNextPage(peer, next.get()));
      }
    }
  }

  /** Whether the ledger has room for more events than those probably in flight. */
  private boolean ledgerHasRoom() {
    long inFlightEvents = scheduler.inFlightEvents();
    return inFlightEvents == 0 || totals.addedEvents() + inFlightEvents < config.maxEvents();
  }

  @Override
  public boolean onCallEnded(int callId, FetchOutcome outcome) {
    Optional<PagesCall> ended = dispatcher.end(callId, outcome);
    ended.ifPresent(
        call -> {
          switch (outcome) {
            case PageFetched page -> {
              totals.onResponse(call, page);
              ledgerFull |= totals.addedEvents() >= config.maxEvents() || allPruned(call, page);
              onPage(call, page);
            }
            case FetchFailed failed -> {
              totals.onFailure(call, failed);
              if (call.purpose() == CallPurpose.SKETCH) {
                sketches.onFailure(call);
              }
              reassigner.onFailed(call, failed.failure());
            }
          }
          recheckIfSuspect(call.peerName());
        });
    return ended.isPresent();
  }

  /**
   * Whether the full ledger pruned all new events of a page. It would prune older ones too, and the
   * newest are fetched first. The sum of added events does not show this, because the ledger may
   * have held events before.
   */
  private boolean allPruned(PagesCall call, PageFetched page) {
    return call.purpose() == CallPurpose.FETCH_RANGE
        && page.offerResult().pruned() > 0
        && page.offerResult().added() == 0
        && peerScores.trusted(call.peerName());
  }

  private void onPage(PagesCall call, PageFetched page) {
    boolean news = page.offerResult().newlyHeld() > 0;
    switch (call.purpose()) {
      case SKETCH -> sketches.onResponse(call, page);
      case KEYS, CHECKPOINTS, ABOUT_SELF, MORE_KEYS -> onFilteredPage(call, page);
      case PROBE -> probes.onResponse(call, page);
      case FETCH_RANGE -> onRangePage(call.peerName(), call.rangeFetch(), page);
      case CHECK_FETCHED -> {
        if (news) {
          peerScores.of(call.subjectPeer()).onOmissionFound();
          recheckIfSuspect(call.subjectPeer());
        }
      }
      case CHECK_SKIPPED -> {
        if (news) {
          groups.of(call.subjectPeer()).ifPresent(this::scheduleGroup);
        }
      }
    }
  }

  private void onFilteredPage(PagesCall call, PageFetched page) {
    Page request = (Page) call.query();
    long next = Page.cursorIncluding(page.newestTs());
    boolean more = page.nextCursor().isPresent() && page.events() > 0 && next > request.after();
    if (more && call.index() < PagesLimits.MAX_FILTERED_PAGES) {
      addFiltered(call.purpose(), call.peerName(), call.index() + 1, next, request.filter());
    }
  }

  private void addFiltered(
      CallPurpose purpose, String peer, int index, long cursor, Filter filter) {
    Query query = new Page(cursor, Query.MAX_EVENTS, filter);
    dispatcher.add(purpose, peer, index, "", query);
  }

  private void onRangePage(String peer, RangeFetch range, PageFetched page) {
    if (range.advance(page) && !ledgerFull) {
      if (range.exceedsPageLimit()) {
        peerScores.of(peer).drop("its pages do not end");
      }
      if (peerScores.usable(peer)) {
        dispatcher.addNextPage(peer, range);
      } else {
        scheduler.requeue(range);
      }
      return;
    }
    long withheld = ledgerFull ? 0 : range.withheldEvents();
    scheduler.complete(range);
    if (withheld > 0) {
      peerScores.of(peer).onEventsWithheld(withheld);
      scheduler.recheck(range, peer);
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
        askRepresentative(CallPurpose.KEYS, KEYS_FILTER);
      }
      // These calls need each other's order only, so they share one round trip.
      case KEYS -> {
        phase = Phase.PROBE;
        askRepresentative(CallPurpose.CHECKPOINTS, CHECKPOINTS_FILTER);
        askRepresentative(CallPurpose.ABOUT_SELF, new Filter(Set.of(), Set.of(me)));
        if (!fetchesEveryPeer()) {
          probes.addProbes();
        }
      }
      case PROBE -> {
        phase = Phase.MORE_KEYS;
        for (String head : probes.groupsWithMissingKeys()) {
          Optional<String> peer = groups.of(head).flatMap(groups::pickMember);
          peer.ifPresent(
              name -> addFiltered(CallPurpose.MORE_KEYS, name, 0, Long.MIN_VALUE, KEYS_FILTER));
        }
      }
      case MORE_KEYS -> {
        phase = Phase.FETCH;
        (fetchesEveryPeer() ? groups.all() : probes.selectGroups()).forEach(this::scheduleGroup);
      }
      case FETCH, CHECK -> {
        phase = Phase.CHECK;
        updateGroups();
        if (!ledgerFull) {
          checks.addChecks(List.copyOf(peers.keySet()), fetchedHeads);
        }
        return busy();
      }
    }
    return true;
  }

  private void updateGroups() {
    for (String peer : groups.group(peers.keySet(), fetchesEveryPeer())) {
      ReplicaGroup group = groups.of(peer).orElseThrow();
      if (fetchedHeads.contains(group.head())) {
        // The peer is late: only its tail is not fetched yet.
        scheduler.schedule(
            List.of(ReplicaGroup.tailFetch(peer, group.lastSharedPoints().get(peer))));
      } else if (phase == Phase.CHECK && (group.sketch().isEmpty() || fetchesEveryPeer())) {
        scheduleGroup(group);
      }
    }
  }

  private void askRepresentative(CallPurpose purpose, Filter filter) {
    groups
        .representative()
        .ifPresent(peer -> addFiltered(purpose, peer, 0, Long.MIN_VALUE, filter));
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
      case KEYS, CHECKPOINTS, ABOUT_SELF, PROBE, MORE_KEYS, CHECK_FETCHED, CHECK_SKIPPED -> true;
    };
  }

  @Override
  public void onTimerFired() {
    sketches.onTimerFired();
  }

  @Override
  public boolean finished() {
    return phase == Phase.CHECK && !busy();
  }

  @Override
  public boolean failed() {
    return totals.noResponses() || (totals.mostlyFailed() && scheduler.completedCount() == 0);
  }

  @Override
  public String lossDescription() {
    int lost = scheduler.abandonedCount();
    return lost == 0 ? "" : "no peer gave %d range%s of time".formatted(lost, lost == 1 ? "" : "s");
  }

  @Override
  public List<Peer> peersForNextRung() {
    return peers.values().stream()
        .filter(peer -> peerScores.of(peer.name()).onlyErrorResponses())
        .toList();
  }

  @Override
  public int plannedCalls() {
    return dispatcher.addedCount() + scheduler.scheduledCount();
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
        ledgerFull,
        peerScores,
        scheduler.abandonedCount());
  }
}
