package nara.simulation.machine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The way between two hosts.
 *
 * <p>Connections behave as those of TCP: a lost packet is a delay, bytes stay in order within a
 * connection and overtake those of others, and a connection may break.
 */
public final class Link {
  private static final long RETRANSMISSION = Duration.ofMillis(300).toNanos();

  /**
   * What the way does.
   *
   * @param latency least time of a packet
   * @param jitter more time of a packet, drawn for each
   * @param lossPercent packets that come late by a retransmission
   * @param bytesPerSecond 0 for no limit
   * @param cutPercent connections that break
   * @param split whether bytes arrive in pieces of any size
   */
  public record Quality(
      Duration latency,
      Duration jitter,
      int lossPercent,
      long bytesPerSecond,
      int cutPercent,
      boolean split) {
    /** A good one. */
    public static final Quality GOOD =
        new Quality(Duration.ofMillis(1), Duration.ofMillis(1), 0, 0, 0, false);
  }

  private final RandomGenerator random;
  private Quality quality;
  private boolean blocked;
  private long bytes;

  Link(RandomGenerator random, Quality quality) {
    this.random = random;
    this.quality = quality;
  }

  /** Changes the quality, also of connections that are open. */
  public void set(Quality changed) {
    quality = changed;
  }

  public Quality quality() {
    return quality;
  }

  /** Blocks new connections: nothing answers. */
  public void block(boolean now) {
    blocked = now;
  }

  public boolean isBlocked() {
    return blocked;
  }

  /** All bytes that were sent over it, in both directions. */
  public long bytes() {
    return bytes;
  }

  void count(int more) {
    bytes += more;
  }

  long latency() {
    long jitter = quality.jitter.toNanos();
    return quality.latency.toNanos() + (jitter == 0 ? 0 : random.nextLong(jitter));
  }

  long delay(int size) {
    long transfer =
        quality.bytesPerSecond == 0 ? 0 : size * 1_000_000_000L / quality.bytesPerSecond;
    boolean lost = quality.lossPercent > 0 && random.nextInt(100) < quality.lossPercent;
    return latency() + transfer + (lost ? RETRANSMISSION : 0);
  }

  /** After how many bytes a new connection breaks. */
  long drawCut() {
    return quality.cutPercent > 0 && random.nextInt(100) < quality.cutPercent
        ? random.nextInt(1, 40_000)
        : Long.MAX_VALUE;
  }

  List<byte[]> segments(byte[] whole) {
    if (!quality.split || whole.length < 2) {
      return List.of(whole);
    }
    int at = random.nextInt(1, whole.length);
    List<byte[]> parts = new ArrayList<>();
    parts.add(Arrays.copyOf(whole, at));
    parts.add(Arrays.copyOfRange(whole, at, whole.length));
    return parts;
  }
}
