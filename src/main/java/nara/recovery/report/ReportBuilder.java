package nara.recovery.report;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import nara.checkpoint.sync.CheckpointSyncRequest;
import nara.discovery.Neighbour;
import nara.event.Verdict;
import nara.identity.Keyring;
import nara.ledger.LedgerRequest.LedgerStats;
import nara.mesh.client.MeshRequest;
import nara.mqtt.PlazaRequest;
import nara.recovery.PeerScore;
import nara.trust.TrustRequest.OfferResult;

/** Adds up what a recovery does, for its report. */
public final class ReportBuilder {
  private final Instant started;
  private final List<Report.StageReport> stageReports = new ArrayList<>();
  private final Map<String, RunningTotals> totalsByNeighbour = new LinkedHashMap<>();
  private final Map<String, Report.MemberTotals> totalsByMember = new TreeMap<>();
  private final Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);

  private String stageName = "";
  private Instant stageStarted;
  private int received;
  private int duplicate;
  private int merged;
  private int pruned;
  private int quarantined;
  private int rejected;
  private Report.CheckpointTotals checkpointTotals = new Report.CheckpointTotals(0, 0, 0, 0);
  private int pingTimesSeeded;
  private List<Report.KeyConflict> conflicts = List.of();
  private Report.LedgerTotals ledgerTotals = new Report.LedgerTotals(0, Map.of());

  /** One neighbour's sums. */
  private static final class RunningTotals {
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

  /** Takes over a stage of before the recovery. */
  public void addEarlierStage(Report.StageReport stageReport) {
    stageReports.add(stageReport);
  }

  public void enterStage(String stage, Instant now) {
    stageName = stage;
    stageStarted = now;
  }

  /** The stage entered last. */
  public String stage() {
    return stageName;
  }

  public void leaveStage(String outcome, String reason, Instant now) {
    stageReports.add(
        new Report.StageReport(
            stageName,
            outcome,
            reason,
            Duration.between(started, stageStarted).toMillis(),
            Duration.between(stageStarted, now).toMillis()));
  }

  /** Another member of the cluster goes on. */
  public void addHandover(String sentence, Instant now) {
    stageReports.add(
        new Report.StageReport(
            "handover", "complete", sentence, Duration.between(started, now).toMillis(), 0));
  }

  public void addNeighbours(List<Neighbour> neighbours) {
    for (Neighbour neighbour : neighbours) {
      RunningTotals runningTotals = totals(neighbour.name());
      runningTotals.id = neighbour.id();
      runningTotals.address = neighbour.address();
    }
  }

  /** What a member of the cluster, or this node alone, fetched from a neighbour. */
  public void addFetch(String neighbour, String member, MeshRequest.FetchOutcome outcome) {
    if (!member.isEmpty()) {
      totalsByMember.merge(member, totals(member, outcome), ReportBuilder::plus);
    }
    addFetch(neighbour, outcome);
  }

  private static Report.MemberTotals totals(String member, MeshRequest.FetchOutcome outcome) {
    return switch (outcome) {
      case MeshRequest.PageFetched pageFetched ->
          new Report.MemberTotals(
              member, 1, 0, pageFetched.events(), pageFetched.offerResult().added());
      case MeshRequest.FetchFailed failed -> new Report.MemberTotals(member, 1, 1, 0, 0);
    };
  }

  private static Report.MemberTotals plus(Report.MemberTotals a, Report.MemberTotals b) {
    return new Report.MemberTotals(
        a.name(),
        a.requests() + b.requests(),
        a.failures() + b.failures(),
        a.events() + b.events(),
        a.added() + b.added());
  }

  void addFetch(String neighbour, MeshRequest.FetchOutcome outcome) {
    RunningTotals runningTotals = totals(neighbour);
    runningTotals.requests++;
    switch (outcome) {
      case MeshRequest.PageFetched pageFetched ->
          add(runningTotals, pageFetched.bytes(), pageFetched.events(), pageFetched.offerResult());
      case MeshRequest.FetchFailed failed -> {
        runningTotals.failures++;
        runningTotals.lastFailure = failed.reason();
      }
    }
  }

  public void addReconcile(String neighbour, MeshRequest.ReconcileOutcome outcome) {
    RunningTotals runningTotals = totals(neighbour);
    switch (outcome) {
      case MeshRequest.PeerReconciled done -> {
        runningTotals.requests += done.rounds() + done.fetchRequests();
        add(
            runningTotals,
            done.comparedBytes() + done.fetchedBytes(),
            done.offerResult().received(),
            done.offerResult());
        if (!done.isComplete()) {
          runningTotals.failures++;
          runningTotals.lastFailure = done.incompleteReason();
        }
      }
      case MeshRequest.ReconcileFailed not -> {
        runningTotals.requests++;
        runningTotals.failures++;
        runningTotals.lastFailure = not.reason();
      }
    }
  }

  public void addPlazaResponses(PlazaRequest.LedgersFetched answered) {
    for (PlazaRequest.NeighbourResponse answer : answered.responses()) {
      RunningTotals runningTotals = totals(answer.neighbour());
      runningTotals.requests++;
      add(runningTotals, answer.bytes(), answer.events(), answer.offerResult());
    }
    for (String silent : answered.unanswered()) {
      RunningTotals runningTotals = totals(silent);
      runningTotals.requests++;
      runningTotals.failures++;
      runningTotals.lastFailure = "did not answer on the plaza";
    }
  }

  public void setCheckpoints(CheckpointSyncRequest.SyncResult syncResult) {
    int answered = 0;
    int events = 0;
    int added = 0;
    for (CheckpointSyncRequest.PeerSyncResult answer : syncResult.peerResults()) {
      RunningTotals runningTotals = totals(answer.peer());
      runningTotals.requests += answer.requests();
      runningTotals.failures += answer.failures();
      runningTotals.lastFailure =
          answer.failures() > 0 ? answer.reason() : runningTotals.lastFailure;
      add(runningTotals, answer.bytes(), answer.events(), answer.offerResult());
      answered += answer.requests() > answer.failures() ? 1 : 0;
      events += answer.events();
      added += answer.offerResult().added();
    }
    checkpointTotals =
        new Report.CheckpointTotals(syncResult.peerResults().size(), answered, events, added);
  }

  /**
   * What waited for keys was judged again: it is no longer waiting, or waits again. Some of it may
   * have waited since before the recovery, and was never counted as waiting here.
   */
  public void addRejudged(OfferResult offerResult) {
    quarantined =
        Math.max(
            offerResult.quarantined(),
            quarantined - offerResult.received() + offerResult.quarantined());
    merged += offerResult.added();
    duplicate += offerResult.duplicate();
    pruned += offerResult.pruned();
    rejected += offerResult.rejected();
    verdicts.computeIfPresent(
        Verdict.UNKNOWN_EMITTER, (verdict, count) -> Math.max(0, count - offerResult.received()));
    offerResult
        .verdicts()
        .forEach((verdict, count) -> verdicts.merge(verdict, count, Integer::sum));
  }

  public void setPingTimesSeeded(int targets) {
    pingTimesSeeded = targets;
  }

  public void setLedger(LedgerStats stats) {
    Map<String, Integer> byService = new TreeMap<>();
    stats.byService().forEach((service, count) -> byService.put(service.wireName(), count));
    ledgerTotals = new Report.LedgerTotals(stats.total(), byService);
  }

  /** Replaces the key conflicts, one entry for each nara. */
  public void setConflicts(List<Keyring.Conflict> all) {
    Map<String, Set<String>> keys = new LinkedHashMap<>();
    Map<String, Set<String>> claimants = new HashMap<>();
    for (Keyring.Conflict conflict : all) {
      String claimant = conflict.offered().name();
      String name =
          Stream.of(conflict.kept().name(), claimant, conflict.kept().id())
              .filter(text -> !text.isEmpty())
              .findFirst()
              .orElse("");
      Set<String> keysOfName = keys.computeIfAbsent(name, first -> new LinkedHashSet<>());
      keysOfName.add(conflict.kept().key().encoded());
      keysOfName.add(conflict.offered().key().encoded());
      Set<String> others = claimants.computeIfAbsent(name, first -> new LinkedHashSet<>());
      if (!claimant.isEmpty() && !claimant.equals(name)) {
        others.add(claimant);
      }
    }
    conflicts =
        keys.entrySet().stream()
            .map(
                e ->
                    new Report.KeyConflict(
                        e.getKey(),
                        List.copyOf(e.getValue()),
                        List.copyOf(claimants.get(e.getKey()))))
            .toList();
  }

  public Report build(
      String outcome, List<String> reasons, Function<String, PeerScore> scoreOf, Instant now) {
    Map<String, Integer> byLabel = new LinkedHashMap<>();
    verdicts.forEach(
        (verdict, count) -> {
          if (count != 0) {
            byLabel.put(verdict.label(), count);
          }
        });
    return new Report(
        outcome,
        List.copyOf(reasons),
        started.toString(),
        Duration.between(started, now).toMillis(),
        List.copyOf(stageReports),
        totalsByNeighbour.entrySet().stream()
            .map(e -> totals(e.getKey(), e.getValue(), scoreOf.apply(e.getKey())))
            .toList(),
        new Report.EventTotals(received, duplicate, merged, quarantined, rejected, pruned, byLabel),
        checkpointTotals,
        pingTimesSeeded,
        ledgerTotals,
        List.copyOf(totalsByMember.values()),
        conflicts);
  }

  private void add(RunningTotals runningTotals, long bytes, int events, OfferResult offerResult) {
    runningTotals.bytes += bytes;
    runningTotals.events += events;
    runningTotals.added += offerResult.added();
    runningTotals.duplicate += offerResult.duplicate();
    runningTotals.rejected += offerResult.rejected();
    received += offerResult.received();
    duplicate += offerResult.duplicate();
    merged += offerResult.added();
    pruned += offerResult.pruned();
    quarantined += offerResult.quarantined();
    rejected += offerResult.rejected();
    offerResult
        .verdicts()
        .forEach((verdict, count) -> verdicts.merge(verdict, count, Integer::sum));
  }

  private RunningTotals totals(String name) {
    return totalsByNeighbour.computeIfAbsent(name, absent -> new RunningTotals());
  }

  private static Report.NeighbourTotals totals(String name, RunningTotals s, PeerScore peerScore) {
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
        Math.round(peerScore.score() * 100) / 100.0,
        peerScore.dropReason());
  }
}
