package nara.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nara.bus.Scheduler;
import nara.cli.output.StatusFormatter;
import nara.demo.DemoNetwork;
import nara.discovery.DiscoveryConfig.ConfiguredPeer;
import nara.event.Event;
import nara.event.json.RawEvents;
import nara.mqtt.PlazaNotification;
import nara.node.Blocking;
import nara.node.NaraNode;
import nara.node.config.NodeConfig;
import nara.profile.Status;
import nara.recovery.RecoveryNotification;
import nara.recovery.RecoveryNotification.RecoveryProgressed;
import nara.stash.StashConfig;
import nara.testing.Chromium;
import nara.testing.Citizen;
import nara.testing.FaultyPeer;
import nara.testing.FreePorts;
import nara.testing.Poll;
import nara.trust.OfferSource;
import nara.trust.TrustRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The page in a real browser, beside a live recovery from neighbours that the test slows down.
 *
 * <p>With {@code -Dnara.screenshots=FOLDER} it writes pictures for the documentation; {@code
 * -Dnara.screenshots.events} is the size of the history on them; 60,000 shows a recovery in motion.
 */
class PageIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(90);
  private static final String SCREENSHOTS = System.getProperty("nara.screenshots", "");
  private static final int EVENTS = Integer.getInteger("nara.screenshots.events", 6_000);
  private static final int WIDTH = 1_200;
  private static final List<String> VIEWS =
      List.of("recovery", "network", "ledger", "trust", "cluster", "node");

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private static DemoNetwork network;
  private static Chromium browser;

  private final List<FaultyPeer> slowPeers = new ArrayList<>();
  private final Promise<Void> released = Promise.promise();
  private final AtomicReference<RecoveryProgressed> progress = new AtomicReference<>();
  private final AtomicBoolean totalKnown = new AtomicBoolean();
  private NaraNode node;
  private int port;

  @BeforeAll
  static void startNetwork() {
    network = DemoNetwork.start(5, EVENTS, 1, Scheduler.system(), step -> {});
    browser = Chromium.start();
  }

  @AfterAll
  static void stopNetwork() {
    browser.close();
    network.close();
  }

  @BeforeEach
  void forgetEarlierTests() {
    browser.show(WIDTH, 800, false);
    browser.open("about:blank");
    browser.errors();
    browser.requestedAuthorities();
  }

  @AfterEach
  void stopNode() {
    released.tryComplete();
    browser.open("about:blank");
    if (node != null) {
      Blocking.await(node.stop(), TIMEOUT);
    }
    slowPeers.forEach(FaultyPeer::close);
  }

  /**
   * Starts a node.
   *
   * @param admitted requests for events that its neighbours answer once it knows how many events
   *     are to come; the others wait for {@link #released}
   */
  private void startNode(int admitted) throws IOException {
    AtomicInteger left = new AtomicInteger(admitted);
    List<ConfiguredPeer> peers = new ArrayList<>();
    for (NaraNode neighbour : network.neighbours()) {
      FaultyPeer slow =
          FaultyPeer.proxying("127.0.0.1:" + neighbour.meshPort().orElseThrow())
              .admittedBy(
                  () ->
                      !totalKnown.get() || left.getAndDecrement() > 0
                          ? Future.succeededFuture()
                          : released.future());
      slowPeers.add(slow);
      peers.add(new ConfiguredPeer(neighbour.identity().name(), slow.address()));
    }
    port = FreePorts.next();
    NodeConfig config = network.freshConfig();
    node =
        Blocking.await(
            NaraNode.start(
                config
                    .with(config.discovery().withPeers(peers))
                    .with(config.plaza().withUrl(""))
                    .with(StashConfig.defaults())
                    .with(new NodeConfig.WebConfig(true, "127.0.0.1", port)),
                network.freshIdentity(),
                Scheduler.system(),
                RandomGenerator.getDefault(),
                starting -> {
                  starting
                      .bus()
                      .subscribe(
                          RecoveryNotification.ADDRESS,
                          RecoveryNotification.class,
                          news -> {
                            if (news instanceof RecoveryProgressed progressed) {
                              progress.set(progressed);
                              if (progressed.remainingEvents().isPresent()) {
                                totalKnown.set(true);
                              }
                            }
                          });
                  return Future.succeededFuture();
                }),
            TIMEOUT);
  }

  private void startNodeInRecovery() throws IOException {
    startNode(EVENTS / 6_000);
    Poll.until(
        TIMEOUT,
        this::recovery,
        recovery ->
            recovery.getLong("remaining_events", 0L) > 0
                && recovery.getLong("received", 0L) > EVENTS / 5);
    // All that was under way has come when the numbers stay the same.
    Poll.untilSteady(
        TIMEOUT,
        Duration.ofMillis(250),
        () -> {
          JsonObject recovery = recovery();
          recovery.remove("duration_ms");
          return recovery;
        });
  }

  private void startRecoveredNode() throws IOException {
    startNode(Integer.MAX_VALUE);
    awaitRecovered();
  }

  private void awaitRecovered() {
    Poll.until(TIMEOUT, this::recovery, recovery -> recovery.getBoolean("finished", false));
  }

  @Test
  void each_view_works_during_a_recovery_and_after_it() throws Exception {
    startNodeInRecovery();
    browser.open(url("/"));
    browser.until("document.querySelectorAll('tbody tr').length >= 5");
    assertThat(browser.text("#state")).isEqualTo("recovering");
    assertThat(browser.text(".stage")).isEqualTo("Fetching events");
    assertThat(browser.text(".share")).matches("\\d{1,2} %");
    assertThat(browser.text(".of")).startsWith("of at least ");
    browser.until("document.body.textContent.includes('Waiting for neighbour-')");
    assertThat(browser.text("#view")).contains("Time left", "Events per second", "neighbour-5");
    visitAllViews();
    assertThat(barriers()).isEmpty();
    assertThat(recovery().getBoolean("finished")).isFalse();

    released.complete();
    awaitRecovered();

    browser.until("document.querySelector('#state').textContent !== 'recovering'");
    visitAllViews();
    browser.evaluate("location.hash = 'recovery'");
    browser.until("document.querySelector('.stage')?.textContent === 'Complete'");
    browser.until("document.querySelector('#view').textContent.includes('valid')");
    browser.show(WIDTH, 1_200, false);
    screenshot("report");
    assertThat(browser.errors()).isEmpty();
    assertThat(browser.requestedAuthorities()).containsExactly("127.0.0.1:" + port);
  }

  private void visitAllViews() {
    for (String view : VIEWS) {
      open(view);
      browser.until("document.querySelectorAll('#view .card').length > 0");
      assertThat(browser.text("#nav [aria-current]").toLowerCase(Locale.ROOT)).isEqualTo(view);
      assertThat(browser.text("h1").toLowerCase(Locale.ROOT)).isEqualTo(view);
      assertThat(browser.evaluate("document.querySelectorAll('tbody tr').length <= 1000"))
          .isEqualTo(true);
    }
  }

  private static void open(String view) {
    browser.evaluate("location.hash = '" + view + "'");
    String shown =
        switch (view) {
          case "recovery" -> "document.querySelectorAll('#view tbody tr').length >= 5";
          case "network" -> "document.querySelectorAll('#view tbody tr').length >= 5";
          case "ledger" ->
              "document.querySelector('.chart canvas') && document.querySelector('#view tbody tr')";
          case "trust" -> "document.querySelector('.figures dd')";
          case "cluster" -> "document.querySelector('#view').textContent.includes('runs alone')";
          default -> "document.querySelectorAll('#view tbody tr').length > 20";
        };
    browser.until(
        "document.querySelector('#nav [aria-current]').hash === '#" + view + "' && " + shown);
  }

  @Test
  void page_status_report_metrics_and_progress_tell_the_same_numbers() throws Exception {
    startNodeInRecovery();
    browser.open(url("/"));
    browser.until("document.querySelector('.figures dd')");
    JsonObject recovery = recovery();
    long received = recovery.getLong("received");
    long merged = recovery.getLong("merged");
    String digits = String.format(Locale.ROOT, "%,d", received);

    browser.until("document.querySelector('.figures dd').textContent === '" + digits + "'");

    assertThat(browser.text(".figures div:nth-of-type(2) dd"))
        .isEqualTo(String.format(Locale.ROOT, "%,d", merged));
    assertThat(browser.text(".of"))
        .isEqualTo(
            String.format(
                Locale.ROOT,
                "of at least %,d events",
                received + recovery.getLong("remaining_events")));
    JsonObject events = json("/report").getJsonObject("events");
    assertThat(events.getLong("received")).isEqualTo(received);
    assertThat(events.getLong("merged")).isEqualTo(merged);
    assertThat(progress.get().report().eventTotals().received()).isEqualTo((int) received);
    assertThat(progress.get().report().eventTotals().merged()).isEqualTo((int) merged);
    assertThat(StatusFormatter.lines(json("/status")))
        .contains(digits + " events received, " + String.format(Locale.ROOT, "%,d new", merged));
    String metrics = get("/metrics").body();
    assertThat(metric(metrics, "nara_recovery_received_events_total")).isEqualTo(received);
    assertThat(metric(metrics, "nara_recovery_events_total\\{result=\"merged\"}"))
        .isEqualTo(merged);
    assertThat(metric(metrics, "nara_recovery_received_bytes_total"))
        .isEqualTo(recovery.getLong("bytes"));
    assertThat(rowSum("new")).isLessThanOrEqualTo(merged);
    assertThat(rowSum("events")).isEqualTo(received);
  }

  private long rowSum(String key) throws Exception {
    return json("/report").getJsonArray("neighbours").stream()
        .mapToLong(row -> ((JsonObject) row).getLong(key))
        .sum();
  }

  private static long metric(String metrics, String name) {
    Matcher line =
        Pattern.compile("^" + name + " ([0-9.E+]+)$", Pattern.MULTILINE).matcher(metrics);
    assertThat(line.find()).as(name).isTrue();
    return (long) Double.parseDouble(line.group(1));
  }

  @Test
  void no_view_has_barriers_in_light_or_dark_or_on_a_phone() throws Exception {
    startRecoveredNode();
    announcePlaces();
    browser.open(url("/"));

    assertThat(barriers()).isEmpty();
  }

  /** The findings of axe in each view, in light, in dark and on a phone. */
  private static List<String> barriers() {
    List<String> barriers = new ArrayList<>();
    for (String view : VIEWS) {
      open(view);
      for (String kind : List.of("light", "dark", "phone")) {
        boolean phone = kind.equals("phone");
        browser.show(phone ? 375 : WIDTH, phone ? 812 : 800, kind.equals("dark"));
        browser.barriers().forEach(found -> barriers.add(view + " " + kind + " " + found));
        if (phone) {
          assertThat(browser.evaluate("document.documentElement.scrollWidth"))
              .as(view + " is as wide as the phone")
              .isEqualTo(375L);
        }
      }
    }
    browser.show(WIDTH, 800, false);
    return barriers;
  }

  @Test
  void ledger_zooms_filters_follows_new_events_and_shows_one() throws Exception {
    startRecoveredNode();
    browser.open(url("/#ledger"));
    open("ledger");
    String all = browser.text(".head .note");
    browser.show(WIDTH, 900, false);
    screenshot("ledger");

    browser.dragAcross(".chart .u-over", 0.3, 0.6);

    browser.until(
        "!document.querySelector('.head .note').textContent.includes('Drag')"
            + " && document.querySelector('.head .note').textContent !== '"
            + all
            + "'");
    assertThat(count(browser.text(".head .note"))).isBetween(1L, count(all) * 6 / 10);

    browser.click("[aria-label=Time] button");
    browser.evaluate(
        "(() => { const s = document.querySelector('select'); s.value = 'checkpoint';"
            + " s.dispatchEvent(new Event('change')); })()");
    browser.until(
        "[...document.querySelectorAll('tbody tr')].length > 0 &&"
            + " [...document.querySelectorAll('tbody tr')]"
            + ".every((row) => row.cells[1].textContent === 'checkpoint')");
    browser.evaluate(
        "(() => { const s = document.querySelector('select'); s.value = '';"
            + " s.dispatchEvent(new Event('change')); })()");
    browser.until("document.querySelectorAll('tbody tr').length >= 50");

    Citizen bart = Citizen.named("bart");
    long now = Event.unixNanos(Instant.now());
    offer(List.of(bart.heyThere(now - 1, ""), bart.tease(now, "the newest event")));

    browser.until("document.querySelector('tbody tr').textContent.includes('the newest event')");
    browser.click("tbody tr button");
    browser.until("document.querySelector('dialog').open");
    assertThat(browser.text("dialog"))
        .contains("valid", "bart", "from test, ", "\"ts\":" + now, "the newest event");
    assertThat(browser.barriers()).isEmpty();
    assertThat(browser.errors()).isEmpty();
  }

  private static long count(String sentence) {
    return Long.parseLong(sentence.substring(0, sentence.indexOf(' ')).replace(",", ""));
  }

  private void offer(List<byte[]> events) {
    Blocking.await(
        node.bus()
            .request(
                TrustRequest.ADDRESS,
                new TrustRequest.OfferEvents(OfferSource.peer("test"), RawEvents.join(events)),
                TIMEOUT),
        TIMEOUT);
  }

  @Test
  void network_has_a_map_and_fits_dark_rooms_and_phones() throws Exception {
    startRecoveredNode();
    announcePlaces();
    browser.open(url("/#network"));
    open("network");
    browser.until("document.querySelectorAll('.map .place, .map .away').length >= 5");
    browser.show(WIDTH, 900, false);
    screenshot("network");
    browser.show(WIDTH, 900, true);
    screenshot("dark");
    browser.show(375, 812, false);
    browser.evaluate("location.hash = 'recovery'");
    browser.until("document.querySelector('.stage')?.textContent === 'Complete'");
    screenshot("phone");

    assertThat(browser.errors()).isEmpty();
  }

  /** As if the neighbours had said where they are. */
  private void announcePlaces() {
    double[][] places = {{14, 9}, {-22, 6}, {8, -19}, {-9, -27}, {31, -4}};
    for (int i = 0; i < places.length; i++) {
      String status =
          """
          {"coordinates":{"x":%s,"y":%s,"height":0.1,"error":0.2},"MeshEnabled":true}\
          """
              .formatted(places[i][0], places[i][1]);
      node.bus()
          .publish(
              PlazaNotification.ADDRESS,
              new PlazaNotification.StatusReceived(
                  network.neighbours().get(i).identity().name(), Status.read(status), true));
    }
    Poll.until(TIMEOUT, () -> get("/network/map").body(), map -> map.split("\"x\"").length >= 6);
  }

  @Test
  void page_works_by_keyboard() throws Exception {
    startRecoveredNode();
    browser.open(url("/"));
    browser.until("document.querySelectorAll('#view tbody tr').length >= 5");

    assertThat(browser.focusedAfterTab()).isEqualTo("A Skip to the content");
    assertThat(browser.focusedAfterTab()).isEqualTo("A Recovery");
    assertThat(browser.focusedAfterTab()).isEqualTo("A Network");
    assertThat(
            browser.evaluate(
                "getComputedStyle(document.activeElement).outlineStyle + "
                    + "getComputedStyle(document.activeElement).outlineWidth"))
        .isEqualTo("solid2px");
  }

  @Test
  void page_reads_nothing_while_it_is_hidden_and_tells_when_the_node_is_gone() throws Exception {
    startRecoveredNode();
    browser.open(url("/#ledger"));
    open("ledger");
    recordTimersAndRequests();
    browser.until("window.requests > 0");
    browser.evaluate(
        "Object.defineProperty(document, 'hidden', {value: true, configurable: true})");
    browser.evaluate("document.dispatchEvent(new Event('visibilitychange'))");

    // Without a timer, a request and a stream, nothing can wake the page.
    Object quiet =
        Poll.untilSteady(
            TIMEOUT,
            Duration.ofMillis(500),
            () -> browser.evaluate("[timers.size, underWay, requests].join()"));
    assertThat(quiet).asString().startsWith("0,0,");
    Poll.until(
        TIMEOUT, () -> metric(get("/metrics").body(), "nara_event_stream_clients"), n -> n == 0);
    assertThat(browser.evaluate("[timers.size, underWay, requests].join()")).isEqualTo(quiet);

    browser.evaluate("window.requests = 0");
    browser.evaluate("Object.defineProperty(document, 'hidden', {value: false})");
    browser.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    browser.until("window.requests > 0");

    Blocking.await(node.stop(), TIMEOUT);
    node = null;

    browser.until(
        "document.querySelector('#gone').textContent.startsWith('The node does not answer since')");
    assertThat(browser.text("#state")).isEqualTo("no answer");
    assertThat(browser.evaluate("document.querySelectorAll('tbody tr').length > 0"))
        .isEqualTo(true);
  }

  private static void recordTimersAndRequests() {
    browser.evaluate(
        """
        (() => {
          const start = setTimeout, cancel = clearTimeout, send = fetch;
          Object.assign(window, {timers: new Set(), underWay: 0, requests: 0});
          window.setTimeout = (run, millis) => {
            const id = start(() => { timers.delete(id); run(); }, millis);
            timers.add(id);
            return id;
          };
          window.clearTimeout = (id) => { timers.delete(id); cancel(id); };
          window.fetch = (...request) => {
            requests++;
            underWay++;
            return send(...request).finally(() => underWay--);
          };
        })()\
        """);
  }

  @Test
  void files_are_small_kept_by_the_browser_and_guarded() throws Exception {
    startRecoveredNode();
    long bytes = get("/").body().length();
    for (String file : pageFiles()) {
      HttpResponse<String> response = get(file);
      assertThat(response.statusCode()).as(file).isEqualTo(200);
      bytes += response.body().length();
      String tag = response.headers().firstValue("ETag").orElseThrow();
      assertThat(get(file, "If-None-Match", tag).statusCode()).isEqualTo(304);
      HttpResponse<String> zipped = get(file, "Accept-Encoding", "gzip");
      assertThat(zipped.headers().firstValue("Content-Encoding")).contains("gzip");
    }
    assertThat(bytes).isLessThan(250_000);
    assertThat(get("/page/nothing.js").statusCode()).isEqualTo(404);
    assertThat(get("/page/%2e%2e%2findex.html").statusCode()).isEqualTo(404);
    HttpResponse<String> index = get("/");
    assertThat(index.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(index.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains(
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'")
        .doesNotContain("unsafe");
    assertThat(index.body()).doesNotContain("style=").doesNotContain("onclick").contains("lang=");
  }

  private List<String> pageFiles() throws Exception {
    List<String> files = new ArrayList<>(List.of());
    Matcher names = Pattern.compile("/page/[a-z]+\\.[a-z]+").matcher(get("/").body());
    while (names.find()) {
      files.add(names.group());
    }
    Matcher modules = Pattern.compile("/page/[a-z]+\\.js").matcher(get("/page/app.js").body());
    while (modules.find()) {
      files.add(modules.group());
    }
    assertThat(files).hasSizeGreaterThan(10);
    return files.stream().distinct().toList();
  }

  private void screenshot(String name) {
    if (!SCREENSHOTS.isEmpty()) {
      // A first value of each rate needs two readings.
      browser.until("performance.now() > 4000");
      browser.screenshot(Path.of(SCREENSHOTS, name + ".png"));
    }
  }

  private String url(String path) {
    return "http://127.0.0.1:" + port + path;
  }

  private JsonObject recovery() {
    return json("/status").getJsonObject("recovery", new JsonObject());
  }

  private JsonObject json(String path) {
    return new JsonObject(get(path).body());
  }

  private HttpResponse<String> get(String path, String... headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url(path)));
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException failed) {
      throw new AssertionError(failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new AssertionError(stopped);
    }
  }
}
