package nara.identity;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fingerprint, on machines made of files. */
class HardwareTest {
  private static final String MACHINE_ID = "0123456789ABCDEF0123456789abcdef\n";
  private static final String AS_UUID = "01234567-89ab-cdef-0123-456789abcdef";

  @TempDir Path root;

  @Test
  void fingerprint_hashes_host_id_and_sorted_addresses() {
    assertThat(Hardware.fingerprint("host", List.of("b", "a")))
        .contains(Hashing.sha256("host-a,b".getBytes(UTF_8)));
  }

  @Test
  void fingerprint_is_empty_when_machine_shows_no_id() throws IOException {
    Files.createDirectories(root.resolve("sys/class/net/lo"));
    assertThat(Hardware.fingerprint(root)).isEmpty();
  }

  @Test
  void made_up_addresses_alone_give_no_fingerprint() throws IOException {
    write("sys/class/net/eth0/address", "02:42:ac:11:00:02\n");
    assertThat(Hardware.fingerprint(root)).isEmpty();

    write("sys/class/net/enp3s0/address", "00:1b:21:00:00:01\n");
    assertThat(Hardware.fingerprint(root)).as("a card with an address of its own").isPresent();
  }

  @Test
  void fingerprint_uses_only_physical_network_cards() {
    assertThat(
            Hardware.hardwareAddresses(
                Map.of("en0", "a", "enp3s0", "b", "eth0", "c", "wlan0", "d", "lo", "e")))
        .containsExactlyInAnyOrder("a", "b", "c", "d");
    assertThat(Hardware.hardwareAddresses(Map.of("docker0", "a", "veth1", "b", "tailscale0", "c")))
        .isEmpty();
    assertThat(Hardware.hardwareAddresses(Map.of("eth0", ""))).isEmpty();
  }

  @Test
  void fingerprint_is_read_from_this_machine() throws IOException {
    write("etc/machine-id", MACHINE_ID);
    write("sys/class/net/eth1/address", "02:00:00:00:00:02\n");
    write("sys/class/net/eth0/address", "02:00:00:00:00:01\n");
    write("sys/class/net/lo/address", "00:00:00:00:00:00\n");
    String text = AS_UUID + "-02:00:00:00:00:01,02:00:00:00:00:02";
    assertThat(Hardware.fingerprint(root)).contains(Hashing.sha256(text.getBytes(UTF_8)));
  }

  @Test
  void mainboard_id_takes_precedence_over_machine_id() throws IOException {
    write("etc/machine-id", MACHINE_ID);
    assertThat(Hardware.hostId(root)).contains(AS_UUID);
    write("sys/class/dmi/id/product_uuid", "ABCDEF01-89ab-cdef-0123-456789abcdef\n");
    assertThat(Hardware.hostId(root)).contains("abcdef01-89ab-cdef-0123-456789abcdef");
  }

  @Test
  void id_of_wrong_length_is_ignored() throws IOException {
    write("sys/class/dmi/id/product_uuid", "None\n");
    write("etc/machine-id", "uninitialized\n");
    assertThat(Hardware.hostId(root)).isEmpty();
  }

  @Test
  void fingerprint_of_this_machine_is_stable() {
    assertThat(Hardware.fingerprint().map(NativeSoul::generated))
        .isEqualTo(Hardware.fingerprint().map(NativeSoul::generated));
    assertThat(Hardware.hostName()).isEqualTo(Hardware.hostName());
  }

  private void write(String file, String content) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, content);
  }
}
