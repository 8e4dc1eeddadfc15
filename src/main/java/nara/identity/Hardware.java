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

/**
 * What a machine shows of itself that stays the same: the source of a native soul.
 *
 * <p>The fingerprint is SHA-256 of the host id, a hyphen, and the comma-joined hardware addresses
 * of its wired and wireless interfaces. The host id is the mainboard's product UUID where it can be
 * read, else the machine id written as a UUID. An id that changes at each boot would make another
 * nara each time and is not used.
 */
public final class Hardware {
  private static final Path ROOT = Path.of("/");
  private static final int MACHINE_ID_DIGITS = 32;
  private static final int UUID_CHARACTERS = 36;

  private Hardware() {}

  /**
   * The 32 bytes of this machine's fingerprint; empty when it shows neither a host id nor a
   * hardware address, since all such machines would share one soul.
   */
  public static Optional<byte[]> fingerprint() {
    return fingerprint(ROOT);
  }

  /** The host's own name for itself; "" when it tells none. */
  public static String hostName() {
    return read(ROOT.resolve("proc/sys/kernel/hostname"))
        .or(() -> Optional.ofNullable(System.getenv("HOSTNAME")))
        .or(() -> Optional.ofNullable(System.getenv("COMPUTERNAME")))
        .orElse("");
  }

  static Optional<byte[]> fingerprint(Path root) {
    Path classNet = root.resolve("sys/class/net");
    // The JDK lists only interfaces that have an internet address at the moment, and a nara must
    // not become another one when a cable is unplugged: where the kernel lists them all, that
    // counts.
    Map<String, String> addresses =
        Files.isDirectory(classNet) ? listedByKernel(classNet) : listedByJdk();
    return fingerprint(hostId(root).orElse(""), hardwareAddresses(addresses));
  }

  static Optional<byte[]> fingerprint(String hostId, Collection<String> hardwareAddresses) {
    if (hostId.isEmpty() && hardwareAddresses.isEmpty()) {
      return Optional.empty();
    }
    List<String> sorted = hardwareAddresses.stream().sorted().toList();
    String text = hostId + "-" + String.join(",", sorted);
    return Optional.of(Hashing.sha256(text.getBytes(UTF_8)));
  }

  static Optional<String> hostId(Path root) {
    return read(root.resolve("sys/class/dmi/id/product_uuid"))
        .filter(uuid -> uuid.length() == UUID_CHARACTERS)
        .or(() -> read(root.resolve("etc/machine-id")).flatMap(Hardware::asUuid))
        .map(id -> id.toLowerCase(Locale.ROOT));
  }

  private static Optional<String> asUuid(String machineId) {
    if (machineId.length() != MACHINE_ID_DIGITS) {
      return Optional.empty();
    }
    return Optional.of(
        String.join(
            "-",
            machineId.substring(0, 8),
            machineId.substring(8, 12),
            machineId.substring(12, 16),
            machineId.substring(16, 20),
            machineId.substring(20)));
  }

  /** Those of interfaces that are cards of the machine, by their names. */
  static List<String> hardwareAddresses(Map<String, String> byInterface) {
    return byInterface.entrySet().stream()
        .filter(
            e ->
                e.getKey().startsWith("en")
                    || e.getKey().startsWith("eth")
                    || e.getKey().startsWith("wlan"))
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
      // A machine that does not list its interfaces shows none: the host id alone identifies it.
      return Map.of();
    }
    return addresses;
  }

  /** The stripped content of a file; empty when there is none, or nothing in it. */
  private static Optional<String> read(Path file) {
    try {
      return Optional.of(Files.readString(file).strip()).filter(text -> !text.isEmpty());
    } catch (IOException absentOrForbidden) {
      return Optional.empty();
    }
  }
}
