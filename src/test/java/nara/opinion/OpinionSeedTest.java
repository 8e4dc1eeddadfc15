package nara.opinion;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.Opinion;
import nara.ledger.LedgerRequest.SubjectSummaries;
import nara.ledger.LedgerRequest.SubjectSummary;
import nara.testing.FakeBus;
import nara.testing.ManualScheduler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Opinions from a public list: what is taken, and what is not. */
class OpinionSeedTest {
  private static final long NOW = 2_000_000_000;

  private static Map<String, Opinion> read(String naras) {
    String json = "{\"naras\":[" + naras + "],\"server\":\"blue\"}";
    return OpinionSeed.read(json.getBytes(UTF_8), NOW);
  }

  private static String nara(String name, long start, long restarts, long last) {
    return "{\"Name\":\"%s\",\"Online\":\"ONLINE\",\"PublicKey\":\"k\",\"StartTime\":%d,\"Restarts\":%d,\"LastRestart\":%d}"
        .formatted(name, start, restarts, last);
  }

  @Test
  void list_gives_three_numbers_for_each_nara() {
    assertThat(read(nara("bart", 1_700_000_000, 7, 1_800_000_000) + "," + nara("moe", 5, 0, 0)))
        .isEqualTo(
            Map.of(
                "bart", new Opinion(1_700_000_000, 7, 1_800_000_000),
                "moe", new Opinion(5, 0, 0)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"Name\":\"bart\",\"StartTime\":-1}",
        "{\"Name\":\"bart\",\"StartTime\":0,\"Restarts\":5}",
        "{\"Name\":\"bart\",\"StartTime\":2000000001}",
        "{\"Name\":\"bart\",\"StartTime\":5,\"Restarts\":-1}",
        "{\"Name\":\"bart\",\"StartTime\":5,\"Restarts\":1000001}",
        "{\"Name\":\"bart\",\"StartTime\":5,\"LastRestart\":4}",
        "{\"Name\":\"bart\",\"StartTime\":5,\"LastRestart\":2000000001}",
        "{\"Name\":\"bart\",\"StartTime\":1e400}",
        "{\"Name\":\"bart\",\"StartTime\":\"5\"}",
        "{\"Name\":\"\",\"StartTime\":5}",
        "{\"Name\":\"a/b\",\"StartTime\":5}",
        "{\"Name\":\"a\\nb\",\"StartTime\":5}",
        "{\"Name\":[\"bart\"],\"StartTime\":5}",
        "7",
        "null"
      })
  void hostile_entry_costs_only_itself(String entry) {
    assertThat(read(entry + "," + nara("moe", 5, 1, 0))).containsOnlyKeys("moe");
  }

  @Test
  void name_that_comes_twice_is_left_out() {
    assertThat(read(nara("bart", 5, 1, 0) + "," + nara("bart", 6, 1, 0))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{\"naras\":{}}", "<html>", "{\"naras\":[", "{\"naras\":[1}"})
  void text_that_is_no_list_is_refused(String json) {
    assertThatThrownBy(() -> OpinionSeed.read(json.getBytes(UTF_8), NOW))
        .isInstanceOf(MalformedJsonException.class);
  }

  @Test
  void list_with_too_many_naras_is_refused() {
    String many = (nara("n", 5, 1, 0) + ",").repeat(OpinionSeed.MAX_NARAS);
    assertThatThrownBy(() -> read(many + nara("n", 5, 1, 0)))
        .isInstanceOf(MalformedJsonException.class);
  }

  @Test
  void event_is_worth_more_than_hearsay_and_hearsay_shows_nobody_online() {
    String list = "{\"naras\":[%s,%s]}".formatted(nara("bart", 5, 1, 0), nara("moe", 6, 2, 0));
    withServer(
        request -> request.response().end(list),
        (vertx, url) -> {
          try (FakeBus bus = new FakeBus()) {
            SubjectSummary bart =
                new SubjectSummary("bart", 9, 0, 100, "", "OFFLINE", new Opinion(100, 9, 0));
            bus.reply(
                LedgerRequest.ADDRESS,
                LedgerRequest.SummariseAllSubjects.class,
                all -> new SubjectSummaries(Map.of("bart", bart)));
            bus.deploy(
                new OpinionVerticle(
                    "me",
                    OpinionConfig.defaults().seededFrom(url),
                    new ManualScheduler(Instant.ofEpochSecond(NOW))));
            bus.finishRecovery();
            Opinions opinions =
                FakeBus.until(
                    () -> bus.ask(OpinionRequest.ADDRESS, new OpinionRequest.GetOpinions()),
                    now -> now.formed() && !now.hearsay().isEmpty());

            assertThat(opinions.of("bart")).isEqualTo(new Opinion(100, 9, 0));
            assertThat(opinions.of("moe")).isEqualTo(new Opinion(6, 2, 0));
            assertThat(opinions.of("ned")).isEqualTo(new Opinion(0, 0, 0));
            assertThat(opinions.bySubject()).containsOnlyKeys("bart");
          }
        });
  }

  @Test
  void list_that_is_too_large_redirected_or_refused_changes_nothing() {
    Buffer chunk = Buffer.buffer(new byte[1 << 20]);
    Consumer<HttpServerRequest> endless =
        request -> {
          request.response().setChunked(true);
          for (int i = 0; i < 6; i++) {
            request.response().write(chunk);
          }
        };
    Consumer<HttpServerRequest> redirect =
        request ->
            request
                .response()
                .setStatusCode(302)
                .putHeader("Location", "http://127.0.0.1:1/")
                .end();
    Consumer<HttpServerRequest> refusal = request -> request.response().setStatusCode(500).end();
    for (Consumer<HttpServerRequest> answer : List.of(endless, redirect, refusal)) {
      withServer(
          answer,
          (vertx, url) -> {
            SeedClient client = new SeedClient(vertx, url);
            assertThatThrownBy(() -> FakeBus.await(client.fetch(NOW))).isNotNull();
          });
    }
  }

  private static void withServer(
      Consumer<HttpServerRequest> answer, BiConsumer<Vertx, String> test) {
    Vertx vertx = Vertx.vertx();
    try {
      int port =
          FakeBus.await(
                  vertx.createHttpServer().requestHandler(answer::accept).listen(0, "127.0.0.1"))
              .actualPort();
      test.accept(vertx, "http://127.0.0.1:" + port + "/narae.json");
    } finally {
      FakeBus.await(vertx.close());
    }
  }
}
