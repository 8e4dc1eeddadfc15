package nara.liveness;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import nara.discovery.DiscoveryRequest;
import nara.event.Event;
import nara.event.Observation;
import nara.event.Ping;
import nara.event.Seen;
import nara.mqtt.PlazaRequest;
import nara.node.Blocking;
import nara.node.config.NodeConfig;
import nara.node.config.Transport;
import nara.opinion.OpinionRequest;
import nara.recovery.RecoveryNotification;
import nara.testing.Citizen;
import nara.testing.ManualScheduler;
import nara.testing.Mosquitto;
import nara.testing.MqttPublisher;
import nara.testing.TestNode;
import nara.trust.TrustRequest;
import org.junit.jupiter.api.Test;

/** Whole nodes that notice who comes and goes, by a time that is moved by hand. */
class LivenessIT {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofSeconds(10);

  private final ManualScheduler time = ManualScheduler.fromNow();

  private TestNode node(String name, Mosquitto broker, TestNode... knows) {
    String[] peers = Stream.of(knows).map(TestNode::configuredPeer).toArray(String[]::new);
    return TestNode.start(
        name,
        List.of(),
        config -> TestNode.withPeers(peers).apply(met(config, broker)),
        (RecoveryNotification.RecoveryProgressed recoveryProgressed) -> {},
        time);
  }

  private static NodeConfig met(NodeConfig config, Mosquitto broker) {
    return broker == null
        ? config.with(Transport.GOSSIP)
        : config.with(config.plaza().withUrl(broker.url()));
  }

  private static LivenessRequest.LivenessCounts counts(TestNode node) {
    return Blocking.await(
        node.node()
            .bus()
            .request(LivenessRequest.ADDRESS, new LivenessRequest.GetLivenessCounts(), PATIENCE),
        PATIENCE);
  }

  /** Lets so many looks pass, each done before the next. */
  private void looks(int many, TestNode... nodes) {
    for (int i = 0; i < many; i++) {
      long[] before = Stream.of(nodes).mapToLong(node -> counts(node).checks()).toArray();
      time.advance(LOOK);
      for (int n = 0; n < nodes.length; n++) {
        TestNode node = nodes[n];
        long seen = before[n];
        until(() -> counts(node).checks() > seen);
      }
    }
  }

  private static void until(BooleanSupplier happened) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!happened.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("it did not happen");
      }
      Thread.onSpinWait();
    }
  }

  /** Moves time until the recovery of each is over. */
  private void recovered(TestNode... nodes) {
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
        .map(text -> Citizen.read(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)).event())
        .anyMatch(wanted);
  }

  /** Looks until it is written down: what was said on the plaza may be judged only by then. */
  private void noticed(TestNode node, Predicate<Event> wanted) {
    until(
        () -> {
          looks(1, node);
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
    return Blocking.await(
            node.node()
                .bus()
                .request(DiscoveryRequest.ADDRESS, new DiscoveryRequest.ListNeighbours(), PATIENCE),
            PATIENCE)
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
        recovered(lisa, bart);
        time.advance(Duration.ofSeconds(6));
        until(() -> sees(lisa, "bart") && sees(bart, "lisa"));
        looks(6, lisa, bart);
        until(() -> holds(lisa, e -> e.payload() instanceof Ping p && p.target().equals("bart")));
        until(() -> holds(bart, e -> e.payload() instanceof Ping p && p.target().equals("lisa")));
        noticed(lisa, observed("lisa", "bart", "first-seen"));
        assertThat(averages(lisa)).contains("bart");
      }
      until(() -> !sees(lisa, "bart"));
      noticed(lisa, change("lisa", "bart", "OFFLINE"));
      assertThat(holds(lisa, observed("lisa", "bart", "restart"))).isFalse();

      try (TestNode bart = node("bart", broker)) {
        until(() -> connected(bart));
        recovered(bart);
        time.advance(Duration.ofSeconds(6));
        until(() -> sees(lisa, "bart"));
        noticed(lisa, observed("lisa", "bart", "restart"));
        noticed(lisa, change("lisa", "bart", "ONLINE"));
        // Who answers its announcement tells it since when it is known.
        OpinionRequest.OwnHistory past = past(bart);
        assertThat(past.votes()).isEqualTo(1);
        assertThat(past.startTime()).isLessThan(past.lastRestart());
      }
    }
  }

  private static java.util.Set<String> averages(TestNode node) {
    return Blocking.await(
            node.node()
                .bus()
                .request(
                    LivenessRequest.ADDRESS, new LivenessRequest.GetRoundTripTimes(), PATIENCE),
            PATIENCE)
        .averageByTarget()
        .keySet();
  }

  private OpinionRequest.OwnHistory past(TestNode node) {
    OpinionRequest.OwnHistory[] past = new OpinionRequest.OwnHistory[1];
    until(
        () -> {
          time.advance(Duration.ofSeconds(1));
          past[0] =
              Blocking.await(
                  node.node()
                      .bus()
                      .request(
                          OpinionRequest.ADDRESS, new OpinionRequest.GetOwnHistory(), PATIENCE),
                  PATIENCE);
          return past[0].votes() > 0;
        });
    return past[0];
  }

  @Test
  void killed_nara_is_missing_after_threshold_unless_newspapers_arrive() {
    Citizen killed = Citizen.named("killed");
    Citizen quiet = Citizen.named("quiet");
    try (Mosquitto broker = Mosquitto.start();
        TestNode lisa = node("lisa", broker);
        MqttPublisher mqttPublisher = new MqttPublisher(broker.url())) {
      until(() -> connected(lisa));
      recovered(lisa);
      for (Citizen one : List.of(killed, quiet)) {
        mqttPublisher.publish(
            "nara/plaza/hey_there",
            one.heyThere(Event.unixNanos(time.instant()), one.equals(killed) ? "127.0.0.1:1" : ""));
        until(() -> sees(lisa, one.name()));
      }
      looks(2, lisa);
      for (int minute = 0; minute < 6; minute++) {
        mqttPublisher.publish("nara/newspaper/quiet", mqttPublisher.newspaper(quiet, minute));
        long heard = minute + 1;
        until(() -> news(lisa) >= heard);
        looks(6, lisa);
      }
      // The ping is of the real world, so its end is waited for by looks.
      until(
          () -> {
            looks(1, lisa);
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
    return Blocking.await(
            node.node()
                .bus()
                .request(PlazaRequest.ADDRESS, new PlazaRequest.GetPlazaState(), PATIENCE),
            PATIENCE)
        .connected();
  }

  private static long news(TestNode node) {
    return Blocking.await(
            node.node()
                .bus()
                .request(PlazaRequest.ADDRESS, new PlazaRequest.GetPlazaCounts(), PATIENCE),
            PATIENCE)
        .handled()
        .getOrDefault("news", 0L);
  }

  @Test
  void without_a_broker_naras_find_each_other_by_zines_and_notice_who_is_gone() {
    try (TestNode lisa = node("lisa", null)) {
      try (TestNode bart = node("bart", null, lisa)) {
        recovered(lisa, bart);
        until(
            () -> {
              looks(3, lisa, bart);
              return sees(lisa, "bart") && sees(bart, "lisa");
            });
        until(
            () -> {
              looks(3, lisa, bart);
              return holds(lisa, e -> e.payload() instanceof Ping p && p.target().equals("bart"));
            });
      }
      // The last zine may have brought the goodbye; if not, the silence says it in an hour.
      time.advance(Duration.ofMinutes(61));
      until(
          () -> {
            looks(1, lisa);
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
                    nara.node.config.ConfigReader.read(
                            """
                            {"read_only": true, "mesh": {"host": "127.0.0.1", "port": 0},
                             "plaza": {"url": "%s"}, "web": {"enabled": false},
                             "recovery": {"first_wait": "0s"}}\
                            """
                                .formatted(broker.url()))
                        .config()
                        .orElseThrow(),
                (RecoveryNotification.RecoveryProgressed recoveryProgressed) -> {},
                time);
        TestNode bart = node("bart", broker)) {
      until(() -> connected(lisa) && connected(bart));
      recovered(bart);
      time.advance(Duration.ofSeconds(6));
      until(() -> sees(lisa, "bart"));
      looks(30, bart);
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
        MqttPublisher mqttPublisher = new MqttPublisher(broker.url())) {
      until(() -> connected(lisa));
      recovered(lisa);
      mqttPublisher.publish("nara/plaza/hey_there", abe.heyThere(now, ""));
      mqttPublisher.publish("nara/plaza/hey_there", marge.heyThere(now, ""));
      mqttPublisher.publish("nara/plaza/hey_there", ned.heyThere(now, ""));
      until(() -> sees(lisa, "abe") && sees(lisa, "marge") && sees(lisa, "ned"));
      mqttPublisher.publish("nara/plaza/chau", ned.chau(now + 1));
      until(() -> !sees(lisa, "ned"));
      seen.forEach(event -> offer(lisa, event));
      looks(17, lisa);
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
    Blocking.await(
        node.node()
            .bus()
            .request(
                TrustRequest.ADDRESS,
                new TrustRequest.OfferEvents("test", nara.event.json.RawEvents.of(json)),
                PATIENCE),
        PATIENCE);
  }
}
