package nara.recovery;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest.FetchFailed;
import nara.mesh.client.MeshRequest.FetchOutcome;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.wire.MeshFailure;

/**
 * Reads the ledger of each peer in slices, for peers that refuse pages.
 *
 * <pre>
 * count (one event of {@value RecoveryLimits#COUNT_STEP}) ──► slices of at most one response ──► read
 *     └────────────── failed too often, or a full slice ──────────────┴──► unread
 * </pre>
 *
 * <p>The slices of one division are read from one peer, because a position means the same event in
 * equal ledgers only. A ledger larger than this node's memory is read as far as the memory goes.
 */
final class SlicesRung extends CallQueue<SlicesRung.SliceCall> implements RungExecution {
  /** A slice may grow by new events before its response is full. */
  private static final int EVENTS_PER_SLICE = Query.MAX_EVENTS - Query.MAX_EVENTS / 50;

  /** One slice; a division into {@link RecoveryLimits#COUNT_STEP} slices counts the events. */
  record SliceCall(Reading reading, Query.Slice query, int failedAttempts) implements Call {
    @Override
    public Peer peer() {
      return reading.peer;
    }
  }

  /** The progress of reading one peer's ledger. */
  private static final class Reading {
    final Peer peer;
    int planned = 1;
    int ended;
    long events;
    boolean lost;
    boolean empty;

    Reading(Peer peer) {
      this.peer = peer;
    }

    boolean finished() {
      return ended == planned;
    }
  }

  private final List<Peer> peers;
  private final Map<Peer, Reading> readings = new LinkedHashMap<>();
  private int responses;
  private int failures;
  private String lastFailure = "";

  /** A rung that has not started; {@code peers} come in order of preference. */
  SlicesRung(List<Peer> peers, PeerScores scores, RecoveryConfig config, IntSupplier callIds) {
    super(scores, config, callIds);
    this.peers = List.copyOf(peers);
  }

  @Override
  public List<PlanCommand> startCalls(Instant now) {
    readMore();
    List<PlanCommand> commands = new ArrayList<>();
    while (hasRoom() && !waiting.isEmpty()) {
      SliceCall call = waiting.poll();
      if (peerScores.usableAsLastResort(call.peer().name())) {
        commands.add(start(call));
      } else {
        lose(call);
        readMore();
      }
    }
    return commands;
  }

  /** Starts reading peers until as many as wanted give their events. */
  private void readMore() {
    long reading = readings.values().stream().filter(each -> !each.lost && !each.empty).count();
    for (Peer peer : peers) {
      if (reading < config.maxPeers() && !readings.containsKey(peer)) {
        Reading next = new Reading(peer);
        readings.put(peer, next);
        waiting.add(call(next, 0, RecoveryLimits.COUNT_STEP, RecoveryLimits.MAX_COUNTED));
        reading++;
      }
    }
  }

  private static SliceCall call(Reading reading, int index, int total, int maxEvents) {
    Query.Slice query = new Query.Slice(Long.MIN_VALUE, index, total, maxEvents, Query.Filter.ALL);
    return new SliceCall(reading, query, 0);
  }

  @Override
  public boolean onCallEnded(int callId, FetchOutcome outcome) {
    Optional<SliceCall> ended = end(callId, outcome);
    ended.ifPresent(
        call -> {
          switch (outcome) {
            case PageFetched page -> onResponse(call, page);
            case FetchFailed failed -> onFailed(call, failed);
          }
        });
    return ended.isPresent();
  }

  private void onResponse(SliceCall call, PageFetched page) {
    responses++;
    Reading reading = call.reading;
    reading.ended++;
    if (call.query.total() != RecoveryLimits.COUNT_STEP) {
      boolean truncated = page.events() >= Query.MAX_EVENTS && !fillsMemory(call.query);
      reading.events += page.events();
      reading.lost |= truncated;
    } else if (page.events() == 0) {
      reading.empty = true;
    } else {
      plan(reading, (long) page.events() * RecoveryLimits.COUNT_STEP);
    }
    if (reading.finished() && reading.events < config.maxEvents()) {
      reading.lost |= !peerScores.of(call.peer().name()).claimsAtMost(reading.events);
    }
  }

  /** Divides the ledger, or as much of its newest events as this node holds. */
  private void plan(Reading reading, long atMost) {
    long wanted = Math.min(atMost, config.maxEvents());
    int total = Math.toIntExact(Math.max(1, Math.ceilDiv(wanted, EVENTS_PER_SLICE)));
    // A division into as many slices as the count would look like one.
    int division = total == RecoveryLimits.COUNT_STEP ? total + 1 : total;
    for (int i = 0; i < division; i++) {
      waiting.add(call(reading, i, division, Query.MAX_EVENTS));
    }
    reading.planned += division;
  }

  private boolean fillsMemory(Query.Slice query) {
    return (long) query.total() * Query.MAX_EVENTS >= config.maxEvents();
  }

  private void onFailed(SliceCall call, FetchFailed failed) {
    failures++;
    lastFailure = call.peer().name() + ": " + failed.reason();
    boolean again =
        call.failedAttempts + 1 < config.callTries() && failed.failure() != MeshFailure.UNSUPPORTED;
    if (again) {
      waiting.add(new SliceCall(call.reading, call.query, call.failedAttempts + 1));
    } else {
      lose(call);
    }
  }

  private void lose(SliceCall call) {
    call.reading.ended++;
    call.reading.lost = true;
  }

  @Override
  public boolean finished() {
    return waiting.isEmpty() && inFlight.isEmpty();
  }

  @Override
  public boolean failed() {
    return responses == 0;
  }

  @Override
  public String lossDescription() {
    Set<String> unread = new TreeSet<>();
    peersForNextRung().forEach(peer -> unread.add(peer.name()));
    return unread.isEmpty() ? "" : "not all slices came from " + String.join(", ", unread);
  }

  /** Peers that never sent anything are left out, so that no later rung waits for them. */
  @Override
  public List<Peer> peersForNextRung() {
    return readings.values().stream()
        .filter(reading -> reading.lost || !reading.finished())
        .map(reading -> reading.peer)
        .filter(peer -> peerScores.of(peer.name()).hasSentAnything())
        .toList();
  }

  @Override
  public int plannedCalls() {
    return readings.values().stream().mapToInt(reading -> reading.planned).sum();
  }

  @Override
  public int completedCalls() {
    return readings.values().stream().mapToInt(reading -> reading.ended).sum();
  }

  @Override
  public String summary() {
    long read =
        readings.values().stream().filter(reading -> !reading.lost && reading.finished()).count();
    return "%d of %d calls answered; read %d of %d neighbours%s"
        .formatted(
            responses,
            responses + failures,
            read,
            readings.size(),
            failures == 0 ? "" : "; the last failure: " + lastFailure);
  }
}
