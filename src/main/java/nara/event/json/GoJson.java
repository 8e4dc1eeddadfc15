package nara.event.json;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.HexFormat;

/**
 * Writes JSON texts and numbers byte for byte as the reference's encoder does, since signatures
 * over bodies cover the bytes.
 */
public final class GoJson {
  private GoJson() {}

  /** A text in quotes. Besides what JSON requires, {@code < > &}, U+2028, U+2029 are escaped. */
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
        default -> {
          if (c < 0x20 || "<>&\u2028\u2029".indexOf(c) >= 0) {
            out.append("\\u").append(HexFormat.of().toHexDigits(c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  /**
   * A number in its shortest form: plain from 1e-6 to below 1e21, else with an exponent.
   *
   * @throws IllegalArgumentException when it is not finite
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
    // Double.toString gives the shortest digits that read back as the same double, but never fewer
    // than two: 4.9E-324, where 5e-324 is the same double.
    BigDecimal digits = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    if (digits.precision() == 2) {
      BigDecimal one = digits.round(new MathContext(1));
      return one.doubleValue() == value ? one.stripTrailingZeros() : digits;
    }
    return digits;
  }
}
