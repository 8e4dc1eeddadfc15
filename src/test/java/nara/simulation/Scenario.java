package nara.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import nara.simulation.adversary.Misbehaviour;
import nara.simulation.adversary.events.FatFlood;
import nara.simulation.adversary.wire.BorrowedName;
import nara.simulation.machine.Link;

/**
 * All that a seed decides: who is there, what they hold, what the network does, and what goes wrong
 * when.
 *
 * @param size events of the history, beside the announcements
 * @param subjectIsCitizen whether the recovering node had a part in the history
 * @param neighbours the honest ones
 * @param hostiles the others
 * @param maxEvents of the recovering node's memory
 * @param maxBytes of the same; the whole honest history takes a third of the smallest
 * @param thorough whether it asks all neighbours for everything
 * @param acquainted whether the neighbours know each other
 * @param incidents what happens during the recovery
 * @param heals whether the simulation goes on until all is well again
 */
record Scenario(
    long seed,
    int size,
    History.Spread spread,
    boolean subjectIsCitizen,
    List<HonestNeighbour> neighbours,
    List<HostileNeighbour> hostiles,
    int maxEvents,
    long maxBytes,
    boolean thorough,
    boolean acquainted,
    List<Incident> incidents,
    boolean heals) {
  private static final int LARGE = 4_096;

  /** Enough for everything. */
  private static final long MANY_BYTES = 64 << 20;

  private static final long FEW_BYTES = 900_000;

  /** A stream of its own: scenarios without fat events stay as they are. */
  private static final long FAT_SALT = 0x666174;

  /** One seed of so many has fat events: they cost as much as ten recoveries. */
  private static final int FAT_ONE_IN = 40;

  /** How the recovering node comes to know a neighbour. */
  enum Source {
    /** The operator named it, with its address. */
    NAMED,
    /** The operator gave the address alone. */
    ADDRESS,
    /** A scan of the network finds it. */
    SCAN
  }

  /**
   * An honest neighbour.
   *
   * @param quality of the way to the recovering node
   * @param skew of its clock
   * @param believesAll whether it merges everything, as the reference does, and holds forgeries
   */
  record HonestNeighbour(Source source, Link.Quality quality, Duration skew, boolean believesAll) {
    /** Whether nothing but its own conduct can keep its events back. */
    boolean isReachable() {
      return quality.cutPercent() == 0 && skew.abs().compareTo(Duration.ofSeconds(20)) < 0;
    }
  }

  record HostileNeighbour(String name, Source source, List<Misbehaviour> misbehaviours) {
    HostileNeighbour with(Misbehaviour another) {
      List<Misbehaviour> all = new ArrayList<>(misbehaviours);
      all.add(another);
      return new HostileNeighbour(name, source, all);
    }

    boolean leavesNamesAlone() {
      return misbehaviours.stream().noneMatch(Misbehaviour::needsMinority);
    }

    boolean borrowsConfiguredName() {
      return source == Source.ADDRESS
          && misbehaviours.stream().anyMatch(BorrowedName.class::isInstance);
    }

    String describe() {
      return name
          + " ("
          + source
          + "): "
          + misbehaviours.stream().map(Misbehaviour::label).toList();
    }
  }

  /**
   * Something that happens.
   *
   * @param after the start of the recovery
   * @param node the number of an honest neighbour; -1 for the recovering node
   */
  record Incident(Kind kind, Duration after, int node, Duration amount) {
    enum Kind {
      /** The node loses its power, and starts again after some time. */
      RESTART,
      /** Nothing gets through to the node for some time. */
      BLOCK,
      /** Its clock jumps. */
      CLOCK_JUMP
    }
  }

  static Scenario draw(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    boolean outnumbered = random.nextInt(10) == 0;
    int honest = outnumbered ? 1 : 2 + random.nextInt(3);
    int hostile = outnumbered ? 2 + random.nextInt(3) : random.nextInt(honest + 1);
    boolean rough = random.nextInt(3) == 0;
    boolean skewed = random.nextInt(8) == 0;
    List<HonestNeighbour> neighbours = new ArrayList<>();
    for (int i = 0; i < honest; i++) {
      neighbours.add(
          new HonestNeighbour(
              outnumbered ? Source.NAMED : source(random),
              quality(random, rough),
              skewed && random.nextBoolean() ? skew(random) : Duration.ZERO,
              random.nextInt(5) == 0));
    }
    List<HostileNeighbour> hostiles = new ArrayList<>();
    for (int i = 0; i < hostile; i++) {
      String name = List.of("!a", "mallory", "zoe", "aaron").get(random.nextInt(4)) + i;
      Source source = outnumbered ? Source.SCAN : source(random);
      hostiles.add(new HostileNeighbour(name, source, Catalogue.draw(random)));
    }
    SplittableRandom fat = new SplittableRandom(seed ^ FAT_SALT);
    boolean hasFat = fat.nextInt(FAT_ONE_IN) == 0 && hostile > 0;
    if (hasFat) {
      hostiles.set(0, hostiles.getFirst().with(new FatFlood(fat.nextBoolean() ? 1 : 10)));
    }
    boolean fullMemory = random.nextInt(12) == 0;
    int size = 30 + random.nextInt(random.nextBoolean() ? 120 : 370);
    return new Scenario(
        seed,
        size,
        History.Spread.values()[random.nextInt(History.Spread.values().length)],
        random.nextBoolean(),
        List.copyOf(neighbours),
        List.copyOf(hostiles),
        fullMemory ? 40 + random.nextInt(size) : LARGE,
        hasFat ? FEW_BYTES : MANY_BYTES,
        random.nextBoolean(),
        random.nextInt(5) == 0,
        random.nextInt(3) == 0 ? incidents(random, honest) : List.of(),
        random.nextInt(8) == 0);
  }

  private static Source source(SplittableRandom random) {
    return Source.values()[random.nextInt(Source.values().length)];
  }

  private static Link.Quality quality(SplittableRandom random, boolean rough) {
    Duration latency = Duration.ofMillis(1 + random.nextInt(rough ? 300 : 20));
    Duration jitter = Duration.ofMillis(random.nextInt(rough ? 200 : 10));
    return new Link.Quality(
        latency,
        jitter,
        rough ? random.nextInt(20) : 0,
        random.nextInt(8) == 0 ? 20_000 : 0,
        rough && random.nextBoolean() ? random.nextInt(50) : 0,
        random.nextBoolean());
  }

  private static Duration skew(SplittableRandom random) {
    return Duration.ofSeconds(random.nextInt(-7_200, 7_201));
  }

  private static List<Incident> incidents(SplittableRandom random, int honest) {
    List<Incident> incidents = new ArrayList<>();
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      Incident.Kind kind = Incident.Kind.values()[random.nextInt(3)];
      Duration amount =
          kind == Incident.Kind.CLOCK_JUMP
              ? skew(random)
              : Duration.ofMillis(random.nextInt(60_000));
      incidents.add(
          new Incident(
              kind, Duration.ofMillis(random.nextInt(3_000)), random.nextInt(-1, honest), amount));
    }
    return List.copyOf(incidents);
  }

  /** Whether nothing keeps the events of honest neighbours back but hostile ones. */
  boolean isCalm() {
    return incidents.isEmpty() && neighbours.stream().allMatch(HonestNeighbour::isReachable);
  }

  /**
   * Whether the evidence for honest keys is stronger than that for forged ones: those whom the
   * operator configured outweigh all others, and an honest majority decides among equals. A
   * configured address without a name may name itself.
   */
  boolean namesAreSafe() {
    if (hostiles.stream().allMatch(HostileNeighbour::leavesNamesAlone)) {
      return true;
    }
    long honestConfigured = neighbours.stream().filter(n -> n.source != Source.SCAN).count();
    long hostileConfigured = hostiles.stream().filter(n -> n.source != Source.SCAN).count();
    return hostileConfigured == 0
        ? neighbours.size() > hostiles.size()
        : honestConfigured > hostileConfigured
            && hostiles.stream().noneMatch(HostileNeighbour::borrowsConfiguredName);
  }

  /** Whether the memory has room for everything, floods included. */
  boolean hasRoom() {
    return maxEvents >= LARGE;
  }

  String describe() {
    StringBuilder text = new StringBuilder();
    text.append(
        "seed %d: %d events spread %s; memory of %d, %d bytes; %s%s%s%s%n"
            .formatted(
                seed,
                size,
                spread,
                maxEvents,
                maxBytes,
                subjectIsCitizen ? "a citizen returns" : "a stranger comes",
                thorough ? "; thorough" : "",
                acquainted ? "; neighbours know each other" : "",
                heals ? "; heals" : ""));
    for (int i = 0; i < neighbours.size(); i++) {
      text.append("  honest %d: %s%n".formatted(i, neighbours.get(i)));
    }
    hostiles.forEach(each -> text.append("  hostile ").append(each.describe()).append('\n'));
    incidents.forEach(each -> text.append("  ").append(each).append('\n'));
    return text.toString();
  }
}
