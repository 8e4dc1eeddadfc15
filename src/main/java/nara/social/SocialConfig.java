package nara.social;

/**
 * What this node does beside its work.
 *
 * @param enabled whether it teases others and follows trends; a read-only node does neither
 * @param publicUrl of its web page, for others to show; or empty
 */
public record SocialConfig(boolean enabled, String publicUrl) {
  /** Social, without a web page. */
  public static SocialConfig defaults() {
    return new SocialConfig(true, "");
  }

  /** Neither teases nor trends. */
  public static SocialConfig disabled() {
    return new SocialConfig(false, "");
  }
}
