package nara.profile;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.IntSummaryStatistics;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import nara.coordinates.OwnCoordinate;
import nara.identity.Identity;

/**
 * This node's status, and the time between two newspapers. Its parts tell it what changes: the
 * social verticle the looks, the plaza the buzz. Safe for several threads.
 */
public final class OwnStatus {
  /**
   * What the social verticle knows of this node.
   *
   * @param licensePlate the emoji of its neighbourhood, or empty
   * @param trend that it follows, or empty
   * @param trendEmoji of that trend, or empty
   * @param awards its distinctions
   * @param booting whether the recovery has not finished
   */
  public record Appearance(
      String licensePlate,
      String trend,
      String trendEmoji,
      Set<Flair.Award> awards,
      boolean booting) {
    /** At the start. */
    public static final Appearance AT_START = new Appearance("", "", "", Set.of(), true);
  }

  private final Identity me;
  private final String version;
  private final Profile profile;
  private final Supplier<String> meshAddress;
  private final OwnCoordinate coordinate;
  private final Flair flair;
  private final InstantSource clock;
  private final LongFunction<HostStats> load;
  private final Instant start;
  private final Buzz buzz;
  private IntSummaryStatistics othersBuzz = new IntSummaryStatistics();
  private Appearance appearance = Appearance.AT_START;
  private Status.StashCounts stash = Status.StashCounts.NONE;

  /**
   * A node that starts now.
   *
   * @param meshAddress of this node on the mesh at a moment, or empty
   * @param clock one that nobody sets
   * @param load of the machine; the argument is the node's uptime in seconds
   */
  public OwnStatus(
      Identity me,
      String version,
      Profile profile,
      Supplier<String> meshAddress,
      OwnCoordinate coordinate,
      Flair flair,
      InstantSource clock,
      LongFunction<HostStats> load) {
    this.me = me;
    this.version = version;
    this.profile = profile;
    this.meshAddress = meshAddress;
    this.coordinate = coordinate;
    this.flair = flair;
    this.clock = clock;
    this.load = load;
    this.start = clock.instant();
    this.buzz = new Buzz(start);
  }

  /** The identity that the status is about. */
  public Identity me() {
    return me;
  }

  /** The facts from the configuration. */
  public Profile profile() {
    return profile;
  }

  /** Adds to this node's buzz, because it received or did something. */
  public synchronized void addBuzz(int amount) {
    buzz.add(amount, clock.instant());
  }

  /** Takes the buzz that the online peers report. */
  public synchronized void onOthersBuzz(IntSummaryStatistics reported) {
    othersBuzz = reported;
  }

  /** Takes the looks. */
  public synchronized void onAppearance(Appearance now) {
    appearance = now;
  }

  /** Takes the counts of the stash. */
  public synchronized void onStash(Status.StashCounts now) {
    stash = now;
  }

  /** This node's status now, with the counts of its ledger. */
  public synchronized Status status(EventStore held) {
    Instant now = clock.instant();
    Duration uptime = Duration.between(start, now);
    int weighted = buzz.weightedLevel(othersBuzz, now);
    int chattiness = buzz.chattiness(weighted, now);
    HostStats host = load.apply(uptime.toSeconds());
    String address = meshAddress.get();
    Flair.Moment moment =
        new Flair.Moment(
            appearance.trendEmoji(),
            appearance.awards(),
            chattiness,
            host.loadAvg(),
            uptime,
            appearance.booting());
    return new Status(
        new Status.Look(
            appearance.licensePlate(),
            flair.at(moment),
            appearance.trend(),
            appearance.trendEmoji(),
            Aura.of(me, uptime)),
        host,
        chattiness,
        weighted,
        me.personality(),
        version,
        profile.publicUrl(),
        me.keys().publicKey().encoded(),
        me.id(),
        !address.isEmpty(),
        address,
        Optional.of(coordinate.get()),
        profile.transportMode(),
        held,
        profile.memory(),
        stash);
  }

  /** The time until the next newspaper. */
  public synchronized Duration newspaperInterval() {
    Instant now = clock.instant();
    return Buzz.newspaperInterval(buzz.chattiness(buzz.weightedLevel(othersBuzz, now), now));
  }
}
