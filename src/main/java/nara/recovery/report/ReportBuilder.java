package nara.recovery.report;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import nara.checkpoint.sync.CheckpointSyncRequest;
import nara.discovery.Neighbour;
import nara.event.Verdict;
import nara.identity.Keyring.ClaimedKey;
import nara.identity.Keyring.Conflict;
import nara.identity.PublicKey;
import nara.ledger.LedgerRequest.LedgerStats;
import nara.mesh.client.MeshRequest;
import nara.mqtt.PlazaRequest;
import nara.recovery.PeerScore;
import nara.recovery.report.Report.CheckpointTotals;
import nara.recovery.report.Report.KeyConflict;
import nara.recovery.report.Report.LedgerTotals;
import nara.recovery.report.Report.StageReport;
import nara.trust.TrustRequest.KeyConflicts;
import nara.trust.TrustRequest.OfferResult;

/** Sums up a recovery for its report. */
public final class ReportBuilder {
  private final Instant started;
  private final List<StageReport> stageReports = new ArrayList<>();
  private final Map<String, Sums> sumsByNeighbour = new LinkedHashMap<>();
  private final Map<String, Sums> sumsByMember = new TreeMap<>();
  private final Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);

  private int received;
  private int merged;
  private int duplicate;
  private int pruned;
  private int quarantined;
  private int rejected;
  private Instant stageStarted;
  private int recovery = 1;
  private int passes;
  private CheckpointTotals checkpointTotals = new CheckpointTotals(0, 0, 0, 0);
  private int pingTimesSeeded;
  private LedgerTotals ledgerTotals = new LedgerTotals(0, Map.of());
  private List<KeyConflict> conflicts = List.of();

  /** The sums of a neighbour or of a cluster member. */
  private static final class Sums {
    String id = "";
    String address = "";
    int requests;
    int failures;
    String lastFailure = "";
    long bytes;
    int events;
    int added;
    int duplicate;
    int rejected;
  }

  public ReportBuilder(Instant started) {
    this.started = started;
    this.stageStarted = started;
  }

  /** The number of this recovery since the node's start. */
  public void setRecovery(int number) {
    recovery = number;
  }

  public int recovery() {
    return recovery;
  }

  /** How often neighbours were asked. */
  public void setPasses(int count) {
    passes = count;
  }

  /** Adds a stage from before the recovery. */
  public void addEarlierStage(StageReport report) {
    stageReports.add(report);
  }

  public void enterStage(Instant now) {
    stageStarted = now;
  }

  public void leaveStage(String stage, String outcome, String reason, Instant now) {
    addStage(stage, outcome, reason, stageStarted, now);
  }

  /** Another member of the cluster became the leader. */
  public void addHandover(String sentence, Instant now) {
    addStage("handover", "complete", sentence, now, now);
  }

  private void addStage(String name, String outcome, String reason, Instant from, Instant to) {
    stageReports.add(
        new StageReport(name, outcome, reason, millis(started, from), millis(from, to)));
  }

  private static long millis(Instant from, Instant to) {
    return Duration.between(from, to).toMillis();
  }

  public void addNeighbours(List<Neighbour> neighbours) {
    for (Neighbour neighbour : neighbours) {
      Sums sums = sums(neighbour.name());
      sums.id = neighbour.id();
      sums.address = neighbour.address();
    }
  }

  private Sums sums(String neighbour) {
    return sumsByNeighbour.computeIfAbsent(neighbour, first -> new Sums());
  }

  /** Adds a fetch that a cluster member ran; {@code member} is empty when the node runs alone. */
  public void addFetch(String neighbour, String member, MeshRequest.FetchOutcome outcome) {
    Sums byMember =
        member.isEmpty() ? new Sums() : sumsByMember.computeIfAbsent(member, first -> new Sums());
    byMember.requests++;
    switch (outcome) {
      case MeshRequest.PageFetched page -> {
        byMember.events += page.events();
        byMember.added += page.offerResult().added();
        add(neighbour, 1, page.bytes(), page.events(), page.offerResult());
      }
      case MeshRequest.FetchFailed failed -> {
        byMember.failures++;
        addFailures(neighbour, 1, 1, failed.reason());
      }
    }
  }

  public void addReconcile(String neighbour, MeshRequest.ReconcileOutcome outcome) {
    switch (outcome) {
      case MeshRequest.PeerReconciled done -> {
        OfferResult offer = done.offerResult();
        long bytes = done.comparedBytes() + done.fetchedBytes();
        add(neighbour, done.rounds() + done.fetchRequests(), bytes, offer.received(), offer);
        if (!done.isComplete()) {
          addFailures(neighbour, 0, 1, done.incompleteReason());
        }
      }
      case MeshRequest.ReconcileFailed failed -> addFailures(neighbour, 1, 1, failed.reason());
    }
  }

  public void addPlazaResponses(PlazaRequest.LedgersFetched fetched) {
    for (PlazaRequest.NeighbourResponse response : fetched.responses()) {
      add(response.neighbour(), 1, response.bytes(), response.events(), response.offerResult());
    }
    fetched.unanswered().forEach(name -> addFailures(name, 1, 1, "did not answer on the plaza"));
  }

  public void setCheckpoints(CheckpointSyncRequest.SyncResult result) {
    int answered = 0;
    // The sync of checkpoints runs again after the pass of a late responder.
    int events = checkpointTotals.received();
    int added = checkpointTotals.added();
    for (CheckpointSyncRequest.PeerSyncResult peer : result.peerResults()) {
      add(peer.peer(), peer.requests(), peer.bytes(), peer.events(), peer.offerResult());
      addFailures(peer.peer(), 0, Math.max(peer.failures(), peer.whole() ? 0 : 1), peer.reason());
      answered += peer.requests() > peer.failures() ? 1 : 0;
      events += peer.events();
      added += peer.offerResult().added();
    }
    checkpointTotals = new CheckpointTotals(result.peerResults().size(), answered, events, added);
  }

  private void addFailures(String neighbour, int requests, int failures, String reason) {
    Sums sums = sums(neighbour);
    sums.requests += requests;
    sums.failures += failures;
    sums.lastFailure = failures > 0 ? reason : sums.lastFailure;
  }

  private void add(String neighbour, int requests, long bytes, int events, OfferResult offer) {
    Sums sums = sums(neighbour);
    sums.requests += requests;
    sums.bytes += bytes;
    sums.events += events;
    sums.added += offer.added();
    sums.duplicate += offer.duplicate();
    sums.rejected += offer.rejected();
    received += offer.received();
    addToTotal(offer);
  }

  private void addToTotal(OfferResult offer) {
    merged += offer.added();
    duplicate += offer.duplicate();
    pruned += offer.pruned();
    // The ledger keeps a few forms of one id, so another form is a copy too.
    duplicate += offer.dropped() - offer.pruned();
    quarantined += offer.quarantined();
    rejected += offer.rejected();
    offer.verdicts().forEach((verdict, count) -> verdicts.merge(verdict, count, Integer::sum));
  }

  /**
   * Adds quarantined events that were verified again: they leave the quarantine or return to it.
   * Events that came otherwise, in zines for example, count as received now.
   */
  public void addRejudged(OfferResult offer) {
    int cameOtherwise = Math.max(0, offer.received() - quarantined);
    int released = offer.received() - cameOtherwise;
    received += cameOtherwise;
    quarantined -= released;
    int waiting = verdicts.getOrDefault(Verdict.UNKNOWN_EMITTER, 0) - released;
    verdicts.put(Verdict.UNKNOWN_EMITTER, Math.max(0, waiting));
    addToTotal(offer);
  }

  public void setPingTimesSeeded(int targets) {
    pingTimesSeeded = targets;
  }

  public void setLedger(LedgerStats stats) {
    Map<String, Integer> byService = new TreeMap<>();
    stats.byService().forEach((service, count) -> byService.put(service.wireName(), count));
    ledgerTotals = new LedgerTotals(stats.total(), byService, ledgerTotals.before());
  }

  /** The ledger before the first request: events of the node, of a file or of its snapshot. */
  public void setLedgerBefore(int total) {
    ledgerTotals = new LedgerTotals(ledgerTotals.total(), ledgerTotals.byService(), total);
  }

  /** Replaces the key conflicts, with one entry for each nara. */
  public void setConflicts(KeyConflicts found) {
    conflicts =
        found.conflicts().stream()
            .map(each -> keyConflict(each, found.waiting().getOrDefault(each.name(), 0)))
            .toList();
  }

  private static KeyConflict keyConflict(Conflict conflict, int waiting) {
    return new KeyConflict(
        conflict.name(),
        conflict.claims().stream().map(claim -> claim.key().encoded()).toList(),
        conflict.claimedBy(),
        conflict.decision().map(PublicKey::encoded).orElse(KeyConflict.UNDECIDED),
        conflict.claims().stream()
            .collect(
                Collectors.toMap(
                    claim -> claim.key().encoded(),
                    ClaimedKey::evidence,
                    (one, same) -> one,
                    LinkedHashMap::new)),
        waiting,
        conflict.disputed());
  }

  /** The report as of now; {@code scoreOf} maps a neighbour's name to its score. */
  public Report build(
      String outcome, List<String> reasons, Function<String, PeerScore> scoreOf, Instant now) {
    Map<String, Integer> byLabel = new LinkedHashMap<>();
    verdicts.forEach((verdict, count) -> byLabel.put(verdict.label(), count));
    byLabel.values().removeIf(count -> count == 0);
    return new Report(
        outcome,
        List.copyOf(reasons),
        started.toString(),
        millis(started, now),
        recovery,
        passes,
        List.copyOf(stageReports),
        sumsByNeighbour.entrySet().stream()
            .map(e -> neighbour(e.getKey(), e.getValue(), scoreOf.apply(e.getKey())))
            .toList(),
        new Report.EventTotals(received, duplicate, merged, quarantined, rejected, pruned, byLabel),
        checkpointTotals,
        pingTimesSeeded,
        ledgerTotals,
        conflicts,
        sumsByMember.entrySet().stream().map(e -> member(e.getKey(), e.getValue())).toList());
  }

  private static Report.NeighbourTotals neighbour(String name, Sums s, PeerScore score) {
    return new Report.NeighbourTotals(
        name,
        s.id,
        s.address,
        s.requests,
        s.failures,
        s.lastFailure,
        s.bytes,
        s.events,
        s.added,
        s.duplicate,
        s.rejected,
        Math.round(score.score() * 100) / 100.0,
        score.dropReason(),
        score.askedLaterReason());
  }

  private static Report.MemberTotals member(String name, Sums s) {
    return new Report.MemberTotals(name, s.requests, s.failures, s.events, s.added);
  }
}
