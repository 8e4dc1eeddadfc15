package nara.social;

/**
 * A fashion among naras.
 *
 * @param name for example {@code lisa-style}; empty for none
 */
record Trend(String name, String emoji) {
  static final Trend NONE = new Trend("", "");

  /** Another nara wrote these texts, and this node would repeat them. */
  boolean isDecent() {
    return !name.isBlank()
        && name.length() <= SocialLimits.MAX_TREND
        && emoji.length() <= SocialLimits.MAX_TREND
        && (name + emoji).chars().noneMatch(Character::isISOControl);
  }
}
