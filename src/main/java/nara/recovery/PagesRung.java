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
  /** Pages of what one filter lets through, from one neighbour. */
  private static final int MOST_FILTERED_PAGES = 20;

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
  private final Probing probing = new Probing();
  private final Walk walk = new Walk();
  private final Measuring measuring;
  private final Checks checks;
  private final PagesAccount account = new PagesAccount();

  private final Set<String> doubted = new HashSet<>();
  private final Set<String> walkedHeads = new LinkedHashSet<>();

  private Purpose phase = Purpose.MEASURE;
  private boolean full;

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
    this.measuring = new Measuring(this.peers.values(), roster, calls, survey);
  }

  @Override
  public List<Command> begin() {
    List<Command> commands = new ArrayList<>();
    do {
      calls.begin(roster::willing, this::leave, commands);
      beginStretches(commands);
    } while (!busy() && nextPhase());
    return commands;
  }

  private void beginStretches(List<Command> commands) {
    if (full) {
      walk.leaveTheRest();
    }
    walk.giveUp(roster::willing, name -> roster.of(name).dropped().isEmpty());
    for (Peer peer : peers.values()) {
      while (roster.willing(peer.name()) && calls.room(peer.name()) && memoryLeft()) {
        Optional<Stretch> next = walk.next(peer.name(), roster::preferred);
        if (next.isEmpty()) {
          break;
        }
        calls.begin(page(peer, next.get()), commands);
      }
    }
  }

  /**
   * Whether the memory has room for more than what is under way will probably bring: nothing, from
   * one that stalls.
   */
  private boolean memoryLeft() {
    long underWay = walk.underWay(name -> roster.of(name).steady());
    return underWay == 0 || account.added() + underWay < config.maxEvents();
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
        account.answered(call, page);
        full |= account.added() >= config.maxEvents() || nothingStays(call, page);
        onPage(call, page);
      }
      case FetchFailed failed -> {
        account.failed(call, failed);
        onFailed(call, failed.failure());
      }
    }
    doubt(call.name());
    return true;
  }

  /**
   * Whether all that was new on a page was pruned at once. The newest are walked first, so what is
   * older would be pruned as well. What was added alone does not tell it: some of what is held was
   * there before, or waited for its key.
   */
  private boolean nothingStays(Call call, Fetched page) {
    return call.purpose() == Purpose.WALK
        && page.offered().pruned() > 0
        && page.offered().added() == 0
        && roster.trusted(call.name());
  }

  private void onPage(Call call, Fetched page) {
    switch (call.purpose()) {
      case MEASURE -> measuring.onAnswer(call, page);
      case KEYS, CHECKPOINTS, OWN, MORE_KEYS -> onFiltered(call, page);
      case PROBE -> probing.shown(call.about(), call.part(), page);
      case WALK -> onWalked(call.peer(), call.stretch(), page);
      case CHECK -> {
        if (page.offered().gained() > 0) {
          roster.of(call.about()).disproved();
          doubt(call.about());
        }
      }
      case PROVE -> {
        if (page.offered().gained() > 0) {
          survey.of(call.about()).ifPresent(this::deal);
        }
      }
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
      if (roster.willing(peer.name())) {
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
      walk.recheck(stretch, peer.name(), roster::trusted).ifPresent(s -> walk.deal(List.of(s)));
    }
  }

  private void onFailed(Call call, MeshFailure failure) {
    boolean again =
        call.purpose() == Purpose.MEASURE
            ? measuring.again(call, failure)
            // Who stalls loses its work at once, if there is anybody else.
            : call.tries() + 1 < config.callTries()
                && !(failure == MeshFailure.STALLED && othersFor(call));
    if (again && roster.willing(call.name())) {
      calls.again(call, call.peer());
    } else {
      leave(call);
    }
  }

  private boolean othersFor(Call call) {
    return switch (call.purpose()) {
      case WALK -> call.stretch().candidates().stream().anyMatch(roster::preferred);
      case KEYS, CHECKPOINTS, OWN -> leader().filter(roster::preferred).isPresent();
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
      case MEASURE -> measuring.left(call);
      case PROBE, MORE_KEYS, CHECK, PROVE -> {
        // Whoever showed too little is walked.
      }
    }
  }

  /** One that brings much that cannot be used: what it walked for others is walked again. */
  private void doubt(String name) {
    if (roster.of(name).doubtful() && doubted.add(name)) {
      walk.recheck(name, roster::trusted);
    }
  }

  /** Goes on to the next phase when the present one has nothing left; false at the end. */
  private boolean nextPhase() {
    switch (phase) {
      case MEASURE -> {
        group();
        phase = Purpose.KEYS;
        askLeader(Purpose.KEYS, KEYS);
      }
      // None of these waits for another: they are asked in this order, and one way there and back
      // is enough for all.
      case KEYS, CHECKPOINTS, OWN -> {
        phase = Purpose.PROBE;
        askLeader(Purpose.CHECKPOINTS, CHECKPOINTS);
        askLeader(Purpose.OWN, new Query.Filter(Set.of(), Set.of(me)));
        probe();
      }
      case PROBE -> {
        phase = Purpose.MORE_KEYS;
        for (String head : probing.keysMissing()) {
          Query keys = filtered(Long.MIN_VALUE, KEYS);
          survey.of(head).flatMap(this::member).ifPresent(peer -> ask(phase, peer, 0, "", keys));
        }
      }
      case MORE_KEYS -> {
        phase = Purpose.WALK;
        (everybody() ? survey.kin() : probing.walkers(survey.kin())).forEach(this::deal);
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
    for (String name : survey.group(peers.keySet(), everybody())) {
      Kin kin = survey.of(name).orElseThrow();
      if (walkedHeads.contains(kin.head())) {
        // It came late: what it shares is had already.
        walk.deal(List.of(Kin.tail(name, kin.shared().get(name))));
      } else if (phase == Purpose.CHECK && (kin.ruler().isEmpty() || everybody())) {
        deal(kin);
      }
    }
  }

  private void askLeader(Purpose purpose, Query.Filter filter) {
    leader()
        .ifPresent(name -> ask(purpose, peers.get(name), 0, "", filtered(Long.MIN_VALUE, filter)));
  }

  private void probe() {
    for (Probing.Probe probe :
        everybody() ? List.<Probing.Probe>of() : probing.probes(survey.kin())) {
      String head = probe.kin().head();
      member(probe.kin())
          .ifPresent(peer -> ask(Purpose.PROBE, peer, probe.moment(), head, probe.query()));
    }
  }

  /** Whether nobody is passed over, not even an equal. */
  private boolean everybody() {
    return config.thoroughness() == RecoveryConfig.Thoroughness.FULL;
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
    for (Checks.Check check :
        checks.ofWalkers(List.copyOf(peers.keySet()), walk, roster::preferred)) {
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
    List<String> able = kin.names().stream().filter(roster::willing).toList();
    return able.stream()
        .filter(roster::preferred)
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

  /** Whether there is anything that has to end before the next phase, or the end, may come. */
  private boolean busy() {
    return !walk.idle() || calls.any(this::waitedFor);
  }

  /**
   * Of one that stalls, the few events that it may have beyond its equals are not waited for when
   * all else is done: its patience would be doubled up to minutes for them.
   */
  private boolean waitedFor(Call call) {
    return switch (call.purpose()) {
      case MEASURE -> measuring.waitedFor(call, phase);
      case WALK -> !call.stretch().tail() || roster.of(call.name()).steady();
      case KEYS, CHECKPOINTS, OWN, PROBE, MORE_KEYS, CHECK, PROVE -> true;
    };
  }

  @Override
  public Optional<Duration> wakeAfter() {
    return measuring.wakeAfter();
  }

  @Override
  public void woken() {
    measuring.woken();
  }

  @Override
  public boolean over() {
    return phase == Purpose.CHECK && !busy();
  }

  @Override
  public boolean failed() {
    return account.nothingCame() || (account.mostlyFailed() && walk.settled() == 0);
  }

  @Override
  public String loss() {
    return walk.givenUp() == 0
        ? ""
        : walk.givenUp()
            + (walk.givenUp() == 1 ? " range" : " ranges")
            + " of time could not be had from anybody";
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
    Set<String> walked = new LinkedHashSet<>();
    walkedHeads.forEach(head -> survey.of(head).ifPresent(kin -> walked.addAll(kin.names())));
    Set<String> measured = new LinkedHashSet<>(peers.keySet());
    measured.removeIf(name -> !survey.done(name));
    return account.summary(
        peers.size(), walked, walkedHeads.size(), measured, full, roster, walk.givenUp());
  }
}
