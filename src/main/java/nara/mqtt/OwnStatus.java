package nara.mqtt;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;
import nara.identity.Identity;
import nara.mqtt.wire.Status;
import nara.presence.Profile;

/** This node as it shows itself to others, at any moment: its status, and how often it speaks. */
final class OwnStatus {
  private final Identity me;
  private final String version;
  private final Profile profile;
  private final Supplier<String> meshAddress;
  private final PlazaPeers plazaPeers;
  private final InstantSource clock;
  private final Instant start;
  private final Buzz buzz;

  OwnStatus(
      Identity me,
      String version,
      Profile profile,
      Supplier<String> meshAddress,
      PlazaPeers plazaPeers,
      InstantSource clock) {
    this.me = me;
    this.version = version;
    this.profile = profile;
    this.meshAddress = meshAddress;
    this.plazaPeers = plazaPeers;
    this.clock = clock;
    this.start = clock.instant();
    this.buzz = new Buzz(start);
  }

  /** Something was heard that makes it more talkative. */
  void addBuzz(int amount) {
    buzz.add(amount, clock.instant());
  }

  /**
   * What it tells about itself now.
   *
   * @param eventsHeld by its ledger; 0 is not told
   */
  Status status(long eventsHeld) {
    Instant now = clock.instant();
    int weighted = weightedBuzz(now);
    return Status.of(me, version, meshAddress.get())
        .withCurrent(
            profile,
            Duration.between(start, now).toSeconds(),
            buzz.chattiness(weighted, now),
            weighted,
            eventsHeld);
  }

  /** How long it is silent between two newspapers, as talkative as it is now. */
  Duration newspaperInterval() {
    Instant now = clock.instant();
    return Buzz.newspaperInterval(buzz.chattiness(weightedBuzz(now), now));
  }

  private int weightedBuzz(Instant now) {
    return buzz.weightedLevel(plazaPeers.averageBuzz(), plazaPeers.highestBuzz(), now);
  }
}
