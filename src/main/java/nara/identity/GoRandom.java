package nara.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * The seeded generator of the wire contract, for personalities and generated names: an additive
 * lagged Fibonacci generator over 607 words. Every node must draw the same numbers from a seed.
 *
 * <p>Not for secrets; not thread-safe.
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
    long remainder = Math.floorMod(seed, MODULUS);
    long x = remainder == 0 ? ZERO_SEED : remainder;
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

  /** The next number from 0 to n - 1; n must be positive. */
  public int intn(int n) {
    if (n <= 0) {
      throw new IllegalArgumentException("n must be positive, got " + n);
    }
    if ((n & (n - 1)) == 0) {
      return top31() & (n - 1);
    }
    // Rejects draws from the incomplete last run of n, so that each result is equally likely.
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
