package nara.recovery;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import nara.checkpoint.CheckpointRequest;
import nara.discovery.Neighbour;
import nara.event.Verdict;
import nara.ledger.LedgerRequest.LedgerStats;
import nara.mesh.MeshRequest;
import nara.plaza.PlazaRequest;
import nara.trust.TrustRequest.Offered;

/** Adds up what a recovery does, for its report. */
final class ReportBuilder {
  private final Instant started;
  private final List<Report.Stage> stages = new ArrayList<>();
  private final Map<String, Share> shares = new LinkedHashMap<>();
  private final Map<String, Report.MemberShare> members = new TreeMap<>();
  private final Map<Verdict, Integer> verdicts = new EnumMap<>(Verdict.class);

  private String stageName = "";
  private Instant stageStarted;
  private int received;
  private int duplicate;
  private int merged;
  private int dropped;
  private int quarantined;
  private int rejected;
  private Report.Checkpoints checkpoints = new Report.Checkpoints(0, 0, 0, 0);
  private int pingTimesSeeded;
  private Report.Ledger ledger = new Report.Ledger(0, Map.of());

  /** One neighbour's sums. */
  private static final class Share {
    String id = "";
    String address = "";
    int requests;
    int failures;
    String lastFailure = "";
    long bytes;
    int events;
    int fresh;
    int duplicate;
    int rejected;
  }

  ReportBuilder(Instant started) {
    this.started = started;
    this.stageStarted = started;
  }

  /** Takes over a stage of before the recovery. */
  void begunWith(Report.Stage stage) {
    stages.add(stage);
  }

  void enter(String stage, Instant now) {
    stageName = stage;
    stageStarted = now;
  }

  /** The stage entered last. */
  String stage() {
    return stageName;
  }

  void leave(String outcome, String reason, Instant now) {
    stages.add(
        new Report.Stage(
            stageName,
            outcome,
            reason,
            Duration.between(started, stageStarted).toMillis(),
            Duration.between(stageStarted, now).toMillis()));
  }

  /** Another member of the cluster goes on. */
  void tookOver(String sentence, Instant now) {
    stages.add(
        new Report.Stage(
            "handover", "complete", sentence, Duration.between(started, now).toMillis(), 0));
  }

  void neighbours(List<Neighbour> neighbours) {
    for (Neighbour neighbour : neighbours) {
      Share share = share(neighbour.name());
      share.id = neighbour.id();
      share.address = neighbour.address();
    }
  }

  /** What a member of the cluster, or this node alone, fetched from a neighbour. */
  void fetched(String neighbour, String member, MeshRequest.FetchOutcome outcome) {
    if (!member.isEmpty()) {
      members.merge(member, share(member, outcome), ReportBuilder::plus);
    }
    fetched(neighbour, outcome);
  }

  private static Report.MemberShare share(String member, MeshRequest.FetchOutcome outcome) {
    return switch (outcome) {
      case MeshRequest.Fetched fetched ->
          new Report.MemberShare(member, 1, 0, fetched.events(), fetched.offered().added());
      case MeshRequest.FetchFailed failed -> new Report.MemberShare(member, 1, 1, 0, 0);
    };
  }

  private static Report.MemberShare plus(Report.MemberShare a, Report.MemberShare b) {
    return new Report.MemberShare(
        a.name(),
        a.requests() + b.requests(),
        a.failures() + b.failures(),
        a.events() + b.events(),
        a.fresh() + b.fresh());
  }

  void fetched(String neighbour, MeshRequest.FetchOutcome outcome) {
    Share share = share(neighbour);
    share.requests++;
    switch (outcome) {
      case MeshRequest.Fetched fetched ->
          add(share, fetched.bytes(), fetched.events(), fetched.offered());
      case MeshRequest.FetchFailed failed -> {
        share.failures++;
        share.lastFailure = failed.reason();
      }
    }
  }

  void reconciled(String neighbour, MeshRequest.ReconcileOutcome outcome) {
    Share share = share(neighbour);
    switch (outcome) {
      case MeshRequest.Reconciled done -> {
        share.requests += done.rounds() + done.fetches();
        add(
            share,
            done.comparedBytes() + done.fetchedBytes(),
            done.offered().received(),
            done.offered());
        if (!done.whole()) {
          share.failures++;
          share.lastFailure = done.trouble();
        }
      }
      case MeshRequest.NotReconciled not -> {
        share.requests++;
        share.failures++;
        share.lastFailure = not.reason();
      }
    }
  }

  void plaza(PlazaRequest.LedgersAnswered answered) {
    for (PlazaRequest.LedgerAnswer answer : answered.answers()) {
      Share share = share(answer.neighbour());
      share.requests++;
      add(share, answer.bytes(), answer.events(), answer.offered());
    }
    for (String silent : answered.silent()) {
      Share share = share(silent);
      share.requests++;
      share.failures++;
      share.lastFailure = "did not answer on the plaza";
    }
  }

  void checkpoints(CheckpointRequest.Synced synced) {
    int answered = 0;
    int events = 0;
    int added = 0;
    for (CheckpointRequest.PeerAnswer answer : synced.answers()) {
      Share share = share(answer.peer());
      share.requests += answer.requests();
      share.failures += answer.failures();
      share.lastFailure = answer.failures() > 0 ? answer.reason() : share.lastFailure;
      add(share, answer.bytes(), answer.events(), answer.offered());
      answered += answer.requests() > answer.failures() ? 1 : 0;
      events += answer.events();
      added += answer.offered().added();
    }
    checkpoints = new Report.Checkpoints(synced.answers().size(), answered, events, added);
  }

  /**
   * What waited for keys was judged again: it is no longer waiting, or waits again. Some of it may
   * have waited since before the recovery, and was never counted as waiting here.
   */
  void judgedAgain(Offered offered) {
    quarantined =
        Math.max(offered.quarantined(), quarantined - offered.received() + offered.quarantined());
    merged += offered.added();
    duplicate += offered.duplicate();
    dropped += offered.dropped();
    rejected += offered.rejected();
    verdicts.computeIfPresent(
        Verdict.UNKNOWN_EMITTER, (verdict, count) -> Math.max(0, count - offered.received()));
    offered.verdicts().forEach((verdict, count) -> verdicts.merge(verdict, count, Integer::sum));
  }

  void pingsSeeded(int targets) {
    pingTimesSeeded = targets;
  }

  void ledger(LedgerStats stats) {
    Map<String, Integer> byService = new TreeMap<>();
    stats.byService().forEach((service, count) -> byService.put(service.wireName(), count));
    ledger = new Report.Ledger(stats.total(), byService);
  }

  Report build(
      String outcome, List<String> reasons, Function<String, Conduct> conduct, Instant now) {
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
        List.copyOf(stages),
        shares.entrySet().stream()
            .map(e -> share(e.getKey(), e.getValue(), conduct.apply(e.getKey())))
            .toList(),
        new Report.Events(received, duplicate, merged, quarantined, rejected, dropped, byLabel),
        checkpoints,
        pingTimesSeeded,
        ledger,
        List.copyOf(members.values()));
  }

  private void add(Share share, long bytes, int events, Offered offered) {
    share.bytes += bytes;
    share.events += events;
    share.fresh += offered.added();
    share.duplicate += offered.duplicate();
    share.rejected += offered.rejected();
    received += offered.received();
    duplicate += offered.duplicate();
    merged += offered.added();
    dropped += offered.dropped();
    quarantined += offered.quarantined();
    rejected += offered.rejected();
    offered.verdicts().forEach((verdict, count) -> verdicts.merge(verdict, count, Integer::sum));
  }

  private Share share(String name) {
    return shares.computeIfAbsent(name, absent -> new Share());
  }

  private static Report.NeighbourShare share(String name, Share s, Conduct conduct) {
    return new Report.NeighbourShare(
        name,
        s.id,
        s.address,
        s.requests,
        s.failures,
        s.lastFailure,
        s.bytes,
        s.events,
        s.fresh,
        s.duplicate,
        s.rejected,
        Math.round(conduct.score() * 100) / 100.0,
        conduct.dropped());
  }
}
