package nara.identity;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Whether a host name says anything about its host: a nara is not named after "localhost". */
public final class HostName {
  private static final List<String> GENERIC_PARTS =
      List.of("localhost", "raspberrypi", "raspberry", "debian", "ubuntu", "nixos", "nara");
  // What container runtimes and installers make up.
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{12,}");

  private HostName() {}

  /**
   * Whether the name is one that many hosts have or that a machine made up, in upper or lower case;
   * the list is the wire contract's. The empty name is not generic, it is none.
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
