package nara.event.json;

import java.math.BigDecimal;
import java.math.MathContext;

/**
 * Writes JSON texts and numbers letter for letter as the reference's encoder does, because bytes
 * are what signatures over bodies cover.
 */
public final class GoJson {
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  private GoJson() {}

  /** A text in quotes; {@code < > &}, U+2028 and U+2029 are escaped beside what JSON asks for. */
  public static void appendString(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '<', '>', '&', '\u2028', '\u2029' -> appendEscaped(out, c);
        default -> {
          if (c < 0x20) {
            appendEscaped(out, c);
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  private static void appendEscaped(StringBuilder out, char c) {
    out.append("\\u")
        .append(HEX[c >> 12])
        .append(HEX[c >> 8 & 15])
        .append(HEX[c >> 4 & 15])
        .append(HEX[c & 15]);
  }

  /**
   * A number in its shortest form: plain from 1e-6 up to below 1e21, else with an exponent of at
   * least one digit.
   *
   * @throws IllegalArgumentException when it is not finite: JSON has no such number
   */
  public static void appendNumber(StringBuilder out, double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("JSON has no number " + value);
    }
    if (value == 0) {
      out.append(1 / value < 0 ? "-0" : "0");
      return;
    }
    BigDecimal shortest = shortest(value);
    double size = Math.abs(value);
    if (size >= 1e-6 && size < 1e21) {
      out.append(shortest.toPlainString());
      return;
    }
    String digits = shortest.unscaledValue().abs().toString();
    int exponent = digits.length() - 1 - shortest.scale();
    out.append(value < 0 ? "-" : "").append(digits.charAt(0));
    if (digits.length() > 1) {
      out.append('.').append(digits, 1, digits.length());
    }
    out.append('e').append(exponent < 0 ? '-' : '+').append(Math.abs(exponent));
  }

  private static BigDecimal shortest(double value) {
    // Double.toString gives the shortest digits that read back as the same double (since JDK 19),
    // but never fewer than two: 4.9E-324 where one digit, 5e-324, says the same.
    BigDecimal digits = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    if (digits.precision() == 2) {
      BigDecimal one = digits.round(new MathContext(1));
      return one.doubleValue() == value ? one.stripTrailingZeros() : digits;
    }
    return digits;
  }
}
