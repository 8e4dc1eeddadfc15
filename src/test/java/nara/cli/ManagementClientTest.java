package nara.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import nara.node.config.ConfigReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManagementClientTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.1:7434",
    "bart.local, bart.local:7434",
    "[::1], [::1]:7434",
    "[::1]:18034, [::1]:18034",
    "127.0.0.1:18034, 127.0.0.1:18034",
    "http://127.0.0.1, 127.0.0.1:7434",
    "http://127.0.0.1:18034/, 127.0.0.1:18034"
  })
  void address_without_a_port_has_the_management_port(String at, String address) {
    assertThat(ManagementClient.parse(at)).hasToString(address);
  }

  @Test
  void default_port_is_that_of_the_configuration() {
    assertThat(ManagementClient.parse("h").port()).isEqualTo(ConfigReader.defaults().web().port());
  }

  @Test
  void ipv6_address_without_brackets_is_refused_with_advice() {
    assertThatThrownBy(() -> ManagementClient.parse("::1:18034"))
        .hasMessage(
            "--at ::1:18034 is not HOST:PORT (an IPv6 address goes in brackets, as in"
                + " [::1]:7433)");
  }
}
