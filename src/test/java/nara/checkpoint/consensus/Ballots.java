package nara.checkpoint.consensus;

import java.time.Instant;
import nara.checkpoint.consensus.Attestation.Claim;
import nara.checkpoint.consensus.Attestation.SubjectAsOf;
import nara.event.Checkpoint.AgreedValues;
import nara.testing.Citizen;

/** Short ways to create proposals and votes of test citizens. */
final class Ballots {
  static final Instant NOW = Instant.ofEpochSecond(1_790_000_000L);
  static final Citizen LISA = Citizen.named("lisa");
  static final AgreedValues VALUES = new AgreedValues(3, 86_400, 1_780_000_000L);
  static final Claim CLAIM = new Claim(VALUES, "");

  private Ballots() {}

  static Citizen voter(int number) {
    return Citizen.named("voter-" + number);
  }

  static SubjectAsOf subjectAsOf(Citizen subject, Instant at) {
    return new SubjectAsOf(subject.name(), subject.id(), at.getEpochSecond());
  }

  static Proposal proposal(Citizen who, Instant at, int round, Claim claim) {
    return new Proposal(Attestation.sign(who.identity(), subjectAsOf(who, at), claim), round);
  }

  /** Lisa's first round. */
  static Proposal proposal() {
    return proposal(LISA, NOW, 1, CLAIM);
  }

  static Vote vote(Citizen voter, Proposal on, Claim claim) {
    return new Vote(
        Attestation.sign(voter.identity(), on.attestation().subjectAsOf(), claim),
        on.attestation().asOfTime(),
        on.round(),
        claim.agreedValues().equals(on.attestation().claim().agreedValues()));
  }

  static Claim restarts(long restarts) {
    return new Claim(new AgreedValues(restarts, 86_400, 1_780_000_000L), "");
  }
}
