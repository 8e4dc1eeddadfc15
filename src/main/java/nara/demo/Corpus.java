package nara.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import nara.event.Chau;
import nara.event.Checkpoint;
import nara.event.Checkpoint.AgreedValues;
import nara.event.Event;
import nara.event.HeyThere;
import nara.event.Observation;
import nara.event.Payload;
import nara.event.Ping;
import nara.event.Seen;
import nara.event.Social;
import nara.event.json.EventWriter;
import nara.identity.Identity;
import nara.identity.Soul;

/**
 * The signed history of an invented network. All events are distinct and within a ledger's limits,
 * so a ledger that is large enough keeps them all.
 *
 * <p>The same seed and end time give the same bytes.
 */
public final class Corpus {
  public static final int CITIZENS = 40;

  // The limits of a ledger for pings of one target and observations of one pair.
  private static final int PINGS_PER_TARGET = 5;
  private static final int OBSERVATIONS_PER_PAIR = 20;

  private static final int ANNOUNCEMENTS = 2;
  private static final int VOTERS = 5;
  private static final long HISTORY_NANOS = 30L * 24 * 3_600 * 1_000_000_000L;
  private static final String[] REASONS = {
    "high-restarts", "comeback", "trend-abandon", "random", "nice-number"
  };
  private static final String[] VIAS = {"zine", "mesh", "ping", "sync"};

  private final List<Identity> citizens;
  private final List<byte[]> events;

  private Corpus(List<Identity> citizens, List<byte[]> events) {
    this.citizens = citizens;
    this.events = events;
  }

  public List<Identity> citizens() {
    return citizens;
  }

  /** The events as JSON: the announcements first, the others unordered. */
  public List<byte[]> events() {
    return events;
  }

  /** The number of announcements; they carry the keys. */
  public int announcementCount() {
    return citizens.size() * ANNOUNCEMENTS;
  }

  /**
   * Generates a history.
   *
   * @param size number of distinct events; there are never fewer than the announcements
   * @param end the latest time of an event
   */
  public static Corpus generate(int size, int citizenCount, long seed, Instant end) {
    SplittableRandom random = new SplittableRandom(seed);
    List<Identity> citizens = new ArrayList<>();
    for (int i = 0; i < citizenCount; i++) {
      byte[] soulSeed = new byte[32];
      random.nextBytes(soulSeed);
      String name = "citizen-%02d".formatted(i);
      citizens.add(Identity.of(name, Soul.forName(soulSeed, name)));
    }
    List<Draft> drafts = new DraftGenerator(citizens, random, end).generate(size);
    byte[][] events = new byte[drafts.size()][];
    // Signing takes nearly all of the time.
    IntStream.range(0, events.length).parallel().forEach(i -> events[i] = drafts.get(i).sign());
    return new Corpus(List.copyOf(citizens), Arrays.asList(events));
  }

  /** An event to sign; one without an emitter stays unsigned. */
  private record Draft(Identity emitter, long ts, Payload payload) {
    byte[] sign() {
      return emitter == null
          ? EventWriter.writeUnsigned(ts, payload)
          : EventWriter.writeSigned(emitter, ts, payload);
    }
  }

  private static final class DraftGenerator {
    private final List<Identity> citizens;
    private final SplittableRandom random;
    private final long endNanos;
    private final List<Draft> drafts = new ArrayList<>();
    private final Set<Long> usedTimestamps = new HashSet<>();
    private final Map<List<String>, Integer> observationsByPair = new HashMap<>();

    DraftGenerator(List<Identity> citizens, SplittableRandom random, Instant end) {
      this.citizens = citizens;
      this.random = random;
      this.endNanos = Event.unixNanos(end);
    }

    List<Draft> generate(int size) {
      for (Identity citizen : citizens) {
        for (int i = 0; i < ANNOUNCEMENTS; i++) {
          String address = "127.0.0.1:" + (20_000 + i);
          add(citizen, new HeyThere(citizen.name(), key(citizen), address, citizen.id(), ""));
        }
      }
      for (int i = 0; drafts.size() < size && i < citizens.size() / 2; i++) {
        Identity leaver = citizens.get(i);
        add(leaver, new Chau(leaver.name(), key(leaver), leaver.id(), ""));
        addCheckpoint(i);
      }
      for (int i = 0; drafts.size() < size && i < citizens.size() * PINGS_PER_TARGET; i++) {
        Identity target = citizens.get(i % citizens.size());
        Identity observer = otherThan(target);
        double rtt = 1 + random.nextInt(2_000) / 8.0;
        add(observer, new Ping(observer.name(), observer.id(), target.name(), target.id(), rtt));
      }
      while (drafts.size() < size) {
        addRandomEvent();
      }
      return drafts;
    }

    private void addRandomEvent() {
      Identity one = citizens.get(random.nextInt(citizens.size()));
      Identity other = otherThan(one);
      String name = one.name();
      String id = one.id();
      String target = other.name();
      String targetId = other.id();
      int kind = random.nextInt(100);
      if (kind < 10 && mayObserve(one, other)) {
        String type = Observation.STATUS_CHANGE;
        String status = random.nextBoolean() ? "ONLINE" : "OFFLINE";
        add(
            one,
            new Observation(name, id, target, targetId, type, 2, false, 0, 0, 0, status, "", 0));
      } else if (kind < 45) {
        add(one, new Seen(name, id, target, targetId, VIAS[random.nextInt(4)]));
      } else {
        String type = random.nextInt(3) == 0 ? "gossip" : "tease";
        String reason = REASONS[random.nextInt(REASONS.length)];
        add(one, new Social(type, name, id, target, targetId, reason, ""));
      }
    }

    private static String key(Identity citizen) {
      return citizen.keys().publicKey().encoded();
    }

    private boolean mayObserve(Identity one, Identity other) {
      return observationsByPair.merge(List.of(one.name(), other.name()), 1, Integer::sum)
          <= OBSERVATIONS_PER_PAIR;
    }

    private void addCheckpoint(int i) {
      Identity subject = citizens.get(i);
      long asOf = endNanos / 1_000_000_000L - 86_400L * (1 + i % 20);
      AgreedValues values =
          new AgreedValues(random.nextInt(500), 1_000_000 + i, 1_600_000_000L + i);
      Checkpoint unsigned = checkpoint(subject, values, asOf, List.of(), List.of());
      List<Identity> voters =
          IntStream.range(0, Math.min(VOTERS, citizens.size()))
              .mapToObj(voter -> citizens.get((i + voter) % citizens.size()))
              .toList();
      List<String> ids = voters.stream().map(Identity::id).toList();
      List<String> signatures =
          voters.stream()
              .map(v -> v.keys().signBase64(unsigned.attestation(v.id()).getBytes(UTF_8)))
              .toList();
      add(null, checkpoint(subject, values, asOf, ids, signatures));
    }

    private static Checkpoint checkpoint(
        Identity nara, AgreedValues values, long asOf, List<String> ids, List<String> signatures) {
      return new Checkpoint(2, nara.name(), nara.id(), "", values, asOf, 1, ids, signatures);
    }

    private Identity otherThan(Identity one) {
      Identity other = one;
      while (other == one) {
        other = citizens.get(random.nextInt(citizens.size()));
      }
      return other;
    }

    private void add(Identity emitter, Payload payload) {
      long ts = endNanos - random.nextLong(HISTORY_NANOS);
      while (!usedTimestamps.add(ts)) {
        ts--;
      }
      drafts.add(new Draft(emitter, ts, payload));
    }
  }
}
