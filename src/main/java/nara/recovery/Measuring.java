package nara.recovery;

import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import nara.ledger.Query;
import nara.mesh.MeshFailure;
import nara.mesh.MeshRequest.Fetched;
import nara.mesh.MeshRequest.Peer;
import nara.recovery.Calls.Call;
import nara.recovery.Calls.Purpose;

/**
 * Has every ledger measured, at the beginning of a recovery. Nobody slow holds the others up: once
 * half of the neighbours are measured the rest has {@link #GRACE}, and who comes later is compared
 * with what is held when all else is done.
 */
final class Measuring {
  /** How long the others wait for the slow half: far more than a way around the world takes. */
  static final Duration GRACE = Duration.ofMillis(500);

  /** How often it is tried, when the peer does answer. */
  private static final int TRIES = 2;

  private final Collection<Peer> peers;
  private final Roster roster;
  private final Calls calls;
  private final Survey survey;
  private final Set<String> late = new HashSet<>();
  private boolean graceAsked;

  Measuring(Collection<Peer> peers, Roster roster, Calls calls, Survey survey) {
    this.peers = peers;
    this.roster = roster;
    this.calls = calls;
    this.survey = survey;
    peers.forEach(peer -> ask(peer, 0, Ruler.coarse()));
  }

  private void ask(Peer peer, int part, Query query) {
    calls.add(new Call(Purpose.MEASURE, peer, part, "", query, null, 0));
  }

  void onAnswer(Call call, Fetched page) {
    String name = call.name();
    if (page.stated().size() != page.events()) {
      // Events of an unusual form: the places of the others are not known then.
      survey.unmeasured(name);
    } else if (call.part() == 0) {
      survey
          .coarse(name, page.stated())
          .fine()
          .ifPresentOrElse(
              query -> ask(call.peer(), 1, query), () -> survey.fine(name, page.stated()));
    } else {
      survey.fine(name, page.stated());
    }
  }

  /** Whether it is asked again; who stalls is, with more patience each time. */
  boolean again(Call call, MeshFailure failure) {
    late.add(call.name());
    return failure == MeshFailure.STALLED || call.tries() + 1 < TRIES;
  }

  /** It is not asked again: one that is there will be walked as it is. */
  void left(Call call) {
    Conduct conduct = roster.of(call.name());
    if (conduct.willing() && (conduct.answeredOnce() || conduct.unwilling())) {
      survey.unmeasured(call.name());
    }
  }

  /**
   * Whether a phase ends only when this call does. In the end those who are late are waited for,
   * but not one that has stalled, as long as anybody else has answered.
   */
  boolean waitedFor(Call call, Purpose phase) {
    if (!survey.anybodyDone()) {
      return true;
    }
    return switch (phase) {
      case MEASURE -> !late.contains(call.name());
      case KEYS, CHECKPOINTS, OWN, PROBE, MORE_KEYS, WALK -> false;
      case CHECK, PROVE -> roster.of(call.name()).steady();
    };
  }

  /** After how long {@link #woken} wants to be called; once, when half of them are measured. */
  Optional<Duration> wakeAfter() {
    long done = peers.stream().filter(peer -> survey.done(peer.name())).count();
    if (graceAsked || done == 0 || done == peers.size() || 2 * done < peers.size()) {
      return Optional.empty();
    }
    graceAsked = true;
    return Optional.of(GRACE);
  }

  void woken() {
    if (graceAsked) {
      peers.stream().map(Peer::name).filter(name -> !survey.done(name)).forEach(late::add);
    }
  }
}
