package nara.discovery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TailscaleStatusTest {
  @Test
  void addresses_of_online_machines_are_read_ipv4_before_ipv6() {
    TailscaleStatus status =
        read(
            """
            {"Version":"1.90.1","BackendState":"Running",
             "Self":{"TailscaleIPs":["100.64.0.1","fd7a:115c:a1e0::1"],"Online":true},
             "Peer":{
               "nodekey:a":{"HostName":"bart","TailscaleIPs":["fd7a:115c:a1e0::2","100.64.0.2"],
                            "Online":true},
               "nodekey:b":{"HostName":"moe","TailscaleIPs":["100.64.0.3"],"Online":false},
               "nodekey:c":{"HostName":"lisa","TailscaleIPs":["100.101.102.103"],"Online":true},
               "nodekey:d":{"HostName":"six","TailscaleIPs":["fd7a:115c:a1e0::9"],"Online":true},
               "nodekey:e":{"HostName":"none","TailscaleIPs":null,"Online":true}}}
            """);

    assertThat(status.addresses())
        .containsExactly("100.64.0.2", "100.101.102.103", "fd7a:115c:a1e0::9");
    assertThat(status.own()).isEqualTo("100.64.0.1");
    assertThat(status.error()).isEmpty();
  }

  @Test
  void network_of_one_machine_is_empty_without_error() {
    assertThat(read("{\"BackendState\":\"Running\",\"Peer\":null}"))
        .isEqualTo(TailscaleStatus.failed(""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "192.168.1.1",
        "100.64.0.256",
        "100.64.0.1.2",
        "100.64.0",
        "100.64.0.01",
        "100.64.0.1:22",
        "100.64.0.1/..",
        "1000.1.1.1",
        "fd7b:115c:a1e0::1",
        "fd7a:115c:a1e0:::1",
        "fd7a:115c:a1e0::1%eth0",
        ""
      })
  void other_addresses_are_ignored(String address) {
    assertThat(read(machines(address))).isEqualTo(TailscaleStatus.failed(""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | not a JSON object",
        "[] | not a JSON object",
        "42 | not a JSON object",
        "{ | not JSON",
        "nonsense | not JSON",
        "{} | Tailscale is not running",
        "{\"BackendState\":\"NeedsLogin\"} | says \"NeedsLogin\"",
        "{\"BackendState\":[1]} | Tailscale is not running",
      })
  void invalid_response_is_an_error_value(String body, String sentence) {
    TailscaleStatus status = read(body);

    assertThat(status.addresses()).isEmpty();
    assertThat(status.error()).contains(sentence);
  }

  @Test
  void malformed_machines_are_ignored() {
    assertThat(
            read(
                "{\"BackendState\":\"Running\",\"Peer\":{\"a\":1,\"b\":[],\"c\":{\"Online\":true,"
                    + "\"TailscaleIPs\":\"100.64.0.1\"},\"d\":{\"Online\":true,"
                    + "\"TailscaleIPs\":[null,7,{},\"100.64.0.4\"]}}}"))
        .satisfies(status -> assertThat(status.addresses()).containsExactly("100.64.0.4"));
  }

  @Test
  void deep_nesting_is_an_error_value() {
    assertThat(read("{\"Peer\":" + "[".repeat(100_000)).error()).contains("not JSON");
  }

  @Test
  void machines_are_limited_to_the_number_of_neighbours() {
    String machines =
        IntStream.range(0, TailscaleStatus.MAX_MACHINES + 100)
            .mapToObj(
                i ->
                    "\"k%d\":{\"Online\":true,\"TailscaleIPs\":[\"100.64.%d.%d\"]}"
                        .formatted(i, i / 256, i % 256))
            .collect(Collectors.joining(","));

    assertThat(read("{\"BackendState\":\"Running\",\"Peer\":{" + machines + "}}").addresses())
        .hasSize(TailscaleStatus.MAX_MACHINES);
  }

  static String machines(String... addresses) {
    return IntStream.range(0, addresses.length)
        .mapToObj(
            i ->
                "\"nodekey:%d\":{\"Online\":true,\"TailscaleIPs\":[\"%s\"]}"
                    .formatted(i, addresses[i]))
        .collect(Collectors.joining(",", "{\"BackendState\":\"Running\",\"Peer\":{", "}}"));
  }

  private static TailscaleStatus read(String body) {
    return TailscaleStatus.parse(body.getBytes(UTF_8));
  }
}
