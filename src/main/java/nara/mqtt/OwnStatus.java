package nara.mqtt;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;
import nara.identity.Identity;
import nara.mqtt.wire.Status;
import nara.presence.Profile;

/** The status that this node publishes, and the time between two newspapers. */
record OwnStatus(
    Identity me,
    String version,
    Profile profile,
    Supplier<String> meshAddress,
    PlazaPeers peers,
    InstantSource clock,
    Instant start,
    Buzz buzz) {

  /** Adds to this node's buzz, because it received or did something. */
  void addBuzz(int amount) {
    buzz.add(amount, clock.instant());
  }

  /** This node's status now; {@code eventsHeld} is the size of its ledger, or 0 to omit it. */
  Status status(long eventsHeld) {
    Instant now = clock.instant();
    int weighted = weightedBuzz(now);
    return Status.of(me, version, meshAddress.get())
        .withCurrent(
            profile.transportMode(),
            profile.memoryMode(),
            profile.memoryMaxEvents(),
            Duration.between(start, now).toSeconds(),
            buzz.chattiness(weighted, now),
            weighted,
            eventsHeld);
  }

  Duration newspaperInterval() {
    Instant now = clock.instant();
    return Buzz.newspaperInterval(buzz.chattiness(weightedBuzz(now), now));
  }

  private int weightedBuzz(Instant now) {
    return buzz.weightedLevel(peers.onlineBuzz(), now);
  }
}
