package nara.trust.ed25519;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Makes signatures, good and bad in every way we know, from keys and nonces whose logarithms are
 * known: a point is its multiple of B plus its multiple of a point of order 8. So a million cases
 * cost no more than their hashes, and each comes with its answer.
 */
final class Forge {
  /** a·B + t·T, T of order 8, in one of its encodings. */
  record Known(BigInteger log, int torsion, byte[] encoded) {
    /** Whether neither it nor any multiple is of use to a signer: no part of B in it. */
    boolean smallOrder() {
      return log.signum() == 0;
    }
  }

  private static final int KEYS = 12;
  private static final int NONCES = 24;

  private final RandomGenerator random;

  /** Points of small order by their multiple of T. */
  private final Oracle.Affine[] small = new Oracle.Affine[8];

  private final List<Known> ordinary = new ArrayList<>();
  private final List<Known> mixed = new ArrayList<>();
  private final List<Known> smallKeys = new ArrayList<>();
  private final List<Known> oddKeys = new ArrayList<>();
  private final Known[][] nonces = new Known[NONCES + 1][8];

  Forge(RandomGenerator random) {
    this.random = random;
    Oracle.Affine t = ofOrderEight();
    small[0] = Oracle.NEUTRAL;
    for (int i = 1; i < 8; i++) {
      small[i] = small[i - 1].plus(t);
    }
    for (int i = 0; i < KEYS; i++) {
      BigInteger log = scalar();
      Oracle.Affine point = Oracle.B.times(log);
      ordinary.add(new Known(log, 0, point.encoded()));
      for (int j = 1; j < 8; j++) {
        mixed.add(new Known(log, j, point.plus(small[j]).encoded()));
      }
    }
    for (int i = 0; i <= NONCES; i++) {
      BigInteger log = i == NONCES ? BigInteger.ZERO : scalar();
      Oracle.Affine point = Oracle.B.times(log);
      for (int j = 0; j < 8; j++) {
        nonces[i][j] = new Known(log, j, point.plus(small[j]).encoded());
      }
    }
    for (int j = 0; j < 8; j++) {
      smallKeys.add(new Known(BigInteger.ZERO, j, small[j].encoded()));
      oddEncodings(small[j], j);
    }
  }

  private Oracle.Affine ofOrderEight() {
    while (true) {
      byte[] bytes = new byte[32];
      random.nextBytes(bytes);
      Oracle.Affine found =
          Oracle.decode(bytes).map(point -> point.times(Oracle.L)).orElse(Oracle.NEUTRAL);
      Oracle.Affine fourfold = found.times(BigInteger.valueOf(4));
      if (!fourfold.equals(Oracle.NEUTRAL)) {
        return found;
      }
    }
  }

  /** y + P where that has 255 bits, and a sign on x = 0: read by the rule, written by nobody. */
  private void oddEncodings(Oracle.Affine point, int torsion) {
    List<BigInteger> ys = new ArrayList<>(List.of(point.y()));
    if (point.y().add(Oracle.P).bitLength() <= 255) {
      ys.add(point.y().add(Oracle.P));
    }
    for (BigInteger y : ys) {
      for (boolean sign : new boolean[] {false, true}) {
        byte[] bytes = Oracle.little(sign ? y.setBit(255) : y);
        boolean names = point.x().signum() == 0 || point.x().testBit(0) == sign;
        if (names && !Arrays.equals(bytes, point.encoded())) {
          oddKeys.add(new Known(BigInteger.ZERO, torsion, bytes));
        }
      }
    }
  }

  BigInteger scalar() {
    byte[] bytes = new byte[64];
    random.nextBytes(bytes);
    return Oracle.number(bytes, 0, 64).mod(Oracle.L);
  }

  /** The next case: each kind as likely as any other. */
  Case next() {
    Known key = key();
    Known nonce = nonces[random.nextInt(NONCES)][0];
    return switch (random.nextInt(14)) {
      case 0, 1 -> honest("signed", key, nonce, message());
      case 2 ->
          honest(
              "R with torsion",
              key,
              nonces[random.nextInt(NONCES)][1 + random.nextInt(7)],
              message());
      case 3 -> cancelling(key);
      case 4 -> honest("R of small order", key, nonces[NONCES][random.nextInt(8)], message());
      case 5 -> flipped(honest("", key, nonce, message()), "R", 0, key, nonce);
      case 6 -> flipped(honest("", key, nonce, message()), "S", 32, key, nonce);
      case 7 -> messageFlipped(key, nonce);
      case 8 -> keyFlipped(ordinary(), nonce);
      case 9 -> plusOrder(key, nonce);
      case 10 -> strangerS(key, nonce);
      case 11 -> oddR(key);
      case 12 -> wrongLength(key, nonce);
      default -> otherKey(nonce);
    };
  }

  private Known ordinary() {
    return ordinary.get(random.nextInt(ordinary.size()));
  }

  private Known key() {
    List<Known> drawer =
        switch (random.nextInt(8)) {
          case 0, 1 -> mixed;
          case 2 -> smallKeys;
          case 3 -> oddKeys;
          default -> ordinary;
        };
    return drawer.get(random.nextInt(drawer.size()));
  }

  private byte[] message() {
    byte[] bytes = new byte[random.nextInt(4) == 0 ? random.nextInt(300) : 32];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Signed by the book, whatever R and A are: right exactly when k·t + u is a multiple of 8. */
  private Case honest(String kind, Known key, Known nonce, byte[] message) {
    BigInteger k = Oracle.challenge(nonce.encoded(), key.encoded(), message);
    BigInteger s = nonce.log().add(k.multiply(key.log())).mod(Oracle.L);
    return known(kind, key, nonce, message, s);
  }

  /** The answer by algebra: [s]B − [k](aB + tT) is r'B + u'T, compared with R's r and u. */
  private static Case known(String kind, Known key, Known nonce, byte[] message, BigInteger s) {
    BigInteger k = Oracle.challenge(nonce.encoded(), key.encoded(), message);
    boolean logs =
        s.subtract(k.multiply(key.log())).subtract(nonce.log()).mod(Oracle.L).signum() == 0;
    int torsion = Math.floorMod(-k.intValue() * key.torsion() - nonce.torsion(), 8);
    return new Case(
        kind,
        key.encoded(),
        message,
        join(nonce.encoded(), s),
        s.compareTo(Oracle.L) < 0 && logs && torsion == 0);
  }

  private static byte[] join(byte[] r, BigInteger s) {
    byte[] signature = Arrays.copyOf(r, 64);
    System.arraycopy(Oracle.little(s), 0, signature, 32, 32);
    return signature;
  }

  /** Torsion in R chosen, by trying, to cancel that of k·A. */
  private Case cancelling(Known key) {
    byte[] message = message();
    Known[] row = nonces[random.nextInt(NONCES)];
    for (Known nonce : row) {
      Case found = honest("torsion that cancels", key, nonce, message);
      if (found.expected()) {
        return found;
      }
    }
    return honest("torsion that does not cancel", key, row[0], message);
  }

  /** One bit of R or S turned over. R is no known point then, and S + 2^i is no known sum. */
  private Case flipped(Case good, String what, int from, Known key, Known nonce) {
    byte[] signature = good.signature().clone();
    int bit = random.nextInt(256);
    signature[from + (bit >> 3)] ^= (byte) (1 << (bit & 7));
    if (from == 32) {
      BigInteger s = Oracle.number(signature, 32, 64);
      return known("a bit of S", key, nonce, good.message(), s);
    }
    return new Case("a bit of " + what, good.key(), good.message(), signature, false);
  }

  private Case messageFlipped(Known key, Known nonce) {
    byte[] message = new byte[32];
    random.nextBytes(message);
    Case good = honest("", key, nonce, message);
    byte[] other = message.clone();
    other[random.nextInt(32)] ^= (byte) (1 << random.nextInt(8));
    return known("a bit of M", key, nonce, other, Oracle.number(good.signature(), 32, 64));
  }

  private Case keyFlipped(Known key, Known nonce) {
    Case good = honest("", key, nonce, message());
    byte[] other = key.encoded().clone();
    int bit = random.nextInt(256);
    other[bit >> 3] ^= (byte) (1 << (bit & 7));
    return new Case("a bit of A", other, good.message(), good.signature(), false);
  }

  private Case plusOrder(Known key, Known nonce) {
    byte[] message = message();
    Case good = honest("", key, nonce, message);
    BigInteger s =
        Oracle.number(good.signature(), 32, 64)
            .add(Oracle.L.multiply(BigInteger.valueOf(1 + random.nextInt(15))));
    // 15·L and S may need a 257th bit; then one L less fits.
    return known("S + nL", key, nonce, message, s.bitLength() > 256 ? s.subtract(Oracle.L) : s);
  }

  private Case strangerS(Known key, Known nonce) {
    BigInteger s =
        switch (random.nextInt(4)) {
          case 0 -> BigInteger.ZERO;
          case 1 -> Oracle.L.subtract(BigInteger.ONE);
          case 2 -> Oracle.L;
          default -> scalar();
        };
    return known("another S", key, nonce, message(), s);
  }

  /** R in a form that names the right point but is not its encoding: refused, whatever it names. */
  private Case oddR(Known key) {
    Known r = oddKeys.get(random.nextInt(oddKeys.size()));
    Case made = honest("R not canonical", key, r, message());
    return new Case(made.kind(), made.key(), made.message(), made.signature(), false);
  }

  private Case wrongLength(Known key, Known nonce) {
    Case good = honest("", key, nonce, message());
    int length = random.nextInt(130);
    byte[] signature = Arrays.copyOf(good.signature(), length == 64 ? 65 : length);
    return new Case("wrong length", good.key(), good.message(), signature, false);
  }

  private Case otherKey(Known nonce) {
    Known key = ordinary.get(0);
    Known other = ordinary.get(1 + random.nextInt(ordinary.size() - 1));
    Case good = honest("", key, nonce, message());
    return known(
        "another key", other, nonce, good.message(), Oracle.number(good.signature(), 32, 64));
  }
}
