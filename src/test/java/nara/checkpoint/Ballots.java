package nara.checkpoint;

import java.time.Instant;
import nara.checkpoint.Attestation.Claim;
import nara.checkpoint.Attestation.Moment;
import nara.event.Checkpoint.Standing;
import nara.testing.Citizen;

/** Proposals and votes of test citizens, in short. */
final class Ballots {
  static final Instant NOW = Instant.ofEpochSecond(1_790_000_000L);
  static final Citizen LISA = Citizen.named("lisa");
  static final Standing STANDING = new Standing(3, 86_400, 1_780_000_000L);
  static final Claim CLAIM = new Claim(STANDING, "");

  private Ballots() {}

  static Citizen voter(int number) {
    return Citizen.named("voter-" + number);
  }

  static Moment momentOf(Citizen subject, Instant at) {
    return new Moment(subject.name(), subject.id(), at.getEpochSecond());
  }

  static Proposal proposal(Citizen who, Instant at, int round, Claim claim) {
    return new Proposal(Attestation.by(who.identity(), momentOf(who, at), claim), round);
  }

  /** The first round of Lisa. */
  static Proposal proposal() {
    return proposal(LISA, NOW, 1, CLAIM);
  }

  static Vote vote(Citizen voter, Proposal on, Claim claim) {
    return new Vote(
        Attestation.by(voter.identity(), on.attestation().moment(), claim),
        on.attestation().asOfTime(),
        on.round(),
        claim.standing().equals(on.attestation().claim().standing()));
  }

  static Claim restarts(long restarts) {
    return new Claim(new Standing(restarts, 86_400, 1_780_000_000L), "");
  }
}
