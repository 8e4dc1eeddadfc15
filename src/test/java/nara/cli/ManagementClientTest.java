package nara.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import nara.cli.file.CommandFailure;
import nara.cli.output.CommandLineRun;
import nara.cli.output.Terminal;
import nara.node.config.ConfigReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

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

  @ParameterizedTest
  @CsvSource({
    "HTTP/1.1 200 OK|Content-Length: 100||{, accepts connections, but has not answered within 0 s",
    "'', accepts connections, but has not answered within 0 s",
  })
  void failure_says_that_a_server_is_silent(String response, String sentence) throws Exception {
    assertFailure(response, Duration.ofMillis(300), sentence);
  }

  @ParameterizedTest
  @CsvSource({
    "SSH-2.0-OpenSSH||, answers, but it is not the management port of a nara",
    "HTTP/1.1 403 Forbidden|Content-Length: 16||no Authorization, wants its token; give its"
        + " configuration with --config",
  })
  void failure_says_what_answers(String response, String sentence) throws Exception {
    assertFailure(response, Duration.ofSeconds(30), sentence);
  }

  private static void assertFailure(String response, Duration timeout, String sentence)
      throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ManagementClient client = new ManagementClient()) {
      Thread.ofVirtual().start(() -> answer(server, response.replace("|", "\r\n")));
      String at = "127.0.0.1:" + server.getLocalPort();
      CommandLine.populateCommand(client, "--at", at);

      assertThatThrownBy(() -> client.send("GET", "/", new byte[0], timeout, Terminal.ofProcess()))
          .isInstanceOf(CommandFailure.class)
          .hasMessageContaining(at + ' ' + sentence);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{'status':'ok'}", "{'recovery':1}", "[]", "<html>"})
  void status_of_another_server_is_refused(String body) throws Exception {
    String response =
        "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(body.length(), body.replace('\'', '"'));
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual().start(() -> answer(server, response));
      CommandLineRun run =
          CommandLineRun.of("status", "--at", "127.0.0.1:" + server.getLocalPort());

      assertThat(run.code()).as(run.err()).isEqualTo(2);
      assertThat(run.err()).contains("is not the management port of a nara");
      assertThat(run.out()).isEmpty();
    }
  }

  @Test
  void refusal_without_a_reason_is_not_of_a_nara() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(() -> answer(server, "HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\n{}"));
      CommandLineRun run =
          CommandLineRun.of("recover-now", "--at", "127.0.0.1:" + server.getLocalPort());

      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err()).contains("is not the management port of a nara");
    }
  }

  @Test
  void watch_goes_on_after_a_failure_and_ends_with_its_reader() throws Exception {
    String status = "{\"name\":\"lisa\",\"ready\":true,\"recovery\":{}}";
    AtomicInteger shown = new AtomicInteger();
    OutputStream reader =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            // Each status has one, in the name.
            if (b == 'l' && shown.incrementAndGet() == 2) {
              throw new IOException("Broken pipe");
            }
          }
        };
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread.ofVirtual()
          .start(
              () -> {
                for (String line : List.of("200 OK", "503 No", "200 OK")) {
                  answer(
                      server,
                      "HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                          .formatted(line, status.length(), status));
                }
              });
      CommandLineRun run =
          CommandLineRun.of(
              reader, "status", "--watch", "--json", "--at", "127.0.0.1:" + server.getLocalPort());

      assertThat(run.code()).as(run.err()).isZero();
      assertThat(run.err())
          .contains("no status of a nara: 127.0.0.1:", "answers with HTTP status 503")
          .hasLineCount(1);
      assertThat(shown).hasValue(2);
    }
  }

  @Test
  void unknown_host_is_named() throws Exception {
    CommandLineRun run = CommandLineRun.of("status", "--at", "nobody.invalid");

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("the host name nobody.invalid cannot be looked up");
  }

  @Test
  void host_that_accepts_no_connection_has_no_node() throws Exception {
    List<Socket> waiting = new ArrayList<>();
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ManagementClient client = new ManagementClient()) {
      fill(full, waiting);
      String at = "127.0.0.1:" + full.getLocalPort();
      CommandLine.populateCommand(client, "--at", at);

      assertThatThrownBy(
              () ->
                  client.send(
                      "GET", "/", new byte[0], Duration.ofMillis(300), Terminal.ofProcess()))
          .isInstanceOf(CommandFailure.class)
          .hasMessageStartingWith("no node answers at " + at);
    } finally {
      for (Socket each : waiting) {
        each.close();
      }
    }
  }

  /** Connects until the system lets further clients wait, as a firewall would. */
  private static void fill(ServerSocket server, List<Socket> waiting) throws IOException {
    while (waiting.size() < 100) {
      Socket client = new Socket();
      waiting.add(client);
      try {
        client.connect(server.getLocalSocketAddress(), 500);
      } catch (SocketTimeoutException full) {
        return;
      }
    }
    throw new AssertionError("the system accepts any number of connections");
  }

  /** Answers one request, and leaves the connection open. */
  private static void answer(ServerSocket server, String response) {
    try {
      Socket client = server.accept();
      client.getOutputStream().write(response.getBytes(StandardCharsets.UTF_8));
    } catch (IOException closed) {
      // The test has ended.
    }
  }
}
