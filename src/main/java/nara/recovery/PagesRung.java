package nara.recovery;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nara.event.Service;
import nara.ledger.Query;
import nara.mesh.MeshFailure;
import nara.mesh.MeshRequest;
import nara.mesh.MeshRequest.FetchFailed;
import nara.mesh.MeshRequest.FetchOutcome;
import nara.mesh.MeshRequest.Fetched;
import nara.mesh.MeshRequest.Peer;

/**
 * Gets all that the neighbours together hold, page by page.
 *
 * <p>First the announcements, which bring the keys. Then a look at both ends of each neighbour's
 * ledger, and at a few moments in between, the same for all: by that, {@link Coverage} chooses whom
 * to walk. Then the time range is walked in stretches, the newest first, by all who may at once;
 * whoever runs out of work takes half of the longest stretch that is left.
 */
final class PagesRung implements Work {
  /** Moments at which every neighbour is probed, beside both ends. */
  static final int MOMENTS = 8;

  /** Events of the look at an end. */
  static final int EDGE = 60;

  private static final int LEAST_PROBE = 24;
  private static final int MOST_PROBE = 200;

  /** The share of all events that probes may cost, over all neighbours. */
  private static final double PROBE_SHARE = 0.08;

  /** Calls under way to one neighbour: one is being answered while the other is being merged. */
  private static final int PER_PEER = 2;

  /** Pages of one stretch: 320,000 events are 64 pages, and stretches are parts of that. */
  private static final int MOST_PAGES = 400;

  /** Events from which on a part of the time range is a stretch of its own. */
  private static final double WORTH_A_STRETCH = 0.8 * Query.MOST;

  /** Pages of announcements from one neighbour. */
  private static final int MOST_KEY_PAGES = 20;

  /**
   * Refused events, and their share of all, from which on a neighbour is dropped. Far above what an
   * honest one has when somebody once gave it forgeries: they may lie together.
   */
  private static final int REFUSED = 500;

  private static final double REFUSED_SHARE = 0.3;

  /**
   * Events that could not be used, and their share of all, from which on a neighbour is doubted.
   */
  private static final int UNUSABLE = 5;

  private static final double UNUSABLE_SHARE = 0.005;

  private static final Query.Filter KEYS =
      new Query.Filter(Set.of(Service.HEY_THERE.wireName(), Service.CHAU.wireName()), Set.of());

  private enum Phase {
    KEYS,
    OLD_EDGES,
    NEW_EDGES,
    PROBES,
    WALK
  }

  /** One call: what it is for, and what it leads to. */
  private record Job(Phase phase, Peer peer, int moment, Query query, Stretch stretch, int tries) {}

  private final List<Peer> peers;
  private final Roster roster;
  private final RecoveryConfig config;
  private final Deque<Job> waiting = new ArrayDeque<>();
  private final Map<Integer, Job> underWay = new HashMap<>();
  private final Deque<Stretch> stretches = new ArrayDeque<>();
  private final List<Stretch> walking = new ArrayList<>();
  private final Coverage coverage = new Coverage();
  private final Set<String> wholly = new LinkedHashSet<>();
  private final Set<String> unsupported = new HashSet<>();
  private final Map<String, int[]> conduct = new HashMap<>();

  /** Neighbours that stand for nobody: what they showed in probes may be other people's ids. */
  private final Set<String> doubted = new HashSet<>();

  /** What each neighbour has begun to walk. */
  private final Map<String, List<Stretch>> walkedBy = new HashMap<>();

  private List<Coverage.Walker> walkers = List.of();

  private Phase phase = Phase.KEYS;

  /**
   * A typical time at each neighbour's ends: medians, so that one odd event or liar decides
   * nothing.
   */
  private final List<Long> oldest = new ArrayList<>();

  private final List<Long> newest = new ArrayList<>();

  /** Events in a nanosecond, as each probe showed them: by moment, the densest neighbour's. */
  private final Map<Integer, Double> densities = new HashMap<>();

  /** Older stretches, for when the memory has room for them. */
  private final Deque<Stretch> later = new ArrayDeque<>();

  private int nextCall;
  private int planned;
  private int settled;
  private int answers;
  private int failures;
  private int givenUp;
  private int probed;
  private long added;
  private boolean full;
  private String lastFailure = "";

  PagesRung(List<Peer> peers, Roster roster, RecoveryConfig config, int firstCall) {
    this.peers = List.copyOf(peers);
    this.roster = roster;
    this.config = config;
    this.nextCall = firstCall;
    peers.forEach(peer -> add(Phase.KEYS, peer, 0, page(Long.MIN_VALUE, Query.MOST, KEYS)));
  }

  @Override
  public List<Command> begin() {
    List<Command> commands = new ArrayList<>();
    do {
      beginWaiting(commands);
      beginStretches(commands);
    } while (underWay.isEmpty() && nextPhase());
    return commands;
  }

  private void beginWaiting(List<Command> commands) {
    int rounds = waiting.size();
    for (int i = 0; i < rounds && underWay.size() < config.maxUnderWay(); i++) {
      Job job = waiting.poll();
      if (!able(job.peer)) {
        leave(job);
      } else if (busy(job.peer) >= PER_PEER) {
        waiting.add(job);
      } else {
        start(job, commands);
      }
    }
  }

  private void beginStretches(List<Command> commands) {
    if (full) {
      planned -= stretches.size() + later.size();
      stretches.clear();
      later.clear();
    }
    if (stretches.isEmpty() && walking.isEmpty() && !later.isEmpty()) {
      stretches.add(later.poll());
    }
    for (Peer peer : peers) {
      while (able(peer) && busy(peer) < PER_PEER && underWay.size() < config.maxUnderWay()) {
        Optional<Stretch> next = stretchFor(peer.name());
        if (next.isEmpty()) {
          break;
        }
        walking.add(next.get());
        walkedBy.computeIfAbsent(peer.name(), name -> new ArrayList<>()).add(next.get());
        start(walk(peer, next.get(), 0), commands);
      }
    }
    // What nobody who is left can walk is given up, so that the rung ends.
    if (underWay.isEmpty() && phase == Phase.WALK) {
      givenUp += stretches.size();
      settled += stretches.size();
      stretches.clear();
    }
  }

  private Optional<Stretch> stretchFor(String peer) {
    for (Stretch stretch : stretches) {
      if (stretch.open(peer)) {
        stretches.remove(stretch);
        return Optional.of(stretch);
      }
    }
    if (full) {
      return Optional.empty();
    }
    Optional<Stretch> half =
        walking.stream()
            .filter(stretch -> stretch.open(peer))
            .max(Comparator.comparingDouble(Stretch::pagesLeft))
            .flatMap(Stretch::split);
    half.ifPresent(stretch -> planned++);
    return half;
  }

  private void start(Job job, List<Command> commands) {
    underWay.put(nextCall, job);
    commands.add(
        new Command.Fetch(nextCall++, job.peer, job.query, config.timeout(size(job.query))));
  }

  @Override
  public boolean ended(int call, FetchOutcome outcome) {
    Job job = underWay.remove(call);
    if (job == null) {
      return false;
    }
    roster.ended(job.peer, outcome);
    switch (outcome) {
      case Fetched page -> {
        answers++;
        added += page.offered().added();
        full |= added >= config.maxEvents();
        judge(job.peer, page);
        onPage(job, page);
      }
      case FetchFailed failed -> onFailed(job, failed);
    }
    return true;
  }

  private void onPage(Job job, Fetched page) {
    boolean more = page.nextCursor().isPresent() && page.events() > 0;
    settled++;
    switch (job.phase) {
      case KEYS -> {
        if (more && job.moment < MOST_KEY_PAGES && page.newestTs() - 1 > after(job.query)) {
          add(Phase.KEYS, job.peer, job.moment + 1, page(page.newestTs() - 1, Query.MOST, KEYS));
        }
      }
      case OLD_EDGES -> onOldEdge(job, page, more);
      case NEW_EDGES -> {
        probed += page.events();
        median(page).ifPresent(newest::add);
      }
      case PROBES -> {
        probed += page.events();
        coverage.shown(job.peer.name(), job.moment, page.stated(), more);
        measure(job.moment, page);
      }
      case WALK -> onWalked(job, page);
    }
  }

  private void onOldEdge(Job job, Fetched page, boolean more) {
    probed += page.events();
    coverage.shown(job.peer.name(), job.moment, page.stated(), more);
    median(page).ifPresent(oldest::add);
    if (!more) {
      // All that it has came in one answer.
      wholly.add(job.peer.name());
    }
    measure(job.moment, page);
  }

  private void measure(int moment, Fetched page) {
    long span = page.newestTs() - page.oldestTs();
    if (span > 0) {
      densities.merge(moment, (double) page.events() / span, Math::max);
    }
  }

  private static Optional<Long> median(Fetched page) {
    List<Long> times = page.stated().stream().map(MeshRequest.Stated::ts).sorted().toList();
    return times.isEmpty() ? Optional.empty() : Optional.of(times.get(times.size() / 2));
  }

  private void onWalked(Job job, Fetched page) {
    if (job.stretch.goesOn(page) && !full) {
      if (job.stretch.endless()) {
        roster.drop(job.peer, "its pages have no end");
        giveUp(job);
      } else if (able(job.peer)) {
        planned++;
        waiting.addFirst(walk(job.peer, job.stretch, 0));
      } else {
        passOn(job);
      }
    } else {
      walking.remove(job.stretch);
    }
  }

  private void onFailed(Job job, FetchFailed failed) {
    failures++;
    lastFailure = job.peer.name() + ": " + failed.reason();
    if (failed.failure() == MeshFailure.UNSUPPORTED) {
      unsupported.add(job.peer.name());
    }
    boolean again = able(job.peer) && job.tries + 1 < config.callTries();
    if (again) {
      waiting.add(new Job(job.phase, job.peer, job.moment, job.query, job.stretch, job.tries + 1));
    } else {
      leave(job);
    }
  }

  /** Its peer will not do it: a walk goes to another, the rest was about that peer alone. */
  private void leave(Job job) {
    if (job.phase == Phase.WALK) {
      passOn(job);
    } else {
      settled++;
    }
  }

  /** Lets somebody else walk the rest; anybody who can, when no equal is left. */
  private void passOn(Job job) {
    walking.remove(job.stretch);
    job.stretch.leaveOut(job.peer.name());
    if (!open(job.stretch)) {
      peers.stream().filter(this::able).forEach(peer -> job.stretch.admit(peer.name()));
    }
    if (open(job.stretch)) {
      stretches.addFirst(job.stretch);
    } else {
      giveUp(job);
    }
  }

  private boolean open(Stretch stretch) {
    return peers.stream().anyMatch(peer -> able(peer) && stretch.open(peer.name()));
  }

  private void giveUp(Job job) {
    walking.remove(job.stretch);
    givenUp++;
    settled++;
  }

  /**
   * Drops a peer much of whose events are refused: it costs time and brings nothing. One that
   * brings some that cannot be used is doubted: ids are easily shown, and whoever shows those of
   * others' events and then gives forgeries must not keep the others from being asked.
   */
  private void judge(Peer peer, Fetched page) {
    int[] sums = conduct.computeIfAbsent(peer.name(), name -> new int[3]);
    sums[0] += page.offered().received();
    sums[1] += page.offered().rejected();
    sums[2] += page.offered().rejected() + page.offered().quarantined();
    if (sums[1] >= REFUSED && sums[1] > REFUSED_SHARE * sums[0]) {
      roster.drop(peer, sums[1] + " of its " + sums[0] + " events were refused");
    }
    if (sums[2] >= UNUSABLE && sums[2] > UNUSABLE_SHARE * sums[0] && doubted.add(peer.name())) {
      onDoubt(peer.name());
    }
  }

  /** What the doubted one walked for others is walked again, and whom it covered is walked too. */
  private void onDoubt(String name) {
    if (phase != Phase.WALK) {
      return;
    }
    for (Stretch walked : walkedBy.getOrDefault(name, List.of())) {
      Set<String> others = new HashSet<>(walked.candidates());
      others.removeAll(doubted);
      if (!others.isEmpty()) {
        stretches.add(walked.again(others));
        planned++;
      }
    }
    Set<String> already = new HashSet<>();
    walkers.forEach(walker -> already.add(walker.peer()));
    List<Coverage.Walker> more = new ArrayList<>(trusted());
    more.removeIf(walker -> already.contains(walker.peer()));
    cut(more);
    walkers = new ArrayList<>(walkers);
    walkers.addAll(more);
  }

  /** The walkers that coverage chooses among those that are not doubted. */
  private List<Coverage.Walker> trusted() {
    return coverage.walkers(
        unknown().stream().map(Peer::name).filter(name -> !doubted.contains(name)).toList());
  }

  /** Goes on to the next phase when the present one has nothing left; false at the end. */
  private boolean nextPhase() {
    if (!waiting.isEmpty() || !stretches.isEmpty() || !later.isEmpty()) {
      return true;
    }
    switch (phase) {
      case KEYS -> {
        phase = Phase.OLD_EDGES;
        peers.forEach(peer -> add(phase, peer, 0, page(Long.MIN_VALUE, EDGE, Query.Filter.ALL)));
      }
      case OLD_EDGES -> {
        phase = Phase.NEW_EDGES;
        unknown().forEach(peer -> add(phase, peer, 0, new Query.Recent(EDGE, Query.Filter.ALL)));
      }
      case NEW_EDGES -> {
        phase = Phase.PROBES;
        probe();
      }
      case PROBES -> {
        phase = Phase.WALK;
        deal();
      }
      case WALK -> {
        return false;
      }
    }
    return true;
  }

  private void probe() {
    List<Peer> unknown = unknown();
    if (unknown.size() < 2 || config.thoroughness() == RecoveryConfig.Thoroughness.FULL) {
      return;
    }
    double all = densities.getOrDefault(0, 0.0) * ((double) end(newest) - end(oldest));
    int size =
        (int) Math.clamp(all * PROBE_SHARE / unknown.size() / MOMENTS, LEAST_PROBE, MOST_PROBE);
    for (int moment = 1; moment <= MOMENTS; moment++) {
      long at = boundary(moment);
      for (Peer peer : unknown) {
        add(phase, peer, moment, page(at, size, Query.Filter.ALL));
      }
    }
  }

  /** Cuts the time range at the moments, newest first, for each who has to be walked. */
  private void deal() {
    List<String> names = unknown().stream().map(Peer::name).toList();
    if (config.thoroughness() == RecoveryConfig.Thoroughness.FULL) {
      walkers = names.stream().map(PagesRung::alone).toList();
    } else {
      walkers = new ArrayList<>(trusted());
      names.stream().filter(doubted::contains).map(PagesRung::alone).forEach(walkers::add);
    }
    cut(walkers);
  }

  private static Coverage.Walker alone(String name) {
    return new Coverage.Walker(name, Set.of(name));
  }

  /** Makes stretches of the whole time range for each of these. */
  private void cut(List<Coverage.Walker> whom) {
    double room = config.maxEvents();
    double events = 0;
    int last = MOMENTS;
    for (int moment = MOMENTS; moment >= 0; moment--) {
      events += density(moment).perNano() * (boundary(moment + 1) - boundary(moment));
      // A stretch of less than a page would cost a page's margins all the same.
      if (events < WORTH_A_STRETCH && moment > 0) {
        continue;
      }
      long from = moment == 0 ? Long.MIN_VALUE : boundary(moment);
      long to = last == MOMENTS ? Long.MAX_VALUE : boundary(last + 1);
      // What probably does not fit into the memory beside the newer stretches has to wait.
      Deque<Stretch> when = room > 0 ? stretches : later;
      room -= events;
      for (Coverage.Walker walker : whom) {
        when.add(new Stretch(walker.mates(), from, to, density(moment), MOST_PAGES));
        planned++;
      }
      events = 0;
      last = moment - 1;
    }
  }

  private Stretch.Density density(int moment) {
    double around = densities.getOrDefault(moment, densities.getOrDefault(0, 0.0));
    return new Stretch.Density(around, end(oldest), end(newest));
  }

  private long boundary(int moment) {
    long from = end(oldest);
    double step = Math.max(1, ((double) end(newest) - from) / (MOMENTS + 1));
    return from + (long) (step * moment);
  }

  private static long end(List<Long> typical) {
    return typical.isEmpty() ? 0 : typical.stream().sorted().toList().get(typical.size() / 2);
  }

  /** Those of whom there may be more than has come. */
  private List<Peer> unknown() {
    return peers.stream().filter(p -> able(p) && !wholly.contains(p.name())).toList();
  }

  private void add(Phase of, Peer peer, int moment, Query query) {
    waiting.add(new Job(of, peer, moment, query, null, 0));
    planned++;
  }

  private static Job walk(Peer peer, Stretch stretch, int tries) {
    return new Job(Phase.WALK, peer, 0, stretch.query(), stretch, tries);
  }

  private static Query.Page page(long after, int size, Query.Filter filter) {
    return new Query.Page(after, size, filter);
  }

  private static int size(Query query) {
    return query instanceof Query.Page page ? page.size() : EDGE;
  }

  private static long after(Query query) {
    return ((Query.Page) query).after();
  }

  private boolean able(Peer peer) {
    return !unsupported.contains(peer.name()) && roster.willing(peer);
  }

  private long busy(Peer peer) {
    return underWay.values().stream().filter(job -> job.peer.equals(peer)).count();
  }

  @Override
  public boolean over() {
    return phase == Phase.WALK
        && waiting.isEmpty()
        && stretches.isEmpty()
        && later.isEmpty()
        && underWay.isEmpty();
  }

  @Override
  public boolean failed() {
    return answers == 0 || failures > answers;
  }

  @Override
  public String loss() {
    return givenUp == 0 ? "" : givenUp + " ranges of time could not be had from anybody";
  }

  @Override
  public List<Peer> unanswered() {
    return peers.stream().filter(peer -> !roster.answered(peer.name())).toList();
  }

  @Override
  public int nextCall() {
    return nextCall;
  }

  @Override
  public int planned() {
    return planned;
  }

  @Override
  public int settled() {
    return settled;
  }

  @Override
  public String summary() {
    StringBuilder line = new StringBuilder();
    line.append(answers).append(" pages; ");
    line.append(wholly.size() + walkers.size()).append(" of ").append(peers.size());
    line.append(" neighbours walked, ").append(probed).append(" events probed");
    Set<String> skipped = new LinkedHashSet<>();
    peers.forEach(peer -> skipped.add(peer.name()));
    skipped.removeAll(wholly);
    walkers.forEach(walker -> skipped.removeAll(walker.mates()));
    if (!skipped.isEmpty()) {
      line.append(", nothing new in those of ").append(String.join(", ", skipped));
    }
    if (full) {
      line.append("; the memory is full, older events were left");
    }
    List<String> dropped = roster.dropped();
    if (!dropped.isEmpty()) {
      line.append("; dropped ").append(String.join(", ", dropped));
    }
    if (givenUp > 0) {
      line.append("; ").append(givenUp).append(" ranges given up");
    }
    if (failures > 0) {
      line.append("; the last failure: ").append(lastFailure);
    }
    return line.toString();
  }
}
