package nara.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsFilesTest {
  @TempDir private Path directory;

  private Instant now;

  @BeforeEach
  void makeCertificates() throws IOException, InterruptedException {
    make("one", "a", "b");
    make("other", "a");
    now = Instant.now();
  }

  private void make(String authority, String... hosts) throws IOException, InterruptedException {
    ProcessBuilder script = new ProcessBuilder("scripts/test-ca", at(authority).toString());
    script.command().addAll(List.of(hosts));
    assertThat(script.redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor()).isZero();
  }

  private Path at(String name) {
    return directory.resolve(name);
  }

  private ClusterConfig.Tls tls(String key, String certificate, String authority) {
    return new ClusterConfig.Tls(at(key), at(certificate), at(authority));
  }

  @Test
  void generated_tls_files_match() {
    assertThat(TlsFiles.problem(tls("one/a.key", "one/a.pem", "one/ca.pem"), now)).isEmpty();
  }

  @Test
  void key_of_another_certificate_is_rejected() {
    assertThat(TlsFiles.problem(tls("one/b.key", "one/a.pem", "one/ca.pem"), now).orElseThrow())
        .isEqualTo(
            "cluster.tls.key: %s does not match the certificate in %s"
                .formatted(at("one/b.key"), at("one/a.pem")));
  }

  @Test
  void certificate_of_another_authority_is_rejected() {
    assertThat(TlsFiles.problem(tls("one/a.key", "one/a.pem", "other/ca.pem"), now).orElseThrow())
        .contains("one/a.pem is not signed by the authority in ", "other/ca.pem");
  }

  @Test
  void expired_certificate_is_rejected() {
    Instant later = now.plus(Duration.ofDays(31));
    assertThat(TlsFiles.problem(tls("one/a.key", "one/a.pem", "one/ca.pem"), later).orElseThrow())
        .contains("one/a.pem is valid from ", ", not now");
  }

  @Test
  void unreadable_tls_files_are_named() throws IOException {
    Files.writeString(at("text"), "no PEM");
    assertThat(TlsFiles.problem(tls("text", "one/a.pem", "one/ca.pem"), now).orElseThrow())
        .startsWith("cluster.tls.key: " + at("text") + " contains no PEM private key");
    assertThat(TlsFiles.problem(tls("one/a.key", "text", "one/ca.pem"), now).orElseThrow())
        .isEqualTo("cluster.tls.certificate: " + at("text") + " contains no PEM certificate");
    assertThat(TlsFiles.problem(tls("one/a.key", "one/a.pem", "text"), now).orElseThrow())
        .isEqualTo("cluster.tls.authority: " + at("text") + " contains no PEM certificate");
  }
}
