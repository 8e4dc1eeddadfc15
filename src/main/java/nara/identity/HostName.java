package nara.identity;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Decides whether a host name is specific enough to name a nara. */
public final class HostName {
  private static final List<String> GENERIC_PARTS =
      List.of("localhost", "raspberrypi", "raspberry", "debian", "ubuntu", "nixos", "nara");

  /** Container runtimes and installers generate such names. */
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{12,}");

  private HostName() {}

  /**
   * Whether many hosts have the name, by the wire contract's list. The empty name is not generic.
   */
  public static boolean isGeneric(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return GENERIC_PARTS.stream().anyMatch(lower::contains) || HEX.matcher(lower).matches();
  }

  /** The host name without its domain. */
  public static String withoutDomain(String hostname) {
    int dot = hostname.indexOf('.');
    return dot < 0 ? hostname : hostname.substring(0, dot);
  }
}
