package nara.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import nara.bus.Scheduler;
import nara.cli.output.CommandLineRun;
import nara.identity.Identity;
import nara.mesh.wire.PeerAddress;
import nara.node.Blocking;
import nara.testing.Citizen;
import nara.testing.SelfSignedCertificate;
import nara.testing.TestNode;
import nara.testing.Vectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Imports a backup into a running node. */
class ImportClientIT {
  private static final Path CORPUS = Path.of("src/test/resources/vectors/corpus.jsonl.gz");

  @TempDir private Path folder;

  @Test
  void repeated_import_adds_events_once() throws IOException {
    try (TestNode lisa = node()) {
      JsonNode first = imported(lisa);
      JsonNode again = imported(lisa);

      assertThat(first.get("sent").asInt()).isGreaterThan(2_000);
      assertThat(first.get("imported").asInt()).isGreaterThan(2_000);
      assertThat(first.get("warnings").asInt()).as("bad ones are in the corpus").isPositive();
      assertThat(again.get("imported").asInt()).isZero();
      Path out = Files.write(folder.resolve("out.jsonl"), new TreeSet<>(lisa.heldEvents()));
      assertThat(CommandLineRun.of("ledger", "stats", out, "--json").code()).isZero();
      assertThat(lisa.heldEvents()).hasSizeGreaterThanOrEqualTo(first.get("imported").asInt() - 1);
    }
  }

  @Test
  void node_rejects_import_of_another_owner() throws IOException {
    try (TestNode lisa = node()) {
      CommandLineRun run = restore(lisa.address(), Citizen.named("bart").identity());

      assertThat(run.code()).isEqualTo(2);
      assertThat(run.err())
          .contains("rejects the import")
          .contains("verification failed")
          .contains("; give the configuration of that node with --config");
      assertThat(lisa.heldCorpus()).isEmpty();
    }
  }

  @Test
  void import_reports_missing_arguments() throws IOException {
    CommandLineRun nobody = restore("127.0.0.1:1", Citizen.named("lisa").identity());
    CommandLineRun unsigned = CommandLineRun.of("ledger", "import", "--to", "a:1", CORPUS);
    CommandLineRun nothing = CommandLineRun.of("ledger", "import", folder.resolve("l.jsonl"));

    assertThat(nobody.code()).isEqualTo(2);
    assertThat(nobody.err()).contains("127.0.0.1:1 cannot be reached: connection refused");
    assertThat(unsigned.code()).isEqualTo(2);
    assertThat(unsigned.err()).contains("--to needs --config");
    assertThat(nothing.code()).isEqualTo(2);
    assertThat(nothing.err()).contains("the files to import are missing");
  }

  @Test
  void import_goes_through_a_server_with_a_certificate() throws IOException {
    SelfSignedCertificate certificate = SelfSignedCertificate.make(folder);
    try (TestNode lisa = node();
        TlsFront front = new TlsFront(lisa.address(), certificate)) {
      Identity owner = lisa.node().identity();

      CommandLineRun unverified = restore(front.url("127.0.0.1"), owner);
      CommandLineRun otherName =
          restore(front.url("127.0.0.2"), owner, "--ca", certificate.certificate());
      CommandLineRun verified =
          restore(front.url("127.0.0.1"), owner, "--ca", certificate.certificate());
      CommandLineRun noCertificate =
          restore(front.url("127.0.0.1"), owner, "--ca", certificate.key());
      CommandLineRun plain = restore("http://" + lisa.address() + "/", owner);

      assertThat(unverified.code()).isEqualTo(2);
      assertThat(unverified.err())
          .contains(
              "the node at "
                  + front.url("127.0.0.1")
                  + " cannot be reached: no connection: the"
                  + " certificate is not accepted: ",
              "unable to find valid certification path");
      assertThat(otherName.code()).isEqualTo(2);
      assertThat(otherName.err()).contains("No subject alternative names matching IP address");
      assertThat(noCertificate.err()).contains("--ca: ", " has no certificate; give a PEM file");
      assertThat(verified.code()).as(verified.err()).isZero();
      assertThat(Vectors.parse(verified.out()).get("imported").asInt()).isGreaterThan(2_000);
      assertThat(plain.code()).as(plain.err()).isZero();
    }
  }

  /** A server with a certificate before a node, such as a reverse proxy. */
  private static final class TlsFront implements AutoCloseable {
    private final Vertx vertx = Vertx.vertx();
    private final HttpServer server;

    TlsFront(String address, SelfSignedCertificate certificate) {
      PeerAddress node = PeerAddress.parse(address).orElseThrow();
      HttpClient client = vertx.createHttpClient();
      PemKeyCertOptions pem =
          new PemKeyCertOptions()
              .addCertPath(certificate.certificate().toString())
              .addKeyPath(certificate.key().toString());
      server =
          Blocking.await(
              vertx
                  .createHttpServer(new HttpServerOptions().setSsl(true).setKeyCertOptions(pem))
                  .requestHandler(
                      request ->
                          request
                              .body()
                              .compose(
                                  body ->
                                      client
                                          .request(
                                              request.method(),
                                              node.port(),
                                              node.host(),
                                              request.uri())
                                          .compose(passed -> passed.send(body)))
                              .compose(HttpClientResponse::body)
                              .onSuccess(request.response()::end))
                  .listen(0, "0.0.0.0"),
              Duration.ofSeconds(20));
    }

    String url(String host) {
      return "https://" + host + ':' + server.actualPort();
    }

    @Override
    public void close() {
      Blocking.await(vertx.close(), Duration.ofSeconds(20));
    }
  }

  private JsonNode imported(TestNode into) throws IOException {
    CommandLineRun run = restore(into.address(), into.node().identity());
    assertThat(run.code()).as(run.err()).isZero();
    return Vectors.parse(run.out());
  }

  private CommandLineRun restore(String address, Identity owner, Object... more)
      throws IOException {
    Path config =
        Files.writeString(
            folder.resolve("node.json"),
            "{\"identity\": {\"name\": \"%s\", \"soul\": \"%s\"}}"
                .formatted(owner.name(), owner.soul().encoded()));
    List<Object> args = new ArrayList<>(List.of("ledger", "import", "--to", address));
    args.addAll(List.of("--config", config, CORPUS, "--json"));
    args.addAll(List.of(more));
    return CommandLineRun.of(args.toArray());
  }

  private static TestNode node() {
    return TestNode.start(
        "lisa", List.of(), config -> config, progressed -> {}, Scheduler.of(CommandLineRun.CLOCK));
  }
}
