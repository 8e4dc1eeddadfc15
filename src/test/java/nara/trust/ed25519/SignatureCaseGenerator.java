package nara.trust.ed25519;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import nara.trust.ed25519.BigIntegerEd25519.Affine;

/**
 * Makes good and bad signatures of many kinds from keys and nonces whose logarithms are known: a
 * point is a multiple of B plus a multiple of a point of order 8. So a million cases cost no more
 * than their hashes, and the answer to each is known.
 */
final class SignatureCaseGenerator {
  /** a·B + t·T, T of order 8, in one of its encodings. */
  record KnownPoint(BigInteger log, int torsion, byte[] encoded) {
    /** Whether the point has no part of B, so that nobody can sign with it. */
    boolean smallOrder() {
      return log.signum() == 0;
    }
  }

  private static final int KEYS = 12;
  private static final int NONCES = 24;

  private final RandomGenerator random;

  /** Points of small order by their multiple of T. */
  private final Affine[] smallOrderPoints = new Affine[8];

  private final List<KnownPoint> ordinary = new ArrayList<>();
  private final List<KnownPoint> mixed = new ArrayList<>();
  private final List<KnownPoint> smallKeys = new ArrayList<>();
  private final List<KnownPoint> nonCanonicalKeys = new ArrayList<>();
  private final KnownPoint[][] nonces = new KnownPoint[NONCES + 1][8];

  SignatureCaseGenerator(RandomGenerator random) {
    this.random = random;
    Affine t = ofOrderEight();
    smallOrderPoints[0] = BigIntegerEd25519.NEUTRAL;
    for (int i = 1; i < 8; i++) {
      smallOrderPoints[i] = smallOrderPoints[i - 1].plus(t);
    }
    for (int i = 0; i < KEYS; i++) {
      BigInteger log = scalar();
      Affine point = BigIntegerEd25519.B.times(log);
      ordinary.add(new KnownPoint(log, 0, point.encoded()));
      for (int j = 1; j < 8; j++) {
        mixed.add(new KnownPoint(log, j, point.plus(smallOrderPoints[j]).encoded()));
      }
    }
    for (int i = 0; i <= NONCES; i++) {
      BigInteger log = i == NONCES ? BigInteger.ZERO : scalar();
      Affine point = BigIntegerEd25519.B.times(log);
      for (int j = 0; j < 8; j++) {
        nonces[i][j] = new KnownPoint(log, j, point.plus(smallOrderPoints[j]).encoded());
      }
    }
    for (int j = 0; j < 8; j++) {
      smallKeys.add(new KnownPoint(BigInteger.ZERO, j, smallOrderPoints[j].encoded()));
      addNonCanonicalEncodings(smallOrderPoints[j], j);
    }
  }

  private Affine ofOrderEight() {
    while (true) {
      byte[] bytes = new byte[32];
      random.nextBytes(bytes);
      Affine found =
          BigIntegerEd25519.decode(bytes)
              .map(point -> point.times(BigIntegerEd25519.L))
              .orElse(BigIntegerEd25519.NEUTRAL);
      Affine fourfold = found.times(BigInteger.valueOf(4));
      if (!fourfold.equals(BigIntegerEd25519.NEUTRAL)) {
        return found;
      }
    }
  }

  /**
   * y + P where that has 255 bits, and a sign on x = 0: the rule reads them, no signer writes them.
   */
  private void addNonCanonicalEncodings(Affine point, int torsion) {
    List<BigInteger> ys = new ArrayList<>(List.of(point.y()));
    if (point.y().add(BigIntegerEd25519.P).bitLength() <= 255) {
      ys.add(point.y().add(BigIntegerEd25519.P));
    }
    for (BigInteger y : ys) {
      for (boolean sign : new boolean[] {false, true}) {
        byte[] bytes = BigIntegerEd25519.littleEndian(sign ? y.setBit(255) : y);
        boolean names = point.x().signum() == 0 || point.x().testBit(0) == sign;
        if (names && !Arrays.equals(bytes, point.encoded())) {
          nonCanonicalKeys.add(new KnownPoint(BigInteger.ZERO, torsion, bytes));
        }
      }
    }
  }

  BigInteger scalar() {
    byte[] bytes = new byte[64];
    random.nextBytes(bytes);
    return BigIntegerEd25519.number(bytes, 0, 64).mod(BigIntegerEd25519.L);
  }

  /** The next case; all kinds are equally likely. */
  SignatureCase next() {
    KnownPoint key = key();
    KnownPoint nonce = nonces[random.nextInt(NONCES)][0];
    return switch (random.nextInt(14)) {
      case 0, 1 -> correctlySigned("signed", key, nonce, message());
      case 2 ->
          correctlySigned(
              "R with torsion",
              key,
              nonces[random.nextInt(NONCES)][1 + random.nextInt(7)],
              message());
      case 3 -> cancelling(key);
      case 4 ->
          correctlySigned("R of small order", key, nonces[NONCES][random.nextInt(8)], message());
      case 5 -> flipped(correctlySigned("", key, nonce, message()), "R", 0, key, nonce);
      case 6 -> flipped(correctlySigned("", key, nonce, message()), "S", 32, key, nonce);
      case 7 -> messageFlipped(key, nonce);
      case 8 -> keyFlipped(ordinary(), nonce);
      case 9 -> plusOrder(key, nonce);
      case 10 -> foreignS(key, nonce);
      case 11 -> nonCanonicalR(key);
      case 12 -> wrongLength(key, nonce);
      default -> otherKey(nonce);
    };
  }

  private KnownPoint ordinary() {
    return ordinary.get(random.nextInt(ordinary.size()));
  }

  private KnownPoint key() {
    List<KnownPoint> drawer =
        switch (random.nextInt(8)) {
          case 0, 1 -> mixed;
          case 2 -> smallKeys;
          case 3 -> nonCanonicalKeys;
          default -> ordinary;
        };
    return drawer.get(random.nextInt(drawer.size()));
  }

  private byte[] message() {
    byte[] bytes = new byte[random.nextInt(4) == 0 ? random.nextInt(300) : 32];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Signs honestly for any R and A: valid exactly when k·t + u is a multiple of 8. */
  private SignatureCase correctlySigned(
      String kind, KnownPoint key, KnownPoint nonce, byte[] message) {
    BigInteger k = BigIntegerEd25519.challenge(nonce.encoded(), key.encoded(), message);
    BigInteger s = nonce.log().add(k.multiply(key.log())).mod(BigIntegerEd25519.L);
    return known(kind, key, nonce, message, s);
  }

  /** The answer by algebra: [s]B − [k](aB + tT) is r'B + u'T, compared with R's r and u. */
  private static SignatureCase known(
      String kind, KnownPoint key, KnownPoint nonce, byte[] message, BigInteger s) {
    BigInteger k = BigIntegerEd25519.challenge(nonce.encoded(), key.encoded(), message);
    boolean logs =
        s.subtract(k.multiply(key.log())).subtract(nonce.log()).mod(BigIntegerEd25519.L).signum()
            == 0;
    int torsion = Math.floorMod(-k.intValue() * key.torsion() - nonce.torsion(), 8);
    return new SignatureCase(
        kind,
        key.encoded(),
        message,
        join(nonce.encoded(), s),
        s.compareTo(BigIntegerEd25519.L) < 0 && logs && torsion == 0);
  }

  private static byte[] join(byte[] r, BigInteger s) {
    byte[] signature = Arrays.copyOf(r, 64);
    System.arraycopy(BigIntegerEd25519.littleEndian(s), 0, signature, 32, 32);
    return signature;
  }

  /** Torsion in R chosen, by trying, to cancel that of k·A. */
  private SignatureCase cancelling(KnownPoint key) {
    byte[] message = message();
    KnownPoint[] row = nonces[random.nextInt(NONCES)];
    for (KnownPoint nonce : row) {
      SignatureCase found = correctlySigned("torsion that cancels", key, nonce, message);
      if (found.expected()) {
        return found;
      }
    }
    return correctlySigned("torsion that does not cancel", key, row[0], message);
  }

  /** One bit of R or S turned over. R is no known point then, and S + 2^i is no known sum. */
  private SignatureCase flipped(
      SignatureCase good, String what, int from, KnownPoint key, KnownPoint nonce) {
    byte[] signature = good.signature().clone();
    int bit = random.nextInt(256);
    signature[from + (bit >> 3)] ^= (byte) (1 << (bit & 7));
    if (from == 32) {
      BigInteger s = BigIntegerEd25519.number(signature, 32, 64);
      return known("a bit of S", key, nonce, good.message(), s);
    }
    return new SignatureCase("a bit of " + what, good.key(), good.message(), signature, false);
  }

  private SignatureCase messageFlipped(KnownPoint key, KnownPoint nonce) {
    byte[] message = new byte[32];
    random.nextBytes(message);
    SignatureCase good = correctlySigned("", key, nonce, message);
    byte[] other = message.clone();
    other[random.nextInt(32)] ^= (byte) (1 << random.nextInt(8));
    return known(
        "a bit of M", key, nonce, other, BigIntegerEd25519.number(good.signature(), 32, 64));
  }

  private SignatureCase keyFlipped(KnownPoint key, KnownPoint nonce) {
    SignatureCase good = correctlySigned("", key, nonce, message());
    byte[] other = key.encoded().clone();
    int bit = random.nextInt(256);
    other[bit >> 3] ^= (byte) (1 << (bit & 7));
    return new SignatureCase("a bit of A", other, good.message(), good.signature(), false);
  }

  private SignatureCase plusOrder(KnownPoint key, KnownPoint nonce) {
    byte[] message = message();
    SignatureCase good = correctlySigned("", key, nonce, message);
    BigInteger s =
        BigIntegerEd25519.number(good.signature(), 32, 64)
            .add(BigIntegerEd25519.L.multiply(BigInteger.valueOf(1 + random.nextInt(15))));
    // 15·L and S may need a 257th bit; then one L less fits.
    return known(
        "S + nL", key, nonce, message, s.bitLength() > 256 ? s.subtract(BigIntegerEd25519.L) : s);
  }

  private SignatureCase foreignS(KnownPoint key, KnownPoint nonce) {
    BigInteger s =
        switch (random.nextInt(4)) {
          case 0 -> BigInteger.ZERO;
          case 1 -> BigIntegerEd25519.L.subtract(BigInteger.ONE);
          case 2 -> BigIntegerEd25519.L;
          default -> scalar();
        };
    return known("another S", key, nonce, message(), s);
  }

  /** R in a form that names the right point but is not its encoding: refused, whatever it names. */
  private SignatureCase nonCanonicalR(KnownPoint key) {
    KnownPoint r = nonCanonicalKeys.get(random.nextInt(nonCanonicalKeys.size()));
    SignatureCase made = correctlySigned("R not canonical", key, r, message());
    return new SignatureCase(made.kind(), made.key(), made.message(), made.signature(), false);
  }

  private SignatureCase wrongLength(KnownPoint key, KnownPoint nonce) {
    SignatureCase good = correctlySigned("", key, nonce, message());
    int length = random.nextInt(130);
    byte[] signature = Arrays.copyOf(good.signature(), length == 64 ? 65 : length);
    return new SignatureCase("wrong length", good.key(), good.message(), signature, false);
  }

  private SignatureCase otherKey(KnownPoint nonce) {
    KnownPoint key = ordinary.get(0);
    KnownPoint other = ordinary.get(1 + random.nextInt(ordinary.size() - 1));
    SignatureCase good = correctlySigned("", key, nonce, message());
    return known(
        "another key",
        other,
        nonce,
        good.message(),
        BigIntegerEd25519.number(good.signature(), 32, 64));
  }
}
