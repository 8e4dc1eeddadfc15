package nara.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * The seeded generator that the network draws personalities and generated names from: an additive
 * lagged Fibonacci generator over 607 words, as the wire contract describes it.
 *
 * <p>Every node must draw the same numbers from the same seed, so none of the JDK's generators will
 * do. It is not for secrets. Not thread-safe: an instance belongs to whoever draws from it.
 */
public final class GoRandom {
  private static final int WORDS = 607;
  private static final int FEED = 334;
  private static final int WARM_UP = 20;
  private static final long MODULUS = (1L << 31) - 1;
  private static final long MULTIPLIER = 48271;
  private static final long ZERO_SEED = 89482311;
  private static final long[] TABLE = table();

  private final long[] state = new long[WORDS];
  private int tap = 0;
  private int feed = FEED;

  private GoRandom(long seed) {
    long x = Math.floorMod(seed, MODULUS);
    if (x == 0) {
      x = ZERO_SEED;
    }
    for (int i = 0; i < WARM_UP; i++) {
      x = step(x);
    }
    for (int i = 0; i < WORDS; i++) {
      long high = step(x);
      long middle = step(high);
      x = step(middle);
      state[i] = (high << 40) ^ (middle << 20) ^ x ^ TABLE[i];
    }
  }

  /** A generator at the beginning of the seed's sequence. */
  public static GoRandom seeded(long seed) {
    return new GoRandom(seed);
  }

  /** A generator seeded by the first 8 bytes, big-endian, of the SHA-256 of the text. */
  static GoRandom seededBy(String text) {
    byte[] hash = Hashing.sha256(text.getBytes(UTF_8));
    return seeded(ByteBuffer.wrap(hash).getLong());
  }

  /** The next 64 bits. */
  public long uint64() {
    tap = tap == 0 ? WORDS - 1 : tap - 1;
    feed = feed == 0 ? WORDS - 1 : feed - 1;
    state[feed] += state[tap];
    return state[feed];
  }

  /**
   * The next number from 0 up to, not including, n.
   *
   * @throws IllegalArgumentException when n is not positive
   */
  public int intn(int n) {
    if (n <= 0) {
      throw new IllegalArgumentException("can only draw below a positive bound, not " + n);
    }
    if ((n & (n - 1)) == 0) {
      return top31() & (n - 1);
    }
    // Draws from the incomplete last run of n are thrown away: each result is equally likely.
    int last = (int) (MODULUS - (1L << 31) % n);
    int drawn = top31();
    while (drawn > last) {
      drawn = top31();
    }
    return drawn % n;
  }

  private int top31() {
    return (int) ((uint64() & Long.MAX_VALUE) >>> 32);
  }

  private static long step(long x) {
    return MULTIPLIER * x % MODULUS;
  }

  private static long[] table() {
    List<String> lines = Resource.lines("generator-table.txt");
    if (lines.size() != WORDS) {
      throw new IllegalStateException("the generator's table has " + lines.size() + " words");
    }
    return lines.stream().mapToLong(word -> Long.parseUnsignedLong(word, 16)).toArray();
  }
}
