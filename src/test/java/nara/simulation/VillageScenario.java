package nara.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import nara.simulation.adversary.Misbehaviour;
import nara.simulation.machine.SimulatedBroker;

/**
 * All that a seed decides about a village: honest naras that live for some minutes on one plaza,
 * and hostile ones among them.
 *
 * @param honest how many honest nodes
 * @param hostiles at most a third as many
 * @param broker what happens to messages on the plaza
 * @param size events of the history, beside the announcements
 * @param skewed whether clocks differ by some seconds
 * @param returns whether one node loses its power, and returns with nothing
 * @param waits whether the village lives on until lost journeys have timed out
 */
record VillageScenario(
    long seed,
    int honest,
    List<Hostile> hostiles,
    SimulatedBroker.Quality broker,
    int size,
    boolean skewed,
    boolean returns,
    boolean waits) {
  /** The draws of recoveries with the same seed stay as they are. */
  private static final long SALT = 0x76696C6C616765L;

  /** One seed of so many has a village: it costs as much as thirty recoveries. */
  private static final int ONE_IN = 100;

  /** With this one, the seeds of villages that found a fault still have their village. */
  private static final long CHOICE_SALT = 0x76696c6c621565L;

  record Hostile(String name, List<Misbehaviour> misbehaviours) {
    String describe() {
      return name + ": " + misbehaviours.stream().map(Misbehaviour::label).toList();
    }
  }

  static boolean isDrawn(long seed) {
    return new SplittableRandom(seed ^ CHOICE_SALT).nextInt(ONE_IN) == 0;
  }

  static VillageScenario draw(long seed) {
    SplittableRandom random = new SplittableRandom(seed ^ SALT).split();
    int honest = 7 + random.nextInt(2);
    List<Hostile> hostiles = new ArrayList<>();
    int count = random.nextInt(4) == 0 ? 0 : 1 + random.nextInt(2);
    for (int i = 0; i < count; i++) {
      hostiles.add(new Hostile("mallory" + i, Catalogue.drawForVillage(random)));
    }
    boolean rough = random.nextInt(3) == 0;
    SimulatedBroker.Quality broker =
        new SimulatedBroker.Quality(
            rough ? random.nextInt(30) : 0,
            rough ? random.nextInt(30) : 0,
            Duration.ofMillis(random.nextInt(rough ? 3_000 : 50)));
    return new VillageScenario(
        seed,
        honest,
        List.copyOf(hostiles),
        broker,
        20 + random.nextInt(60),
        random.nextInt(4) == 0,
        random.nextInt(3) == 0,
        random.nextInt(4) == 0);
  }

  /** Whether all messages arrive, and in time. */
  boolean isCalm() {
    return broker.lossPercent() == 0 && broker.jitter().toMillis() <= 50;
  }

  String describe() {
    StringBuilder text = new StringBuilder();
    text.append(
        "seed %d: a village of %d with %d events; %s%s%s%n"
            .formatted(
                seed,
                honest,
                size,
                broker,
                skewed ? "; skewed clocks" : "",
                returns ? "; one returns with nothing" : ""));
    hostiles.forEach(each -> text.append("  hostile ").append(each.describe()).append('\n'));
    return text.toString();
  }
}
