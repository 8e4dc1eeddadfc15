package nara.web.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Done;
import nara.bus.Request;
import nara.bus.Scheduler;
import nara.clock.NetworkClock;
import nara.cluster.ClusterRequest;
import nara.coordinates.Coordinate;
import nara.discovery.DiscoveryRequest;
import nara.discovery.Neighbour;
import nara.event.Event;
import nara.event.Service;
import nara.event.Social;
import nara.event.Verdict;
import nara.identity.Keyring;
import nara.journey.JourneyRequest;
import nara.ledger.InspectionRequest;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.mesh.server.MeshServerRequest;
import nara.node.Blocking;
import nara.recovery.RecoveryRequest;
import nara.recovery.report.Report;
import nara.social.SocialRequest;
import nara.stash.StashRequest;
import nara.status.NodeFacts;
import nara.testing.Chromium;
import nara.testing.Citizen;
import nara.testing.FreePorts;
import nara.testing.TestFacts;
import nara.trust.OfferSource;
import nara.trust.TrustRequest;
import nara.web.WebOptions;
import nara.web.WebVerticle;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The page of a node whose parts tell names, reasons and texts that attack it. */
class HostilePageIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  /** Markup, a script's address, an override of the direction, an escape sequence, and length. */
  private static final String HOSTILE =
      "<script>window.hacked=1</script><img src=x onerror=window.hacked=1>\"'><b>"
          + "\u202eevil\u2066\u200b\u001b[31m\u2028javascript:alert(1)"
          + "W".repeat(900);

  private static Vertx vertx;
  private static Chromium browser;
  private static int port;

  @BeforeAll
  static void start() throws IOException {
    vertx = Vertx.vertx();
    serveHostileParts(Bus.of(vertx));
    port = FreePorts.next();
    NodeFacts facts =
        TestFacts.of(
            new NodeFacts.Parts(true, true, true, true),
            () -> Optional.of(HOSTILE),
            new NetworkClock(Scheduler.system()),
            HOSTILE);
    WebOptions options =
        new WebOptions(
            "127.0.0.1",
            port,
            "",
            List.of(),
            "{\"plaza\": {\"user\": \"<img src=x onerror=hacked=1>\", \"password\": \"***\"}}");
    Blocking.await(vertx.deployVerticle(new WebVerticle(options, facts, new Keyring())), TIMEOUT);
    browser = Chromium.start();
  }

  @AfterAll
  static void stop() {
    browser.close();
    Blocking.await(vertx.close(), TIMEOUT);
  }

  private static void serveHostileParts(Bus bus) {
    serve(
        bus,
        RecoveryRequest.ADDRESS,
        RecoveryRequest.class,
        new RecoveryRequest.CurrentReport(
            HOSTILE,
            false,
            report(),
            HOSTILE,
            List.of(new RecoveryRequest.AwaitedPeer(HOSTILE, 3, true))));
    serve(
        bus,
        DiscoveryRequest.ADDRESS,
        DiscoveryRequest.ListNeighbours.class,
        new DiscoveryRequest.NeighbourList(neighbours(), List.of(HOSTILE)));
    bus.serve(
        LedgerRequest.ADDRESS,
        LedgerRequest.ReadLedgerStats.class,
        read ->
            Future.succeededFuture(
                new LedgerRequest.LedgerStats(1, Map.of(Service.SOCIAL, 1), 0, 600, 80_000)));
    JudgedEvent event = event();
    bus.serve(
        InspectionRequest.ADDRESS,
        InspectionRequest.class,
        request ->
            Future.succeededFuture(
                switch (request) {
                  case InspectionRequest.ListEvents list ->
                      new InspectionRequest.EventList(List.of(event), 1, false);
                  case InspectionRequest.FindEvent find ->
                      new InspectionRequest.FoundEvent(Optional.of(event), 0, 1);
                  case InspectionRequest.CountByTime count ->
                      new InspectionRequest.TimeCounts(
                          event.event().ts(),
                          1_000_000_000L,
                          Map.of(Service.SOCIAL, List.copyOf(counts(count.spans()))));
                  default -> Done.DONE;
                }));
    bus.serve(
        TrustRequest.ADDRESS,
        TrustRequest.class,
        request ->
            Future.succeededFuture(
                switch (request) {
                  case TrustRequest.ListKeyConflicts list ->
                      new TrustRequest.KeyConflicts(List.of(conflict()), Map.of(HOSTILE, 7));
                  case TrustRequest.ListUnknownEmitters list ->
                      new TrustRequest.UnknownEmitters(
                          Map.of(HOSTILE, 7), Set.of(HOSTILE), Set.of());
                  case TrustRequest.FindArrival find ->
                      new TrustRequest.FoundArrival(
                          Optional.of(
                              new TrustRequest.Arrival(OfferSource.peer(HOSTILE), Instant.now())));
                  default ->
                      new TrustRequest.TrustTotals(
                          Map.of(Verdict.VALID, 5L), 5, 5, 0, 0, 0, 7, 700, 1);
                }));
    serve(
        bus,
        ClusterRequest.ADDRESS,
        ClusterRequest.GetClusterStatus.class,
        new ClusterRequest.ClusterStatus(
            HOSTILE, HOSTILE, 3, true, List.of(HOSTILE, "b"), 2, true, Map.of(3L, 9L), 0));
    bus.serve(
        MeshServerRequest.ADDRESS,
        MeshServerRequest.class,
        request ->
            Future.succeededFuture(
                switch (request) {
                  case MeshServerRequest.GetServerUsage usage ->
                      new MeshServerRequest.ServerUsage(Map.of("bad_signature", 12L), 0, 0);
                  case MeshServerRequest.GetRequestTotals totals ->
                      new MeshServerRequest.RequestTotals(List.of(), List.of());
                }));
    serve(
        bus,
        SocialRequest.ADDRESS,
        SocialRequest.GetNetworkMap.class,
        new SocialRequest.NetworkMap(
            List.of(
                new SocialRequest.MapNode(
                    HOSTILE,
                    Optional.of(new Coordinate(1, 2, 0.1, 0.5)),
                    true,
                    false,
                    OptionalDouble.empty(),
                    OptionalDouble.empty()))));
    serve(
        bus,
        JourneyRequest.ADDRESS,
        JourneyRequest.ListOwnJourneys.class,
        new JourneyRequest.OwnJourneys(List.of()));
    serve(
        bus,
        StashRequest.ADDRESS,
        StashRequest.GetStashStatus.class,
        new StashRequest.StashStatus(HOSTILE, Optional.of(9), 1, 1, List.of(), 1, 2, 3, 4));
  }

  private static List<Integer> counts(int spans) {
    List<Integer> counts = new ArrayList<>();
    for (int i = 0; i < spans; i++) {
      counts.add(i % 5);
    }
    return counts;
  }

  private static <M extends Request<?>> void serve(
      Bus bus, String address, Class<M> type, BusMessage reply) {
    bus.serve(address, type, request -> Future.succeededFuture(reply));
  }

  private static Report report() {
    Report.NeighbourTotals neighbour =
        new Report.NeighbourTotals(
            HOSTILE, HOSTILE, HOSTILE, 3, 2, HOSTILE, 9, 9, 9, 0, 9, 0.1, HOSTILE, HOSTILE);
    return new Report(
        HOSTILE,
        List.of(HOSTILE),
        Instant.now().toString(),
        10,
        1,
        1,
        List.of(new Report.StageReport(HOSTILE, HOSTILE, HOSTILE, 1, 1)),
        List.of(neighbour),
        new Report.EventTotals(9, 0, 9, 0, 0, 0, Map.of(HOSTILE, 9)),
        new Report.CheckpointTotals(0, 0, 0, 0),
        0,
        new Report.LedgerTotals(1, Map.of()),
        List.of(),
        List.of());
  }

  /** More than a table shows. */
  private static List<Neighbour> neighbours() {
    List<Neighbour> all = new ArrayList<>();
    all.add(neighbour(HOSTILE, HOSTILE));
    for (int i = 0; i < 250; i++) {
      all.add(neighbour("<b>" + i, "<i>"));
    }
    return all;
  }

  private static Neighbour neighbour(String name, String other) {
    return new Neighbour(
        name, other, other, Optional.empty(), Set.of(Neighbour.Source.PLAZA), true);
  }

  private static JudgedEvent event() {
    byte[] json =
        Citizen.unsigned(
            Event.unixNanos(Instant.now()),
            new Social("tease", HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, ""));
    return new JudgedEvent(Citizen.read(json).event(), Verdict.UNSIGNED);
  }

  private static Keyring.Conflict conflict() {
    return new Keyring.Conflict(
        HOSTILE,
        List.of(
            new Keyring.ClaimedKey(Citizen.named("bart").key(), List.of(HOSTILE)),
            new Keyring.ClaimedKey(Citizen.impostor("bart").key(), List.of())),
        Optional.empty(),
        false,
        false,
        List.of(HOSTILE));
  }

  @ParameterizedTest
  @ValueSource(strings = {"recovery", "network", "ledger", "trust", "cluster", "node"})
  void hostile_texts_stay_texts_in_view(String view) {
    browser.show(375, 812, false);
    browser.open("http://127.0.0.1:" + port + "/#" + view);
    browser.until(
        "document.querySelector('#view').textContent.includes('<script>') || '"
            + view
            + "' === 'node'");
    if (view.equals("ledger")) {
      browser.until("document.querySelector('tbody tr button')");
      browser.click("tbody tr button");
      browser.until("document.querySelector('dialog').open");
      assertThat(browser.text("dialog")).contains("from <script>");
    }
    if (view.equals("node")) {
      browser.until("document.querySelector('#view').textContent.includes('<img')");
    }

    assertThat(browser.evaluate("window.hacked ?? 'safe'")).isEqualTo("safe");
    assertThat(
            browser.evaluate(
                "document.querySelectorAll('#view img, #view b, #view script').length"))
        .isEqualTo(0L);
    assertThat((String) browser.evaluate("document.body.textContent + document.title"))
        .doesNotContain("\u202e", "\u2066", "\u200b", "\u001b", "\u2028");
    assertThat(browser.evaluate("document.documentElement.scrollWidth")).isEqualTo(375L);
    assertThat(browser.evaluate("document.querySelectorAll('#view tbody tr').length <= 400"))
        .isEqualTo(true);
    assertThat(browser.barriers()).isEmpty();
    assertThat(browser.errors()).isEmpty();
    assertThat(browser.requestedAuthorities()).containsExactly("127.0.0.1:" + port);
  }

  @Test
  void policy_stops_a_script_and_a_request_elsewhere() {
    browser.open("http://127.0.0.1:" + port + "/");
    browser.until("document.querySelector('#view .card')");

    for (String attack :
        List.of(
            "document.head.append(Object.assign(document.createElement('script'),"
                + " {textContent: 'window.hacked = 1'}))",
            "document.body.innerHTML = '<img src=x onerror=window.hacked=1>'")) {
      browser.evaluate(
          "(() => { try { " + attack + " } catch (refused) { window.refused = refused.name } })()");
    }
    browser.evaluate(
        "(() => { fetch('http://127.0.0.2:" + port + "/').catch(() => window.stopped = 1); })()");

    browser.until("window.stopped");
    assertThat(browser.evaluate("window.refused")).isNotNull();
    assertThat(browser.evaluate("window.hacked ?? 'safe'")).isEqualTo("safe");
    assertThat(browser.errors().toString()).contains("Content Security Policy");
    browser.requestedAuthorities();
  }
}
