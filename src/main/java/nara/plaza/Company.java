package nara.plaza;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import nara.identity.PublicKey;

/**
 * Who is on the plaza, as far as it spoke itself: what howdies are written from, and what keeps an
 * old message that somebody publishes again from being taken for a new one.
 *
 * <p>Not safe for several threads; bounded, since names are free.
 */
final class Company {
  /** Naras remembered; over it the one not heard of for longest is forgotten. */
  static final int MOST = 2_000;

  /**
   * How far a greeting's time may be from this node's. Clocks of small boards are minutes off;
   * further than this it is an old one, published again.
   */
  static final Duration TOLERANCE = Duration.ofHours(1);

  private static final class Guest {
    String id = "";
    String address = "";
    PublicKey key;
    long lastGreeting;
    long lastSeenSeconds;
    boolean here;
    int howdies;
    int buzz;
    boolean littleMemory;
  }

  private final String me;
  private final Map<String, Guest> guests = new LinkedHashMap<>(16, 0.75f, true);

  /** Nobody yet; who is called like this is never named to others. */
  Company(String me) {
    this.me = me;
  }

  /**
   * Takes a verified announcement.
   *
   * @return whether it is news; not one that is stale or was heard before
   */
  boolean hello(Heard.Hello hello, Instant now) {
    Guest guest = guest(hello.name());
    if (!fresh(guest, hello.ts(), now)) {
      return false;
    }
    seen(guest, now);
    guest.id = hello.id();
    guest.address = hello.address();
    guest.key = hello.key();
    guest.lastGreeting = hello.ts();
    guest.howdies = 0;
    return true;
  }

  /**
   * Takes a verified goodbye.
   *
   * @return whether it is news
   */
  boolean goodbye(Heard.Goodbye goodbye, Instant now) {
    Guest guest = guest(goodbye.name());
    if (!fresh(guest, goodbye.ts(), now)) {
      return false;
    }
    guest.lastGreeting = goodbye.ts();
    guest.here = false;
    return true;
  }

  /** Takes a verified status of somebody: it is here, and this is what it tells of itself. */
  void told(String name, PublicKey key, Status status, Instant now) {
    Guest guest = guest(name);
    seen(guest, now);
    guest.key = key;
    // What a greeting said is signed, and this is not: it only fills gaps.
    if (guest.id.isEmpty()) {
      guest.id = status.id();
    }
    if (guest.address.isEmpty()) {
      guest.address = status.meshIp();
    }
    guest.buzz = Math.clamp(status.buzz(), 0, Buzz.MOST);
    guest.littleMemory = status.memoryMode().equals("short");
  }

  /** Whether anything was heard of it. */
  boolean knows(String name) {
    return guests.containsKey(name);
  }

  /** The mean buzz that those who are here tell of; 0 without any. */
  int averageBuzz() {
    return (int) buzz().average().orElse(0);
  }

  /** The highest buzz that one of those who are here tells of; 0 without any. */
  int highestBuzz() {
    return buzz().max().orElse(0);
  }

  private IntStream buzz() {
    return guests.entrySet().stream()
        .filter(each -> each.getValue().here && !each.getKey().equals(me))
        .mapToInt(each -> each.getValue().buzz);
  }

  /** Those who told that they remember little. */
  Set<String> littleMemory() {
    return guests.entrySet().stream()
        .filter(each -> each.getValue().littleMemory)
        .map(Map.Entry::getKey)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Counts an answer to somebody's announcement, if that was heard. */
  void howdyTo(String name) {
    Guest guest = guests.get(name);
    if (guest != null) {
      guest.howdies++;
    }
  }

  /** How many answers to its last announcement were heard. */
  int howdiesTo(String name) {
    Guest guest = guests.get(name);
    return guest == null ? 0 : guest.howdies;
  }

  /** Some of those who are here, at random, without this one and this node. */
  List<HowdyMessage.Acquaintance> some(int most, String without, RandomGenerator random) {
    List<HowdyMessage.Acquaintance> here = new ArrayList<>();
    guests.forEach(
        (name, guest) -> {
          if (guest.here && guest.key != null && !name.equals(without) && !name.equals(me)) {
            Standing standing = Standing.heardAt(guest.lastSeenSeconds);
            here.add(
                new HowdyMessage.Acquaintance(
                    name, guest.key.encoded(), guest.address, guest.id, standing));
          }
        });
    Collections.shuffle(here, Random.from(random));
    return List.copyOf(here.subList(0, Math.min(most, here.size())));
  }

  private static void seen(Guest guest, Instant now) {
    guest.here = true;
    guest.lastSeenSeconds = now.getEpochSecond();
  }

  private static boolean fresh(Guest guest, long ts, Instant now) {
    long seconds = Math.abs(Math.floorDiv(ts, 1_000_000_000L) - now.getEpochSecond());
    return ts > guest.lastGreeting && seconds <= TOLERANCE.toSeconds();
  }

  private Guest guest(String name) {
    Guest guest = guests.get(name);
    if (guest == null) {
      if (guests.size() == MOST) {
        guests.remove(guests.keySet().iterator().next());
      }
      guest = new Guest();
      guests.put(name, guest);
    }
    return guest;
  }
}
