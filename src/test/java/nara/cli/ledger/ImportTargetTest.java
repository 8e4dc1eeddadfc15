package nara.cli.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImportTargetTest {
  @ParameterizedTest
  @CsvSource({
    "a:1, false, a:1",
    "a, false, a:7433",
    "http://a, false, a:80",
    "https://a, true, a:443",
    "https://a:8443/, true, a:8443",
    "https://[::1], true, [::1]:443",
    "https://[::1]:8443, true, [::1]:8443"
  })
  void target_is_an_address_or_a_url(String text, boolean tls, String address) {
    ImportClient.Target target = ImportClient.Target.parse(text).orElseThrow();
    assertThat(target.tls()).isEqualTo(tls);
    assertThat(target.address()).hasToString(address);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ftp://a", "https://", "https://a/path", "https://u:p@a", "https://a:x", "a:0"})
  void other_targets_are_refused(String text) {
    assertThat(ImportClient.Target.parse(text)).isEmpty();
  }
}
