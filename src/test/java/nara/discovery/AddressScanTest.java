package nara.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressScanTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.7/32, 10.0.0.7:1",
    "10.0.0.6/31, 10.0.0.6:1 10.0.0.7:1",
    "10.0.0.4/30, 10.0.0.5:1 10.0.0.6:1",
    "10.0.0.9/29, 10.0.0.9:1 10.0.0.10:1 10.0.0.11:1 10.0.0.12:1 10.0.0.13:1 10.0.0.14:1",
    "255.255.255.255/32, 255.255.255.255:1",
    "0.0.0.0/31, 0.0.0.0:1 0.0.0.1:1",
  })
  void scan_skips_network_and_broadcast_address(String cidr, String addresses) {
    assertThat(all(AddressScan.of(cidr, 1))).containsExactly(addresses.split(" "));
  }

  @Test
  void scan_covers_the_largest_range() {
    List<String> all = all(AddressScan.of("100.64.0.0/16", 7433));

    assertThat(all)
        .hasSize(65_534)
        .startsWith("100.64.0.1:7433")
        .contains("100.64.0.255:7433", "100.64.1.0:7433")
        .endsWith("100.64.255.254:7433");
  }

  @ParameterizedTest
  @CsvSource({
    "'', is not an IPv4 range",
    "10.0.0.0, is not an IPv4 range",
    "10.0.0/24, is not an IPv4 range",
    "::1/128, is not an IPv4 range",
    "10.0.0.0/-1, is not an IPv4 range",
    "10.0.0.0/024, is not an IPv4 range",
    "'10.0.0.0/24 ', is not an IPv4 range",
    "10.0.0.256/24, has a part over 255",
    "10.0.0.0/15, must have a prefix from /16",
    "10.0.0.0/0, must have a prefix from /16",
    "10.0.0.0/33, must have a prefix from /16",
  })
  void invalid_range_is_rejected_with_reason(String cidr, String sentence) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AddressScan.of(cidr, 7433))
        .withMessageContaining(sentence);
  }

  @ParameterizedTest
  @CsvSource({"0", "-1", "65536"})
  void invalid_port_is_rejected(int port) {
    assertThatIllegalArgumentException().isThrownBy(() -> AddressScan.of("10.0.0.0/24", port));
  }

  static List<String> all(AddressScan scan) {
    return scan.addresses().toList();
  }
}
