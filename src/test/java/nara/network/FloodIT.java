package nara.network;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import nara.event.Observation;
import nara.event.Seen;
import nara.identity.Origin;
import nara.ledger.MemoryMode;
import nara.mesh.wire.RequestSignature;
import nara.mesh.wire.Zine;
import nara.node.config.NodeConfig;
import nara.testing.Citizen;
import nara.testing.TestNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Floods of events in zines: they cost their sender, and leave what others have said. */
class FloodIT {
  private static final int MAX_EVENTS = 2_000;
  private static final int HONEST_NARAS = 10;
  private static final int HONEST_EVENTS_EACH = 50;
  private static final int FLOOD = 2_500;

  /** How much larger one flood is: 25,000 events against 5,000, in a ledger of 20,000. */
  private static final int FULL_SIZE = 10;

  /** Restarts of a pair beyond 20, which do not count: of 99 for each honest nara. */
  private static final int UNCOUNTED = HONEST_NARAS * 79;

  /** Events of one zine, below the limit of a body. */
  private static final int ZINE_EVENTS = 5_000;

  private final Citizen eve = Citizen.named("eve");
  private final List<Citizen> honest = new ArrayList<>();
  private final Set<String> history = new TreeSet<>();
  private final long now = Instant.now().getEpochSecond();
  private TestNode node;

  private void start(int size) throws Exception {
    node =
        TestNode.start(
            "lisa",
            List.of(),
            config ->
                config.with(
                    new NodeConfig.MemoryConfig(
                        MemoryMode.SHORT, size * MAX_EVENTS, 64 << 20, Optional.empty())),
            progressed -> {});
    node.node().keys().learn("eve", eve.id(), eve.key(), Origin.HEY_THERE);
    List<byte[]> events = new ArrayList<>();
    for (int i = 0; i < HONEST_NARAS; i++) {
      Citizen citizen = Citizen.named("honest-" + i);
      honest.add(citizen);
      node.node().keys().learn(citizen.name(), citizen.id(), citizen.key(), Origin.PING);
      events.add(citizen.heyThere(nanos(3_000 + i), ""));
      for (int k = 1; k < size * HONEST_EVENTS_EACH; k++) {
        events.add(honestEvent(citizen, "honest-" + (i + 1) % HONEST_NARAS, k));
      }
    }
    events.forEach(event -> history.add(new String(event, UTF_8)));
    send(honest.getFirst(), events);
    assertThat(node.heldEvents()).containsAll(history);
  }

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  void unsigned_flood_of_invented_observers_leaves_the_history_of_others() throws Exception {
    start(FULL_SIZE);
    List<byte[]> flood = new ArrayList<>();
    for (int i = 0; i < FULL_SIZE * FLOOD; i++) {
      flood.add(Citizen.unsigned(nanos(i % 60), restart("invented-" + i, "ghost-" + i, i)));
    }
    send(eve, flood);

    assertThat(node.heldEvents())
        .containsAll(history)
        .hasSizeLessThanOrEqualTo(FULL_SIZE * MAX_EVENTS);
  }

  @Test
  void unsigned_flood_in_the_names_of_others_leaves_what_they_said() throws Exception {
    start(1);
    List<byte[]> flood = new ArrayList<>();
    for (int i = 0; i < FLOOD; i++) {
      String observer = honest.get(i % HONEST_NARAS).name();
      flood.add(Citizen.unsigned(nanos(i % 60), restart(observer, "ghost-" + i, i)));
    }
    send(eve, flood);

    assertThat(node.heldEvents()).containsAll(history).hasSizeLessThanOrEqualTo(MAX_EVENTS);
  }

  @Test
  void flood_signed_by_one_key_leaves_the_history_of_others() throws Exception {
    start(FULL_SIZE);
    List<byte[]> flood = new ArrayList<>();
    for (int i = 0; i < FULL_SIZE * FLOOD; i++) {
      flood.add(eve.signed(nanos(i % 60), restart("eve", "ghost-" + i, i)));
    }
    send(eve, flood);

    assertThat(node.heldEvents())
        .containsAll(history)
        .hasSizeLessThanOrEqualTo(FULL_SIZE * MAX_EVENTS);
  }

  @Test
  void flood_signed_by_fifty_keys_leaves_the_history_of_others() throws Exception {
    start(FULL_SIZE);
    List<byte[]> flood = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      Citizen sybil = Citizen.named("sybil-" + i);
      flood.add(sybil.heyThere(nanos(100), ""));
      for (int k = 0; k < FULL_SIZE * FLOOD / 50; k++) {
        flood.add(sybil.signed(nanos(k), restart(sybil.name(), "ghost-" + k, i)));
      }
    }
    send(eve, flood);

    assertThat(node.heldEvents())
        .containsAll(history)
        .hasSizeLessThanOrEqualTo(FULL_SIZE * MAX_EVENTS + UNCOUNTED);
  }

  @Test
  void padded_form_of_an_event_does_not_replace_the_honest_one() throws Exception {
    start(1);
    List<byte[]> padded = new ArrayList<>();
    for (String event : history) {
      padded.add(("{\t" + event.substring(1)).getBytes(UTF_8));
    }
    send(eve, padded);

    assertThat(node.heldEvents()).containsAll(history).noneMatch(event -> event.contains("\t"));
  }

  @Test
  void honest_form_replaces_a_padded_one_that_came_first() throws Exception {
    start(1);
    byte[] late = honest.getFirst().tease(nanos(1), "moe");
    String text = new String(late, UTF_8);
    send(eve, List.of((text.substring(0, text.length() - 1) + " }").getBytes(UTF_8)));
    assertThat(node.heldEvents()).anyMatch(event -> event.endsWith(" }"));

    send(honest.getFirst(), List.of(late));

    assertThat(node.heldEvents()).contains(text).noneMatch(event -> event.endsWith(" }"));
  }

  @Test
  void author_wins_over_a_stranger_who_signs_a_copy() throws Exception {
    start(1);
    List<byte[]> copies = new ArrayList<>();
    List<byte[]> originals = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Seen seen = new Seen("honest-0", "", "honest-1", "", "mesh-" + i);
      copies.add(eve.signed(nanos(i), seen));
      originals.add(honest.getFirst().signed(nanos(i), seen));
    }
    // Half of the copies arrive before the originals, half after them.
    send(eve, copies.subList(0, 50));
    send(honest.getFirst(), originals);
    send(eve, copies.subList(50, 100));

    Set<String> held = node.heldEvents();
    assertThat(held)
        .containsAll(originals.stream().map(event -> new String(event, UTF_8)).toList());
    assertThat(held).noneMatch(event -> event.contains("\"emitter\":\"eve\""));
  }

  /** Mostly signed; every fifth is an observation, which the reference leaves unsigned. */
  private byte[] honestEvent(Citizen citizen, String other, int k) {
    long ts = nanos(200 + k);
    return switch (k % 5) {
      case 0 -> Citizen.unsigned(ts, restart(citizen.name(), other, k));
      case 1 -> citizen.signed(ts, new Seen(citizen.name(), citizen.id(), other, "", "mesh"));
      default -> citizen.tease(ts, other);
    };
  }

  private Observation restart(String observer, String subject, int number) {
    return new Observation(
        observer,
        "",
        subject,
        "",
        Observation.RESTART,
        3,
        false,
        now - 10_000 + number,
        number,
        0,
        "",
        "",
        0);
  }

  private long nanos(int secondsAgo) {
    return (now - secondsAgo) * 1_000_000_000L;
  }

  private void send(Citizen from, List<byte[]> events) throws Exception {
    for (int i = 0; i < events.size(); i += ZINE_EVENTS) {
      sendZine(from, events.subList(i, Math.min(i + ZINE_EVENTS, events.size())));
    }
  }

  private void sendZine(Citizen from, List<byte[]> events) throws Exception {
    byte[] zine =
        Zine.write(
            from.identity(),
            events.stream().map(event -> Citizen.read(event).event()).toList(),
            Instant.now().getEpochSecond());
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    RequestSignature.sign(from.identity(), Instant.now(), "POST", "/gossip/zine").addTo(headers);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + node.address() + "/gossip/zine"))
            .POST(BodyPublishers.ofByteArray(zine));
    headers.forEach(request::header);
    try (HttpClient http = HttpClient.newHttpClient()) {
      assertThat(http.send(request.build(), BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }
  }
}
