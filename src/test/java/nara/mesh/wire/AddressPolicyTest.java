package nara.mesh.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressPolicyTest {
  @ParameterizedTest
  @CsvSource({
    "100.64.0.7, 100.64.0.7:7433",
    "10.0.0.1:9001, 10.0.0.1:9001",
    "[fd7a::1]:80, [fd7a:0:0:0:0:0:0:1]:80",
    "[FD7A:0::1]:80, [fd7a:0:0:0:0:0:0:1]:80",
    "[::ffff:10.0.0.1]:80, 10.0.0.1:80",
  })
  void announced_literal_address_gets_one_spelling(String announced, String used) {
    assertThat(AddressPolicy.strict().check(announced).map(PeerAddress::toString)).contains(used);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lisa.example",
        "localhost:80",
        "1.2.3",
        "0x7f.0.0.1",
        "010.0.0.1",
        "2130706433",
        "256.1.1.1",
        "[fe80::1%eth0]",
        "[:::]",
        "0.0.0.0:80",
        "0.1.2.3",
        "[::]:80",
        "[::10.0.0.1]",
        "224.0.0.1",
        "239.1.1.1",
        "[ff02::1]",
        "255.255.255.255",
        "240.0.0.1",
        "10.0.0.1:0",
        ""
      })
  void no_policy_allows_names_or_group_addresses(String announced) {
    assertThat(AddressPolicy.local().check(announced)).isEmpty();
    assertThat(AddressPolicy.strict().check(announced)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1:80",
        "127.8.8.8",
        "[::1]:80",
        "[::ffff:127.0.0.1]:80",
        "169.254.169.254:80",
        "[fe80::1]:80"
      })
  void local_addresses_need_a_permission(String announced) {
    assertThat(AddressPolicy.strict().check(announced)).isEmpty();
    assertThat(AddressPolicy.local().check(announced)).isPresent();
  }

  @Test
  void loopback_is_recognised_without_a_lookup() {
    assertThat(AddressPolicy.isLoopback("localhost")).isTrue();
    assertThat(AddressPolicy.isLoopback("127.3.2.1")).isTrue();
    assertThat(AddressPolicy.isLoopback("::1")).isTrue();
    assertThat(AddressPolicy.isLoopback("127.evil.example")).isFalse();
  }
}
