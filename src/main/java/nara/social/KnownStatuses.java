package nara.social;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import nara.bounds.BoundedMap;
import nara.profile.Status;

/** The last status of each other nara, and whether it is online. Not thread-safe. */
final class KnownStatuses {
  private record Known(Status status, boolean signed, Instant heardAt, boolean left) {
    boolean isOnline(Instant now) {
      return !left && now.isBefore(heardAt.plus(SocialLimits.ONLINE_AFTER_STATUS));
    }
  }

  private final Map<String, Known> byName = BoundedMap.lru(SocialLimits.MAX_STATUSES);

  /**
   * Takes a status. An unsigned one never replaces a signed one, but it shows that the nara is
   * online.
   *
   * @return the status before; empty when there was none
   */
  Optional<Status> receive(String name, Status status, boolean signed, Instant now) {
    Known before = byName.get(name);
    boolean isNew = before == null || signed || !before.signed;
    if (isNew && isShort(status)) {
      byName.put(name, new Known(status, signed, now, false));
    } else if (before != null) {
      byName.put(name, new Known(before.status, before.signed, now, false));
    }
    return Optional.ofNullable(before).map(Known::status);
  }

  /** The nara is gone: it said goodbye, or is missing. */
  void leave(String name) {
    byName.computeIfPresent(
        name, (same, known) -> new Known(known.status, known.signed, known.heardAt, true));
  }

  Optional<Status> get(String name) {
    return Optional.ofNullable(byName.get(name)).map(Known::status);
  }

  /** The statuses of the naras that are online. */
  Stream<Status> online(Instant now) {
    return byName.values().stream().filter(known -> known.isOnline(now)).map(Known::status);
  }

  /** All by name. */
  Map<String, Status> all() {
    Map<String, Status> all = new TreeMap<>();
    byName.forEach((name, known) -> all.put(name, known.status));
    return all;
  }

  private static boolean isShort(Status status) {
    return Stream.of(
            status.look().licensePlate(),
            status.look().flair(),
            status.look().trend(),
            status.look().trendEmoji(),
            status.look().aura().primary(),
            status.look().aura().secondary(),
            status.version(),
            status.publicUrl(),
            status.publicKey(),
            status.id(),
            status.meshIp(),
            status.transportMode(),
            status.memory().mode())
        .allMatch(text -> text.length() <= SocialLimits.MAX_STATUS_TEXT);
  }
}
