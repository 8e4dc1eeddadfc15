package nara.plaza;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;
import nara.identity.Identity;

/** This node as it shows itself to others, at any moment: its status, and how often it speaks. */
final class Portrait {
  private final Identity me;
  private final String version;
  private final Profile profile;
  private final Supplier<String> meshAddress;
  private final Company company;
  private final InstantSource clock;
  private final Instant start;
  private final Buzz buzz;

  Portrait(
      Identity me,
      String version,
      Profile profile,
      Supplier<String> meshAddress,
      Company company,
      InstantSource clock) {
    this.me = me;
    this.version = version;
    this.profile = profile;
    this.meshAddress = meshAddress;
    this.company = company;
    this.clock = clock;
    this.start = clock.instant();
    this.buzz = new Buzz(start);
  }

  /** Something was heard that makes it more talkative. */
  void heard(int howExciting) {
    buzz.heard(howExciting, clock.instant());
  }

  /**
   * What it tells about itself now.
   *
   * @param eventsHeld by its ledger; 0 is not told
   */
  Status status(long eventsHeld) {
    Instant now = clock.instant();
    int weighted = weighted(now);
    return Status.of(me, version, meshAddress.get())
        .telling(
            profile,
            Duration.between(start, now).toSeconds(),
            buzz.chattiness(weighted, now),
            weighted,
            eventsHeld);
  }

  /** How long it is silent between two newspapers, as talkative as it is now. */
  Duration pause() {
    Instant now = clock.instant();
    return Buzz.pause(buzz.chattiness(weighted(now), now));
  }

  private int weighted(Instant now) {
    return buzz.weighted(company.averageBuzz(), company.highestBuzz(), now);
  }
}
