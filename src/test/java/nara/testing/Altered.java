package nara.testing;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Alters the input of a test, and always makes it different.
 *
 * <p>A test of altered input proves nothing when the alteration changes nothing. So each of these
 * methods throws an AssertionError when its result would equal its input, or when the part to alter
 * is not there exactly once. Arrays are copied, never changed in place.
 */
public final class Altered {
  private static final Pattern SIGNATURE =
      Pattern.compile("(?<=\"(?:sig|signature|Signature)\":\")[^\"]");
  private static final Pattern ID = Pattern.compile("(?<=\"id\":\")[^\"]");

  private Altered() {}

  /** The bytes with the lowest bit of one byte flipped. */
  public static byte[] byteAt(byte[] bytes, int at) {
    return byteAt(bytes, at, 1);
  }

  /**
   * The bytes with some bits of one byte flipped.
   *
   * @param mask the bits to flip, 1 to 255
   */
  public static byte[] byteAt(byte[] bytes, int at, int mask) {
    if (mask < 1 || mask > 255) {
      throw new AssertionError("mask " + mask + " does not flip bits of a byte");
    }
    if (at < 0 || at >= bytes.length) {
      throw new AssertionError("there is no byte " + at + " of " + bytes.length);
    }
    byte[] altered = bytes.clone();
    altered[at] ^= (byte) mask;
    return altered;
  }

  /** The text with its only occurrence of a part replaced. */
  public static String replace(String text, String old, String now) {
    return match(text, Pattern.quote(old), now);
  }

  /** The text with every occurrence of a part replaced; there must be at least one. */
  public static String replaceAll(String text, String old, String now) {
    return different(text, text.replace(old, now), old);
  }

  /** The text with the only match of a regular expression replaced by a literal text. */
  public static String match(String text, String regex, String now) {
    Matcher found = only(text, Pattern.compile(regex, Pattern.DOTALL));
    String altered = text.substring(0, found.start()) + now + text.substring(found.end());
    return different(text, altered, regex);
  }

  /** The JSON with another last digit in the only integer field of that name. */
  public static String digit(String json, String field) {
    Pattern last = Pattern.compile("(?<=\"" + Pattern.quote(field) + "\":-?\\d{0,20})\\d(?!\\d)");
    int at = only(json, last).start();
    return withCharacter(json, at, json.charAt(at) == '9' ? '0' : (char) (json.charAt(at) + 1));
  }

  /** The JSON with another first character in its only signature that is not empty. */
  public static String signature(String json) {
    int at = only(json, SIGNATURE).start();
    return withCharacter(json, at, json.charAt(at) == 'A' ? 'B' : 'A');
  }

  /** The same for bytes. */
  public static byte[] signature(byte[] json) {
    return signature(new String(json, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
  }

  /** Whether the JSON has exactly one signature that is not empty, for {@link #signature}. */
  public static boolean hasSignature(String json) {
    return SIGNATURE.matcher(json).results().count() == 1;
  }

  /** The JSON with another first hex digit in its only id. */
  public static String id(String json) {
    int at = only(json, ID).start();
    return withCharacter(json, at, json.charAt(at) == '0' ? '1' : '0');
  }

  private static String withCharacter(String text, int at, char now) {
    return different(text, text.substring(0, at) + now + text.substring(at + 1), "character " + at);
  }

  private static Matcher only(String text, Pattern pattern) {
    long count = pattern.matcher(text).results().count();
    if (count != 1) {
      throw new AssertionError("expected '" + pattern + "' once, found it " + count + "x: " + text);
    }
    Matcher found = pattern.matcher(text);
    found.find();
    return found;
  }

  private static String different(String text, String altered, String part) {
    if (altered.equals(text)) {
      throw new AssertionError("'" + part + "' was not altered: " + text);
    }
    return altered;
  }
}
