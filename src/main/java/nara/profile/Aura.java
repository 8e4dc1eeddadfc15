package nara.profile;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import nara.identity.Identity;
import nara.identity.Personality;

/**
 * The two colours of a nara, as {@code #RRGGBB} or empty. They depend on its soul, its name, its
 * personality and its uptime, by the reference's rules: the soul and the name choose the hue, the
 * personality the style, and with the uptime a warm light falls on both.
 */
public record Aura(String primary, String secondary) {
  /** Of a nara that does not tell. */
  public static final Aura NONE = new Aura("", "");

  private static final double GOLDEN_ANGLE = 137.50776405003785;

  // Each choice mixes the hash with its own number, so that the choices do not depend on each
  // other.
  private static final int SALT_HUE = 0xA2C2A1;
  private static final int SALT_HARMONY = 0x51ED270B;
  private static final int SALT_ANGLE = 0xC0FFEE;
  private static final int SALT_LIGHTNESS = 0xBADC0DE;
  private static final int SALT_LIGHT = 0x1A11A7ED;

  /** After a month, more uptime changes nothing. */
  private static final double MAX_UPTIME_SECONDS = 30 * 24 * 3600;

  // Bounds of the lightness.
  private static final double DARKEST = 0.18;
  private static final double LIGHTEST = 0.88;

  /** How the personality bends the palette. */
  private enum Palette {
    NEUTRAL,
    WARM,
    COOL,
    NOIR,
    NEON;

    static Palette of(Personality personality) {
      int sociability = personality.sociability();
      int chill = personality.chill();
      if (sociability > 70 && chill < 40) {
        return NEON;
      } else if (chill > 70) {
        return NOIR;
      } else if (sociability < 40) {
        return COOL;
      }
      return sociability > 60 && chill > 40 ? WARM : NEUTRAL;
    }
  }

  /** The colours of this node. */
  public static Aura of(Identity me, Duration uptime) {
    return of(me.soul().encoded() + me.name(), me.personality(), uptime.toSeconds());
  }

  static Aura of(String soulAndName, Personality personality, long uptimeSeconds) {
    int hash = fnv1a(soulAndName);
    Palette palette = Palette.of(personality);
    double agreeableness = personality.agreeableness() / 100.0;
    double sociability = personality.sociability() / 100.0;
    double chill = personality.chill() / 100.0;
    Oklab.Tint tint = tint(hash, palette, agreeableness, sociability, chill, uptimeSeconds);

    double hue =
        Oklab.degrees(
            Integer.remainderUnsigned(hash, 360) + unit(hash, SALT_HUE) % 1 * GOLDEN_ANGLE);
    double lightness = 0.52 + 0.18 * chill - 0.06 * sociability;
    double chroma = 0.06 + 0.22 * sociability + 0.05 * (1 - chill);
    switch (palette) {
      case WARM -> hue = Oklab.degrees(hue + 12);
      case COOL -> hue = Oklab.degrees(hue - 12);
      case NOIR -> {
        lightness -= 0.12;
        chroma *= 0.75;
      }
      case NEON -> {
        lightness += 0.04;
        chroma *= 1.18;
      }
      case NEUTRAL -> {}
    }
    lightness = Math.clamp(lightness, DARKEST, LIGHTEST);
    chroma = Math.clamp(chroma, 0.02, 0.40);

    double otherHue = Oklab.degrees(hue + angle(agreeableness, hash));
    double otherChroma = Math.clamp(chroma * (0.78 + 0.44 * (1 - sociability)), 0.02, 0.38);
    double contrast = 0.10 + 0.06 * (1 - chill) + (sociability > 0.65 ? 0.03 : 0);
    return new Aura(
        Oklab.hex(lightness, chroma, hue, tint),
        Oklab.hex(otherLightness(lightness, contrast, hash), otherChroma, otherHue, tint));
  }

  /** The angle between the hues: agreeable naras have related colours. */
  private static double angle(double agreeableness, int hash) {
    double chance = unit(hash, SALT_HARMONY);
    double jitter = (unit(hash, SALT_ANGLE) - 0.5) * 14;
    double related = 28;
    double split = 150;
    if (agreeableness >= 0.75) {
      return (chance < 0.85 ? related : split) + jitter;
    } else if (agreeableness >= 0.45) {
      return (chance < 0.55 ? split : related) + jitter;
    }
    return (chance < 0.40 ? 120 : 180) + jitter;
  }

  private static double otherLightness(double lightness, double contrast, int hash) {
    double direction = unit(hash, SALT_LIGHTNESS) > 0.5 ? 1 : -1;
    double other = lightness + direction * contrast;
    if (other < DARKEST || other > LIGHTEST) {
      other = lightness - direction * contrast;
    }
    return Math.clamp(other, DARKEST, LIGHTEST);
  }

  /** The light that falls on both colours. */
  private static Oklab.Tint tint(
      int hash,
      Palette palette,
      double agreeableness,
      double sociability,
      double chill,
      long uptimeSeconds) {
    double age = Math.log1p(Math.max(0, uptimeSeconds)) / Math.log1p(MAX_UPTIME_SECONDS);
    age = Math.clamp(age, 0, 1);
    double warm = Math.clamp(0.55 * age + 0.35 * chill + 0.10 * (1 - sociability), 0, 1);
    double cool = Math.clamp(0.55 * sociability + 0.25 * (1 - chill) + 0.20 * (1 - age), 0, 1);
    switch (palette) {
      case WARM -> warm = Math.min(1, warm + 0.15);
      case COOL -> cool = Math.min(1, cool + 0.15);
      case NOIR -> warm = Math.min(1, warm + 0.08);
      case NEON -> cool = Math.min(1, cool + 0.10);
      case NEUTRAL -> {}
    }
    double chance = unit(hash, SALT_LIGHT);
    Oklab.Tint light =
        warm >= cool
            ? chance < 0.25 + 0.35 * age ? Oklab.Tint.SODIUM : Oklab.Tint.TUNGSTEN
            : chance < 0.20 + 0.25 * (1 - age) ? Oklab.Tint.MOON : Oklab.Tint.LED;
    double strength =
        Math.clamp(0.12 + 0.55 * age + 0.15 * (1 - chill), 0.08, 0.80) * (1 - 0.55 * agreeableness);
    double neutral = 0.35 + 0.45 * agreeableness;
    return light.weakened(neutral).scaled(strength);
  }

  private static int fnv1a(String text) {
    int hash = 0x811C9DC5;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ b & 0xFF) * 0x01000193;
    }
    return hash;
  }

  /** A number from 0 to 1 that depends on the hash and the salt alone. */
  private static double unit(int hash, int salt) {
    int x = hash ^ salt;
    x = (x ^ x >>> 16) * 0x7FEB352D;
    x = (x ^ x >>> 15) * 0x846CA68B;
    x ^= x >>> 16;
    return Integer.toUnsignedLong(x) / (double) 0xFFFFFFFFL;
  }
}
