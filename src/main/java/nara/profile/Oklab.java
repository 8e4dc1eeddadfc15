package nara.profile;

/** Colours of the Oklab space (Björn Ottosson, 2020) as sRGB. */
final class Oklab {
  /** How often the chroma is reduced until the colour exists in sRGB, and by how much. */
  private static final int REDUCTIONS = 14;

  private static final double REDUCTION = 0.88;

  private Oklab() {}

  /** A shift of a colour by a light, on the axes green to red and blue to yellow. */
  record Tint(double a, double b) {
    static final Tint TUNGSTEN = new Tint(0.02, 0.06);
    static final Tint SODIUM = new Tint(0.01, 0.10);
    static final Tint LED = new Tint(-0.02, -0.03);
    static final Tint MOON = new Tint(-0.01, -0.06);

    /** This light mixed with daylight; 1 is daylight. */
    Tint weakened(double daylight) {
      return new Tint(a + (0 - a) * daylight, b + (0 - b) * daylight);
    }

    Tint scaled(double strength) {
      return new Tint(a * strength, b * strength);
    }
  }

  private record Rgb(double red, double green, double blue) {
    boolean exists() {
      return isUnit(red) && isUnit(green) && isUnit(blue);
    }

    private static boolean isUnit(double part) {
      return part >= 0 && part <= 1;
    }

    String hex() {
      return "#%02X%02X%02X".formatted(toByte(red), toByte(green), toByte(blue));
    }

    private static int toByte(double linear) {
      double part = Math.clamp(linear, 0, 1);
      double gamma = part <= 0.0031308 ? 12.92 * part : 1.055 * Math.pow(part, 1 / 2.4) - 0.055;
      return Math.clamp(Math.round(gamma * 255), 0, 255);
    }
  }

  /** An angle from 0 up to 360. */
  static double degrees(double angle) {
    double rest = angle % 360;
    return rest < 0 ? rest + 360 : rest;
  }

  /**
   * The colour as {@code #RRGGBB}. When sRGB does not have it, the chroma is reduced, not the tint.
   *
   * @param hue degrees
   */
  static String hex(double lightness, double chroma, double hue, Tint tint) {
    double radians = hue * (Math.PI / 180);
    double a = chroma * Math.cos(radians);
    double b = chroma * Math.sin(radians);
    double part = 1;
    for (int i = 0; i < REDUCTIONS; i++) {
      Rgb colour = rgb(lightness, part * a + tint.a, part * b + tint.b);
      if (colour.exists()) {
        return colour.hex();
      }
      part *= REDUCTION;
    }
    return rgb(lightness, part * a + tint.a, part * b + tint.b).hex();
  }

  private static Rgb rgb(double lightness, double a, double b) {
    double l = cube(lightness + 0.3963377774 * a + 0.2158037573 * b);
    double m = cube(lightness - 0.1055613458 * a - 0.0638541728 * b);
    double s = cube(lightness - 0.0894841775 * a - 1.2914855480 * b);
    return new Rgb(
        4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
        -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
        -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s);
  }

  private static double cube(double value) {
    return value * value * value;
  }
}
