package nara.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Members with clocks of their own, a map that may answer late, and pauses of any length. */
class LeadershipProperties {
  private static final Duration LEASE = Duration.ofSeconds(10);
  private static final long STEP = Duration.ofMillis(250).toNanos();
  private static final int STEPS = 2_000;

  /** The entry in the map; a replacement there is one thing, whatever happens around it. */
  private Optional<Lease> entry = Optional.empty();

  private long now;

  @Property(tries = 200)
  void two_never_lead_at_once_and_terms_only_grow(@ForAll long seed) {
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
   * A member that led goes on after a pause, and for a while takes its own copy of the entry for
   * the map: whatever it tries there is never confirmed.
   */
  @Property(tries = 200)
  void whoever_comes_back_does_not_end_the_lead_of_another(@ForAll long seed) {
    Random random = new Random(seed);
    Leadership leader = new Leadership("leader", "leader", LEASE);
    leader.replaced(new Lease(2, 1, "leader", "leader"), 0);
    Leadership back = new Leadership("back", "back", LEASE);
    Terms heard = new Terms();
    heard.saw(1);
    Optional<Lease> copy = Optional.of(new Lease(1, 9, "back", "back"));
    int tries = random.nextInt(6);
    for (int i = 0; i < tries; i++) {
      back.saw(copy, i);
      heard.saw(copy);
      if (back.next(true, heard.highest(), i) instanceof Leadership.Move.Replace replace) {
        copy = Optional.of(replace.wanted());
        if (random.nextBoolean()) {
          heard.saw(copy);
          back.notReplaced(copy, i);
        }
      }
      assertThat(back.leading()).isFalse();
    }
    Optional<Lease> real = Optional.of(new Lease(2, 2, "leader", "leader"));
    back.saw(real, tries);
    heard.saw(real);
    // Its commands and writes carry the highest term that it has heard of.
    assertThat(leader.next(true, heard.highest(), tries))
        .isInstanceOf(Leadership.Move.Replace.class);
  }

  /** One member: it looks at the map now and then, and what it sends arrives late. */
  private final class Member {
    private final Leadership leadership;
    private final long offset;
    private long pausedUntil;
    private Optional<Leadership.Move.Replace> sent = Optional.empty();
    private boolean renewing;
    private long sentAt;
    private long arrives;

    Member(String name, long offset) {
      this.leadership = new Leadership(name, name, LEASE);
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
      if (!leadership.leading()) {
        leadership.saw(entry, clock());
      }
      long highest = random.nextInt(4) == 0 ? entry.map(Lease::term).orElse(0L) : 0;
      if (leadership.next(true, highest, clock()) instanceof Leadership.Move.Replace replace) {
        sent = Optional.of(replace);
        renewing = leadership.leading();
        sentAt = clock();
        arrives = now + random.nextInt(20) * STEP;
      }
    }

    private void arrive(Leadership.Move.Replace replace) {
      boolean put = entry.equals(replace.seen());
      if (put) {
        entry = Optional.of(replace.wanted());
      }
      if (renewing && !leadership.leading()) {
        return;
      }
      if (put) {
        leadership.replaced(replace.wanted(), sentAt);
      } else {
        leadership.notReplaced(entry, clock());
      }
    }

    /** Whether it would lead if it did anything at this moment. */
    boolean leadsNow() {
      return leadership.leading()
          && leadership.next(true, 0, clock()) instanceof Leadership.Move.Replace;
    }

    private long clock() {
      return now + offset;
    }
  }
}
