package nara.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import nara.cluster.LeaderElection.ElectionAction.ReplaceLease;
import nara.cluster.map.Lease;
import nara.cluster.map.TermTracker;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Members with different clocks, a map with delays, and pauses of any length. */
class LeaderElectionProperties {
  private static final Duration LEASE = Duration.ofSeconds(10);
  private static final long STEP = Duration.ofMillis(250).toNanos();
  private static final int STEPS = 2_000;

  /** The lease in the map; a replacement is atomic. */
  private Optional<Lease> entry = Optional.empty();

  private long now;

  @Property(tries = 200)
  void at_most_one_member_leads_and_terms_increase(@ForAll long seed) {
    Random random = new Random(seed);
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      members.add(new Member("m" + i, random.nextLong() / 4));
    }
    entry = Optional.empty();
    long lastTerm = 0;
    for (int step = 0; step < STEPS; step++) {
      now += STEP;
      for (Member member : members) {
        member.live(random);
      }
      List<Member> leaders = members.stream().filter(Member::leadsNow).toList();
      assertThat(leaders).hasSizeLessThan(2);
      long term = entry.map(Lease::term).orElse(0L);
      assertThat(term).isGreaterThanOrEqualTo(lastTerm);
      lastTerm = term;
    }
    assertThat(lastTerm).isPositive();
  }

  /**
   * A former leader resumes after a pause, and for a while sees its own copy of the map. No quorum
   * confirms its replacements there.
   */
  @Property(tries = 200)
  void returning_member_does_not_depose_the_leader(@ForAll long seed) {
    Random random = new Random(seed);
    LeaderElection leader = new LeaderElection("leader", "leader", LEASE);
    leader.onReplaced(new Lease(2, 1, "leader", "leader"), 0);
    LeaderElection back = new LeaderElection("back", "back", LEASE);
    TermTracker seenTerms = new TermTracker();
    seenTerms.observe(1);
    Optional<Lease> copy = Optional.of(new Lease(1, 9, "back", "back"));
    int tries = random.nextInt(6);
    for (int i = 0; i < tries; i++) {
      back.observe(copy, i);
      seenTerms.observe(copy);
      if (back.nextAction(true, seenTerms.highest(), i) instanceof ReplaceLease lease) {
        copy = Optional.of(lease.replacement());
        if (random.nextBoolean()) {
          seenTerms.observe(copy);
          back.onNotReplaced(copy, i);
        }
      }
      assertThat(back.leading()).isFalse();
    }
    Optional<Lease> real = Optional.of(new Lease(2, 2, "leader", "leader"));
    back.observe(real, tries);
    seenTerms.observe(real);
    // The commands and writes of the returning member carry the highest term that it has seen.
    assertThat(leader.nextAction(true, seenTerms.highest(), tries))
        .isInstanceOf(ReplaceLease.class);
  }

  /** A member that reads the map sometimes, and whose writes arrive late. */
  private final class Member {
    private final LeaderElection election;
    private final long offset;
    private long pausedUntil;
    private Optional<ReplaceLease> sent = Optional.empty();
    private boolean renewing;
    private long sentAt;
    private long arrives;

    Member(String name, long offset) {
      this.election = new LeaderElection(name, name, LEASE);
      this.offset = offset;
    }

    void live(Random random) {
      if (now < pausedUntil) {
        return;
      }
      if (random.nextInt(60) == 0) {
        pausedUntil = now + random.nextInt(120) * STEP;
        return;
      }
      if (sent.isPresent()) {
        if (now >= arrives) {
          arrive(sent.get());
          sent = Optional.empty();
        }
        return;
      }
      if (!election.leading()) {
        election.observe(entry, clock());
      }
      long highest = random.nextInt(4) == 0 ? entry.map(Lease::term).orElse(0L) : 0;
      if (election.nextAction(true, highest, clock()) instanceof ReplaceLease lease) {
        sent = Optional.of(lease);
        renewing = election.leading();
        sentAt = clock();
        arrives = now + random.nextInt(20) * STEP;
      }
    }

    private void arrive(ReplaceLease lease) {
      boolean put = entry.equals(lease.expected());
      if (put) {
        entry = Optional.of(lease.replacement());
      }
      if (renewing && !election.leading()) {
        return;
      }
      if (put) {
        election.onReplaced(lease.replacement(), sentAt);
      } else {
        election.onNotReplaced(entry, clock());
      }
    }

    /** Whether it would act as the leader at this moment. */
    boolean leadsNow() {
      return election.leading() && election.nextAction(true, 0, clock()) instanceof ReplaceLease;
    }

    private long clock() {
      return now + offset;
    }
  }
}
