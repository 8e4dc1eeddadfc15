package nara.testing;

import java.util.Optional;
import nara.coordinates.Coordinate;
import nara.identity.Identity;
import nara.profile.HostStats;
import nara.profile.Status;

/** Builds the statuses of other naras for tests. */
public final class Statuses {
  private Status status;

  private Statuses(Status status) {
    this.status = status;
  }

  /** A status that says little. */
  public static Statuses of(Identity who, String address) {
    return new Statuses(Status.of(who, "test", address));
  }

  public Statuses uptime(long seconds) {
    return with(status.look(), new HostStats(seconds, 0, 0, 0, 0, 0, 0, 0, 0), status.buzz());
  }

  public Statuses buzz(long buzz) {
    return with(status.look(), status.host(), buzz);
  }

  public Statuses trend(String trend, String emoji) {
    Status.Look look = status.look();
    return with(
        new Status.Look(look.licensePlate(), look.flair(), trend, emoji, look.aura()),
        status.host(),
        status.buzz());
  }

  public Statuses memory(String mode, long maxEvents) {
    return with(status.coordinate(), new Status.Memory(mode, 0, maxEvents));
  }

  public Statuses at(Coordinate place) {
    return with(Optional.of(place), status.memory());
  }

  private Statuses with(Status.Look look, HostStats host, long buzz) {
    return with(look, host, buzz, status.coordinate(), status.memory());
  }

  private Statuses with(Optional<Coordinate> place, Status.Memory memory) {
    return with(status.look(), status.host(), status.buzz(), place, memory);
  }

  private Statuses with(
      Status.Look look,
      HostStats host,
      long buzz,
      Optional<Coordinate> place,
      Status.Memory memory) {
    status =
        new Status(
            look,
            host,
            status.chattiness(),
            buzz,
            status.personality(),
            status.version(),
            status.publicUrl(),
            status.publicKey(),
            status.id(),
            status.meshEnabled(),
            status.meshIp(),
            place,
            status.transportMode(),
            status.eventStore(),
            memory,
            status.stash());
    return this;
  }

  public Status status() {
    return status;
  }
}
