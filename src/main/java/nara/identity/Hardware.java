package nara.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The stable properties of a machine, the source of a native soul.
 *
 * <p>The fingerprint is SHA-256 of the host id, a hyphen, and the comma-joined hardware addresses
 * of the wired and wireless interfaces. The host id is the mainboard's product UUID if readable,
 * else the machine id as a UUID.
 */
public final class Hardware {
  private static final Path ROOT = Path.of("/");
  private static final Pattern MACHINE_ID =
      Pattern.compile("(.{8})(.{4})(.{4})(.{4})(.{12})", Pattern.DOTALL);
  private static final int UUID_CHARACTERS = 36;

  private Hardware() {}

  /**
   * The 32 bytes of this machine's fingerprint; empty without a host id and a hardware address that
   * a manufacturer gave, since such machines could share one soul.
   */
  public static Optional<byte[]> fingerprint() {
    return fingerprint(ROOT);
  }

  /** The host's name, or "". */
  public static String hostName() {
    return read(ROOT.resolve("proc/sys/kernel/hostname"))
        .or(() -> Optional.ofNullable(System.getenv("HOSTNAME")))
        .or(() -> Optional.ofNullable(System.getenv("COMPUTERNAME")))
        .orElse("");
  }

  static Optional<byte[]> fingerprint(Path root) {
    Path classNet = root.resolve("sys/class/net");
    // The JDK lists only interfaces that have an IP address at the moment. The kernel's list stays
    // the same when a cable is unplugged, and so does the nara.
    Map<String, String> addresses =
        Files.isDirectory(classNet) ? listedByKernel(classNet) : listedByJdk();
    Optional<String> hostId = hostId(root);
    List<String> cards = hardwareAddresses(addresses);
    // Containers have made-up addresses, which others may have too.
    return hostId.isEmpty() && cards.stream().allMatch(Hardware::isLocallyAdministered)
        ? Optional.empty()
        : fingerprint(hostId.orElse(""), cards);
  }

  static Optional<byte[]> fingerprint(String hostId, Collection<String> hardwareAddresses) {
    if (hostId.isEmpty() && hardwareAddresses.isEmpty()) {
      return Optional.empty();
    }
    String text = hostId + "-" + String.join(",", hardwareAddresses.stream().sorted().toList());
    return Optional.of(Hashing.sha256(text.getBytes(UTF_8)));
  }

  /** Whether software chose the address: the second bit of its first byte says so (IEEE 802). */
  static boolean isLocallyAdministered(String address) {
    int colon = address.indexOf(':');
    try {
      return colon > 0 && (Integer.parseInt(address.substring(0, colon), 16) & 2) != 0;
    } catch (NumberFormatException unknown) {
      return false;
    }
  }

  static Optional<String> hostId(Path root) {
    return read(root.resolve("sys/class/dmi/id/product_uuid"))
        .filter(uuid -> uuid.length() == UUID_CHARACTERS)
        .or(
            () ->
                read(root.resolve("etc/machine-id"))
                    .map(MACHINE_ID::matcher)
                    .filter(Matcher::matches)
                    .map(id -> id.replaceFirst("$1-$2-$3-$4-$5")))
        .map(id -> id.toLowerCase(Locale.ROOT));
  }

  /** The addresses of network cards, selected by the interface names. */
  static List<String> hardwareAddresses(Map<String, String> byInterface) {
    return byInterface.entrySet().stream()
        .filter(e -> Stream.of("en", "eth", "wlan").anyMatch(e.getKey()::startsWith))
        .map(Map.Entry::getValue)
        .filter(address -> !address.isEmpty())
        .toList();
  }

  private static Map<String, String> listedByKernel(Path classNet) {
    Map<String, String> addresses = new TreeMap<>();
    try (DirectoryStream<Path> interfaces = Files.newDirectoryStream(classNet)) {
      for (Path each : interfaces) {
        read(each.resolve("address"))
            .ifPresent(address -> addresses.put(each.getFileName().toString(), address));
      }
    } catch (IOException unreadable) {
      return listedByJdk();
    }
    return addresses;
  }

  private static Map<String, String> listedByJdk() {
    Map<String, String> addresses = new TreeMap<>();
    try {
      for (NetworkInterface each : NetworkInterface.networkInterfaces().toList()) {
        byte[] address = each.getHardwareAddress();
        if (address != null) {
          addresses.put(each.getName(), HexFormat.ofDelimiter(":").formatHex(address));
        }
      }
    } catch (SocketException none) {
      return Map.of(); // the host id alone identifies the machine
    }
    return addresses;
  }

  /** The stripped content of a file; empty when the file is absent, unreadable or blank. */
  private static Optional<String> read(Path file) {
    try {
      return Optional.of(Files.readString(file).strip()).filter(text -> !text.isEmpty());
    } catch (IOException absentOrForbidden) {
      return Optional.empty();
    }
  }
}
