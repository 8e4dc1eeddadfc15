package nara.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import nara.bus.BusMessage;
import nara.bus.Request;
import nara.discovery.DiscoveryRequest;
import nara.event.Event;
import nara.event.Observation;
import nara.event.Ping;
import nara.event.Seen;
import nara.event.json.RawEvents;
import nara.mqtt.PlazaRequest;
import nara.node.Blocking;
import nara.node.config.ConfigReader;
import nara.node.config.NodeConfig;
import nara.node.config.Transport;
import nara.opinion.OpinionRequest;
import nara.opinion.OpinionRequest.OwnHistory;
import nara.recovery.RecoveryNotification;
import nara.testing.Citizen;
import nara.testing.FakeBus;
import nara.testing.ManualScheduler;
import nara.testing.Mosquitto;
import nara.testing.MqttPublisher;
import nara.testing.TestNode;
import nara.trust.OfferSource;
import nara.trust.TrustRequest;
import org.junit.jupiter.api.Test;

/** Whole nodes that check the presence of each other. The test moves the time. */
class LivenessIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final Duration CHECK_INTERVAL = Duration.ofSeconds(10);

  private final ManualScheduler time = ManualScheduler.fromNow();

  private TestNode node(String name, Mosquitto broker, TestNode... peers) {
    String[] configured = Stream.of(peers).map(TestNode::configuredPeer).toArray(String[]::new);
    return TestNode.start(
        name,
        List.of(),
        config -> TestNode.withPeers(configured).apply(meetingPoint(config, broker)),
        (RecoveryNotification.RecoveryProgressed progressed) -> {},
        time);
  }

  private static NodeConfig meetingPoint(NodeConfig config, Mosquitto broker) {
    return broker == null
        ? config.with(Transport.GOSSIP)
        : config.with(config.plaza().withUrl(broker.url()));
  }

  private static LivenessRequest.LivenessCounts counts(TestNode node) {
    return ask(node, LivenessRequest.ADDRESS, new LivenessRequest.GetLivenessCounts());
  }

  /** Lets presence checks run, each to its end before the next. */
  private void check(int times, TestNode... nodes) {
    for (int i = 0; i < times; i++) {
      long[] before = Stream.of(nodes).mapToLong(node -> counts(node).checks()).toArray();
      time.advance(CHECK_INTERVAL);
      for (int n = 0; n < nodes.length; n++) {
        TestNode node = nodes[n];
        long seen = before[n];
        until(() -> counts(node).checks() > seen);
      }
    }
  }

  private static <R extends BusMessage> R ask(TestNode node, String address, Request<R> request) {
    return Blocking.await(node.node().bus().request(address, request, TIMEOUT), TIMEOUT);
  }

  private static void until(BooleanSupplier condition) {
    FakeBus.until(condition::getAsBoolean, met -> met);
  }

  /** Moves the time until all recoveries have finished. */
  private void awaitRecovery(TestNode... nodes) {
    for (TestNode node : nodes) {
      until(
          () -> {
            time.advance(Duration.ofSeconds(1));
            return counts(node).checks() > 0;
          });
    }
  }

  private static boolean holds(TestNode node, Predicate<Event> wanted) {
    return node.heldEvents().stream()
        .map(text -> Citizen.read(text.getBytes(StandardCharsets.UTF_8)).event())
        .anyMatch(wanted);
  }

  /** Checks until the event is recorded: messages from the plaza may still be verified. */
  private void checkUntilHeld(TestNode node, Predicate<Event> wanted) {
    until(
        () -> {
          check(1, node);
          return holds(node, wanted);
        });
  }

  private static Predicate<Event> change(String observer, String subject, String state) {
    return event ->
        event.payload() instanceof Observation o
            && o.observer().equals(observer)
            && o.subject().equals(subject)
            && o.onlineState().equals(state)
            && event.isSigned();
  }

  private static Predicate<Event> observed(String observer, String subject, String type) {
    return event ->
        event.payload() instanceof Observation o
            && o.observer().equals(observer)
            && o.subject().equals(subject)
            && o.type().equals(type);
  }

  private static boolean sees(TestNode node, String name) {
    return ask(node, DiscoveryRequest.ADDRESS, new DiscoveryRequest.ListNeighbours())
        .neighbours()
        .stream()
        .anyMatch(neighbour -> neighbour.name().equals(name) && neighbour.online());
  }

  @Test
  void presence_changes_are_recorded_and_online_neighbours_pinged() {
    try (Mosquitto broker = Mosquitto.start();
        TestNode lisa = node("lisa", broker)) {
      try (TestNode bart = node("bart", broker)) {
        until(() -> connected(lisa) && connected(bart));
        awaitRecovery(lisa, bart);
        time.advance(Duration.ofSeconds(6));
        until(() -> sees(lisa, "bart") && sees(bart, "lisa"));
        check(6, lisa, bart);
        until(() -> holds(lisa, e -> e.payload() instanceof Ping p && p.target().equals("bart")));
        until(() -> holds(bart, e -> e.payload() instanceof Ping p && p.target().equals("lisa")));
        checkUntilHeld(lisa, observed("lisa", "bart", "first-seen"));
        assertThat(averages(lisa)).contains("bart");
      }
      until(() -> !sees(lisa, "bart"));
      checkUntilHeld(lisa, change("lisa", "bart", "OFFLINE"));
      assertThat(holds(lisa, observed("lisa", "bart", "restart"))).isFalse();

      try (TestNode bart = node("bart", broker)) {
        until(() -> connected(bart));
        awaitRecovery(bart);
        time.advance(Duration.ofSeconds(6));
        until(() -> sees(lisa, "bart"));
        checkUntilHeld(lisa, observed("lisa", "bart", "restart"));
        checkUntilHeld(lisa, change("lisa", "bart", "ONLINE"));
        // Lisa answered its announcement, and remembers an earlier start.
        OwnHistory history = votedHistory(bart);
        assertThat(history.votes()).isEqualTo(1);
        assertThat(history.startTime()).isLessThan(history.lastRestart());
      }
    }
  }

  private static Set<String> averages(TestNode node) {
    return ask(node, LivenessRequest.ADDRESS, new LivenessRequest.GetRoundTripTimes())
        .averageByTarget()
        .keySet();
  }

  private OwnHistory votedHistory(TestNode node) {
    return FakeBus.until(
        () -> {
          time.advance(Duration.ofSeconds(1));
          return ask(node, OpinionRequest.ADDRESS, new OpinionRequest.GetOwnHistory());
        },
        history -> history.votes() > 0);
  }

  @Test
  void killed_nara_is_missing_after_threshold_unless_newspapers_arrive() {
    Citizen killed = Citizen.named("killed");
    Citizen quiet = Citizen.named("quiet");
    try (Mosquitto broker = Mosquitto.start();
        TestNode lisa = node("lisa", broker);
        MqttPublisher publisher = new MqttPublisher(broker.url())) {
      until(() -> connected(lisa));
      awaitRecovery(lisa);
      for (Citizen one : List.of(killed, quiet)) {
        publisher.publish(
            "nara/plaza/hey_there",
            one.heyThere(Event.unixNanos(time.instant()), one.equals(killed) ? "127.0.0.1:1" : ""));
        until(() -> sees(lisa, one.name()));
      }
      check(2, lisa);
      // lisa reports both naras at random moments of the first minutes. The ledger is silent about
      // them five minutes later, and only a newspaper of the last two minutes is reported then.
      for (int minute = 0; minute < 12; minute++) {
        publisher.publish("nara/newspaper/quiet", publisher.newspaper(quiet, minute));
        long published = minute + 1;
        until(() -> newspapers(lisa) >= published);
        check(6, lisa);
      }
      // The ping runs in real time, so the test cannot count the checks until it ends.
      until(
          () -> {
            check(1, lisa);
            return holds(lisa, change("lisa", "killed", "MISSING"));
          });
      assertThat(holds(lisa, change("lisa", "quiet", "MISSING"))).isFalse();
      assertThat(holds(lisa, e -> e.payload() instanceof Seen s && s.subject().equals("quiet")))
          .isTrue();
      assertThat(sees(lisa, "killed")).isFalse();
      assertThat(sees(lisa, "quiet")).isTrue();
    }
  }

  private static boolean connected(TestNode node) {
    return ask(node, PlazaRequest.ADDRESS, new PlazaRequest.GetPlazaState()).connected();
  }

  private static long newspapers(TestNode node) {
    return ask(node, PlazaRequest.ADDRESS, new PlazaRequest.GetPlazaCounts())
        .handled()
        .getOrDefault("news", 0L);
  }

  @Test
  void naras_without_a_broker_find_each_other_by_zines_and_record_a_departure() {
    try (TestNode lisa = node("lisa", null)) {
      try (TestNode bart = node("bart", null, lisa)) {
        awaitRecovery(lisa, bart);
        until(
            () -> {
              check(3, lisa, bart);
              return sees(lisa, "bart") && sees(bart, "lisa");
            });
        until(
            () -> {
              check(3, lisa, bart);
              return holds(lisa, e -> e.payload() instanceof Ping p && p.target().equals("bart"));
            });
      }
      // The last zine may bring the goodbye. If not, an hour of silence makes it missing.
      time.advance(Duration.ofMinutes(61));
      until(
          () -> {
            check(1, lisa);
            return holds(lisa, change("lisa", "bart", "OFFLINE"))
                || holds(lisa, change("lisa", "bart", "MISSING"));
          });
    }
  }

  @Test
  void read_only_node_records_no_observations() {
    try (Mosquitto broker = Mosquitto.start();
        TestNode lisa =
            TestNode.start(
                "lisa",
                List.of(),
                config ->
                    ConfigReader.read(
                            """
                            {"read_only": true, "mesh": {"host": "127.0.0.1", "port": 0},
                             "plaza": {"url": "%s"}, "web": {"enabled": false},
                             "recovery": {"first_wait": "0s"}}\
                            """
                                .formatted(broker.url()))
                        .config()
                        .orElseThrow(),
                (RecoveryNotification.RecoveryProgressed progressed) -> {},
                time);
        TestNode bart = node("bart", broker)) {
      until(() -> connected(lisa) && connected(bart));
      awaitRecovery(bart);
      time.advance(Duration.ofSeconds(6));
      until(() -> sees(lisa, "bart"));
      check(30, bart);
      assertThat(lisa.heldEvents()).allMatch(text -> text.contains("\"emitter\":\"bart\""));
      assertThat(counts(lisa)).isEqualTo(new LivenessRequest.LivenessCounts(0, 0, 0, 0, 0));
    }
  }

  @Test
  void opinions_are_backfilled_for_online_naras_only() {
    Citizen abe = Citizen.named("abe");
    long now = Event.unixNanos(time.instant());
    long start = time.instant().getEpochSecond() - 86_400;
    Citizen marge = Citizen.named("marge");
    Citizen ned = Citizen.named("ned");
    List<byte[]> seen =
        Stream.of(marge, ned)
            .map(
                who ->
                    abe.signed(
                        now - 3_000_000_000L,
                        new Observation(
                            "abe",
                            "",
                            who.name(),
                            "",
                            "first-seen",
                            3,
                            false,
                            start,
                            0,
                            0,
                            "",
                            "",
                            0)))
            .toList();
    try (Mosquitto broker = Mosquitto.start();
        TestNode lisa = node("lisa", broker);
        MqttPublisher publisher = new MqttPublisher(broker.url())) {
      until(() -> connected(lisa));
      awaitRecovery(lisa);
      publisher.publish("nara/plaza/hey_there", abe.heyThere(now, ""));
      publisher.publish("nara/plaza/hey_there", marge.heyThere(now, ""));
      publisher.publish("nara/plaza/hey_there", ned.heyThere(now, ""));
      until(() -> sees(lisa, "abe") && sees(lisa, "marge") && sees(lisa, "ned"));
      publisher.publish("nara/plaza/chau", ned.chau(now + 1));
      until(() -> !sees(lisa, "ned"));
      seen.forEach(event -> offer(lisa, event));
      check(17, lisa);
      until(
          () ->
              holds(
                  lisa,
                  e ->
                      e.payload() instanceof Observation o
                          && o.isBackfill()
                          && o.subject().equals("marge")
                          && o.startTime() == start));
      assertThat(
              holds(
                  lisa,
                  e ->
                      e.payload() instanceof Observation o
                          && o.isBackfill()
                          && o.subject().equals("ned")))
          .isFalse();
    }
  }

  private static void offer(TestNode node, byte[] json) {
    ask(
        node,
        TrustRequest.ADDRESS,
        new TrustRequest.OfferEvents(OfferSource.peer("test"), RawEvents.of(json)));
  }
}
