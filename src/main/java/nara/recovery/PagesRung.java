package nara.recovery;

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
import nara.mesh.MeshFailure;
import nara.mesh.MeshRequest.FetchFailed;
import nara.mesh.MeshRequest.FetchOutcome;
import nara.mesh.MeshRequest.Fetched;
import nara.mesh.MeshRequest.Peer;
import nara.recovery.Calls.Call;
import nara.recovery.Calls.Purpose;
import nara.recovery.Survey.Kin;

/**
 * Gets all that the neighbours together hold, page by page.
 *
 * <p>Every neighbour's ledger is measured first ({@link Ruler}), by which equals are known ({@link
 * Survey}). Then come the announcements, which bring the keys, the checkpoints, and what this node
 * itself is the subject of. Those whose ledgers differ are probed, to choose whom to walk ({@link
 * Coverage}); their events are walked, the newest first ({@link Walk}), each at its own {@link
 * Pace}; and in the end everybody's walk is checked by others ({@link Checks}).
 */
final class PagesRung implements Work {
  /** Moments at which ledgers that differ are probed. */
  private static final int MOMENTS = 8;

  private static final int LEAST_PROBE = 12;
  private static final int MOST_PROBE = 200;

  /** The share of all events that probes may cost, over all neighbours. */
  private static final double PROBE_SHARE = 0.02;

  /** Pages of what one filter lets through, from one neighbour. */
  private static final int MOST_FILTERED_PAGES = 20;

  /** How often a ledger is tried to be measured, when its peer does answer. */
  private static final int MEASURE_TRIES = 2;

  /**
   * How long the others wait for the slow half to be measured. Far more than a way around the
   * world; whoever takes longer is compared with what is held when all else is done.
   */
  static final Duration GRACE = Duration.ofMillis(500);

  private static final Query.Filter KEYS =
      new Query.Filter(Set.of(Service.HEY_THERE.wireName(), Service.CHAU.wireName()), Set.of());

  private static final Query.Filter CHECKPOINTS =
      new Query.Filter(Set.of(Service.CHECKPOINT.wireName()), Set.of());

  private final Map<String, Peer> peers = new LinkedHashMap<>();
  private final Roster roster;
  private final RecoveryConfig config;
  private final String me;
  private final Calls calls;
  private final Survey survey = new Survey();
  private final Coverage coverage = new Coverage();
  private final Walk walk = new Walk();
  private final Checks checks;

  private final Set<String> unsupported = new HashSet<>();
  private final Set<String> late = new HashSet<>();
  private final Set<String> doubted = new HashSet<>();
  private final Set<String> walkedHeads = new LinkedHashSet<>();

  /** Heads of groups whose probes brought events that nobody's key is known for. */
  private final Set<String> keysMissing = new LinkedHashSet<>();

  private Purpose phase = Purpose.MEASURE;
  private boolean graceAsked;
  private int answers;
  private int failures;
  private long probed;
  private long added;
  private boolean full;
  private String lastFailure = "";

  /**
   * A rung that has not begun.
   *
   * @param me this node's name: a subject of its own
   * @param random where spot checks look
   */
  PagesRung(
      List<Peer> peers,
      Roster roster,
      RecoveryConfig config,
      String me,
      RandomGenerator random,
      int firstCall) {
    peers.forEach(peer -> this.peers.put(peer.name(), peer));
    this.roster = roster;
    this.config = config;
    this.me = me;
    this.checks = new Checks(random);
    this.calls = new Calls(roster, config, firstCall);
    peers.forEach(peer -> ask(Purpose.MEASURE, peer, 0, "", Ruler.coarse()));
  }

  @Override
  public List<Command> begin() {
    List<Command> commands = new ArrayList<>();
    do {
      calls.begin(this::able, this::leave, commands);
      beginStretches(commands);
    } while (!busy() && nextPhase());
    return commands;
  }

  private void beginStretches(List<Command> commands) {
    if (full) {
      walk.leaveTheRest();
    }
    walk.giveUp(this::able, name -> roster.of(name).dropped().isEmpty());
    for (Peer peer : peers.values()) {
      while (able(peer.name()) && calls.room(peer.name()) && memoryLeft()) {
        Optional<Stretch> next = walk.next(peer.name(), this::preferred);
        if (next.isEmpty()) {
          break;
        }
        calls.begin(page(peer, next.get()), commands);
      }
    }
  }

  /** Whether the memory has room for more than what is under way will probably bring. */
  private boolean memoryLeft() {
    long underWay = walk.underWay();
    return underWay == 0 || added + underWay < config.maxEvents();
  }

  @Override
  public boolean ended(int number, FetchOutcome outcome) {
    Optional<Call> ended = calls.ended(number, outcome);
    if (ended.isEmpty()) {
      return false;
    }
    Call call = ended.get();
    switch (outcome) {
      case Fetched page -> {
        answers++;
        added += page.offered().added();
        full |= added >= config.maxEvents();
        onPage(call, page);
      }
      case FetchFailed failed -> {
        failures++;
        lastFailure = call.name() + ": " + failed.reason();
        onFailed(call, failed.failure());
      }
    }
    doubt(call.name());
    return true;
  }

  private void onPage(Call call, Fetched page) {
    switch (call.purpose()) {
      case MEASURE -> onMeasured(call, page);
      case KEYS, CHECKPOINTS, OWN, MORE_KEYS -> onFiltered(call, page);
      case PROBE -> {
        probed += page.events();
        boolean more = page.nextCursor().isPresent() && page.events() > 0;
        coverage.shown(call.about(), call.part(), page.stated(), more);
        if (page.offered().quarantined() > 0) {
          keysMissing.add(call.about());
        }
      }
      case WALK -> onWalked(call.peer(), call.stretch(), page);
      case CHECK -> {
        probed += page.events();
        if (page.offered().gained() > 0) {
          roster.of(call.about()).disproved();
          doubt(call.about());
        }
      }
      case PROVE -> {
        probed += page.events();
        if (page.offered().gained() > 0) {
          survey.of(call.about()).ifPresent(this::deal);
        }
      }
    }
  }

  private void onMeasured(Call call, Fetched page) {
    probed += page.events();
    if (page.stated().size() != page.events()) {
      // Events of an unusual form: the places of the others are not known then.
      survey.unmeasured(call.name());
    } else if (call.part() == 0) {
      survey
          .coarse(call.name(), page.stated())
          .fine()
          .ifPresentOrElse(
              query -> ask(Purpose.MEASURE, call.peer(), 1, "", query),
              () -> survey.fine(call.name(), List.of()));
    } else {
      survey.fine(call.name(), page.stated());
    }
  }

  private void onFiltered(Call call, Fetched page) {
    Query.Page asked = (Query.Page) call.query();
    long next = Ruler.before(page.newestTs());
    boolean more = page.nextCursor().isPresent() && page.events() > 0 && next > asked.after();
    if (more && call.part() < MOST_FILTERED_PAGES) {
      ask(call.purpose(), call.peer(), call.part() + 1, "", filtered(next, asked.filter()));
    }
  }

  private void onWalked(Peer peer, Stretch stretch, Fetched page) {
    if (stretch.goesOn(page) && !full) {
      if (stretch.endless()) {
        roster.drop(peer, "its pages have no end");
      }
      if (able(peer.name())) {
        calls.goOn(page(peer, stretch));
      } else {
        walk.passOn(stretch);
      }
      return;
    }
    long missing = full ? 0 : stretch.missing();
    walk.done(stretch);
    if (missing > 0) {
      roster.of(peer.name()).keptBack(missing);
      walk.recheck(stretch, peer.name(), this::trusted).ifPresent(s -> walk.deal(List.of(s)));
    }
  }

  private void onFailed(Call call, MeshFailure failure) {
    boolean stalled = failure == MeshFailure.STALLED;
    boolean again;
    if (call.purpose() == Purpose.MEASURE) {
      late.add(call.name());
      again = stalled || call.tries() + 1 < MEASURE_TRIES;
    } else {
      if (failure == MeshFailure.UNSUPPORTED) {
        unsupported.add(call.name());
      }
      // Who stalls loses its work at once, if there is anybody else.
      again = call.tries() + 1 < config.callTries() && !(stalled && othersFor(call));
    }
    if (again && able(call.name())) {
      calls.again(call, call.peer());
    } else {
      leave(call);
    }
  }

  private boolean othersFor(Call call) {
    return switch (call.purpose()) {
      case WALK -> call.stretch().candidates().stream().anyMatch(this::preferred);
      case KEYS, CHECKPOINTS, OWN -> leader().filter(this::preferred).isPresent();
      case PROBE, MORE_KEYS, CHECK, PROVE -> true;
      case MEASURE -> false;
    };
  }

  /** Its peer will not do it: what another can do goes to another, the rest was about it alone. */
  private void leave(Call call) {
    switch (call.purpose()) {
      case WALK -> walk.passOn(call.stretch());
      case KEYS, CHECKPOINTS, OWN -> {
        if (call.tries() < config.callTries()) {
          leader().ifPresent(other -> calls.again(call, peers.get(other)));
        }
      }
      case MEASURE -> {
        if (able(call.name())) {
          survey.unmeasured(call.name());
        }
      }
      case PROBE, MORE_KEYS, CHECK, PROVE -> {
        // Whoever showed too little is walked.
      }
    }
  }

  /** One that brings much that cannot be used: what it walked for others is walked again. */
  private void doubt(String name) {
    if (roster.of(name).doubtful() && doubted.add(name)) {
      walk.recheck(name, this::trusted);
    }
  }

  /** Goes on to the next phase when the present one has nothing left; false at the end. */
  private boolean nextPhase() {
    switch (phase) {
      case MEASURE -> {
        group();
        phase = Purpose.KEYS;
        askLeader(KEYS);
      }
      case KEYS -> {
        phase = Purpose.CHECKPOINTS;
        askLeader(CHECKPOINTS);
      }
      case CHECKPOINTS -> {
        phase = Purpose.OWN;
        askLeader(new Query.Filter(Set.of(), Set.of(me)));
      }
      case OWN -> {
        phase = Purpose.PROBE;
        probe();
      }
      case PROBE -> {
        phase = Purpose.MORE_KEYS;
        for (String head : keysMissing) {
          Query keys = filtered(Long.MIN_VALUE, KEYS);
          survey.of(head).flatMap(this::member).ifPresent(peer -> ask(phase, peer, 0, "", keys));
        }
      }
      case MORE_KEYS -> {
        phase = Purpose.WALK;
        walkers().forEach(this::deal);
      }
      case WALK, CHECK, PROVE -> {
        phase = Purpose.CHECK;
        group();
        check();
        return calls.any(this::waitedFor) || !walk.idle();
      }
    }
    return true;
  }

  private void group() {
    boolean alone = config.thoroughness() == RecoveryConfig.Thoroughness.FULL;
    for (String name : survey.group(peers.keySet(), alone)) {
      Kin kin = survey.of(name).orElseThrow();
      if (walkedHeads.contains(kin.head())) {
        // It came late: what it shares is had already.
        walk.deal(List.of(Kin.tail(name, kin.shared().get(name))));
      } else if (phase == Purpose.CHECK && (kin.ruler().isEmpty() || alone)) {
        deal(kin);
      }
    }
  }

  private void askLeader(Query.Filter filter) {
    leader()
        .ifPresent(name -> ask(phase, peers.get(name), 0, "", filtered(Long.MIN_VALUE, filter)));
  }

  private void probe() {
    List<Kin> groups = survey.kin().stream().filter(kin -> kin.count() > 0).toList();
    if (groups.size() < 2 || config.thoroughness() == RecoveryConfig.Thoroughness.FULL) {
      return;
    }
    double all = groups.stream().mapToLong(Kin::count).sum();
    int size =
        (int) Math.clamp(all * PROBE_SHARE / groups.size() / MOMENTS, LEAST_PROBE, MOST_PROBE);
    List<Long> moments = Survey.moments(groups, MOMENTS);
    for (int i = 0; i < moments.size(); i++) {
      for (Kin kin : groups) {
        Query query = new Query.Page(moments.get(i), size, Query.Filter.ALL);
        int moment = i;
        member(kin).ifPresent(peer -> ask(Purpose.PROBE, peer, moment, kin.head(), query));
      }
    }
  }

  private List<Kin> walkers() {
    List<Kin> groups = survey.kin();
    if (groups.size() < 2 || config.thoroughness() == RecoveryConfig.Thoroughness.FULL) {
      return groups;
    }
    List<String> heads = coverage.walkers(groups.stream().map(Kin::head).toList());
    return groups.stream().filter(kin -> heads.contains(kin.head())).toList();
  }

  private void deal(Kin kin) {
    if (walkedHeads.add(kin.head())) {
      walk.deal(kin.stretches());
    }
  }

  private void check() {
    if (full) {
      return;
    }
    for (Checks.Check check : checks.ofWalkers(List.copyOf(peers.keySet()), walk, this::trusted)) {
      ask(Purpose.CHECK, peers.get(check.asked()), 0, check.about(), check.query());
    }
    for (Kin kin : survey.kin()) {
      if (!walkedHeads.contains(kin.head())) {
        member(kin)
            .ifPresent(
                peer ->
                    checks
                        .ofPassedOver(kin, peer.name())
                        .forEach(c -> ask(Purpose.PROVE, peer, 0, c.about(), c.query())));
      }
    }
  }

  /** Whoever speaks for all in what only one is asked for: of the largest group, if possible. */
  private Optional<String> leader() {
    return survey.kin().stream()
        .map(this::member)
        .flatMap(Optional::stream)
        .map(Peer::name)
        .findFirst();
  }

  private Optional<Peer> member(Kin kin) {
    List<String> able = kin.names().stream().filter(this::able).toList();
    return able.stream()
        .filter(this::preferred)
        .findFirst()
        .or(() -> able.stream().findFirst())
        .map(peers::get);
  }

  private void ask(Purpose purpose, Peer peer, int part, String about, Query query) {
    calls.add(new Call(purpose, peer, part, about, query, null, 0));
  }

  private Call page(Peer peer, Stretch stretch) {
    Query query = stretch.query(calls.pace(peer.name()).page());
    return new Call(Purpose.WALK, peer, 0, "", query, stretch, 0);
  }

  private static Query filtered(long after, Query.Filter filter) {
    return new Query.Page(after, Query.MOST, filter);
  }

  private boolean able(String name) {
    return !unsupported.contains(name) && roster.of(name).willing();
  }

  private boolean trusted(String name) {
    return able(name) && !roster.of(name).doubtful();
  }

  private boolean preferred(String name) {
    return trusted(name) && roster.of(name).steady();
  }

  /** Whether there is anything that has to end before the next phase, or the end, may come. */
  private boolean busy() {
    return !walk.idle() || calls.any(this::waitedFor);
  }

  /**
   * Nobody waits for the measure of one that is late, but in the end; and for one that has stalled
   * not even then, as long as anybody else has answered.
   */
  private boolean waitedFor(Call call) {
    if (call.purpose() != Purpose.MEASURE || !survey.anybodyDone()) {
      return true;
    }
    return switch (phase) {
      case MEASURE -> !late.contains(call.name());
      case CHECK -> roster.of(call.name()).steady();
      default -> false;
    };
  }

  @Override
  public Optional<Duration> wakeAfter() {
    long done = peers.keySet().stream().filter(survey::done).count();
    if (graceAsked || phase != Purpose.MEASURE || done == 0 || 2 * done < peers.size()) {
      return Optional.empty();
    }
    graceAsked = true;
    return Optional.of(GRACE);
  }

  @Override
  public void woken() {
    if (phase == Purpose.MEASURE) {
      peers.keySet().stream().filter(name -> !survey.done(name)).forEach(late::add);
    }
  }

  @Override
  public boolean over() {
    return phase == Purpose.CHECK && !busy();
  }

  @Override
  public boolean failed() {
    return answers == 0 || (failures > answers && walk.settled() == 0);
  }

  @Override
  public String loss() {
    return walk.givenUp() == 0
        ? ""
        : walk.givenUp() + " ranges of time could not be had from anybody";
  }

  /** Those who answer, but not this: another way of asking may suit them. */
  @Override
  public List<Peer> unanswered() {
    return peers.values().stream().filter(peer -> roster.of(peer.name()).unwilling()).toList();
  }

  @Override
  public int nextCall() {
    return calls.next();
  }

  @Override
  public int planned() {
    return calls.added() + walk.dealt();
  }

  @Override
  public int settled() {
    return calls.settled() + walk.settled();
  }

  @Override
  public String summary() {
    StringBuilder line = new StringBuilder();
    Set<String> walked = new LinkedHashSet<>();
    walkedHeads.forEach(head -> survey.of(head).ifPresent(kin -> walked.addAll(kin.names())));
    line.append(answers).append(" pages; ").append(walked.size()).append(" of ");
    line.append(peers.size()).append(" neighbours walked in ").append(walkedHeads.size());
    line.append(walkedHeads.size() == 1 ? " group, " : " groups, ");
    line.append(probed).append(" events probed");
    Set<String> skipped = new LinkedHashSet<>(peers.keySet());
    skipped.removeIf(name -> walked.contains(name) || !survey.done(name));
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
    if (walk.givenUp() > 0) {
      line.append("; ").append(walk.givenUp()).append(" ranges given up");
    }
    if (failures > 0) {
      line.append("; the last failure: ").append(lastFailure);
    }
    return line.toString();
  }
}
