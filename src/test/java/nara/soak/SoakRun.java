package nara.soak;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nara.event.Event;
import nara.event.EventId;
import nara.event.Social;
import nara.identity.PublicKey;
import nara.mesh.server.EventImport;
import nara.mesh.wire.MeshPaths;
import nara.testing.Citizen;
import nara.testing.FreePorts;
import nara.testing.Mosquitto;
import nara.testing.MqttPublisher;
import nara.trust.verifier.SignatureVerifier;
import nara.trust.verifier.VerifierChoice;
import nara.trust.verifier.Verifiers;

/**
 * {@code scripts/soak}: honest nodes, hostile peers, churn, and samples of what each node uses.
 *
 * <p>The first nodes live as long as the soak: growth shows in them. The others are killed, stopped
 * and restarted in turn; every second one has a snapshot. Honest nodes say something every two
 * seconds, on the plaza and to themselves.
 */
final class SoakRun {
  private static final int OK = 0;
  private static final int GROWING = 1;
  private static final int USAGE = 2;

  /** Small, so that it is full after minutes and the soak shows a steady state. */
  private static final int MAX_EVENTS = 5_000;

  /** The latest honest events are expected; older ones may leave a full ledger. */
  private static final int EXPECTED_EVENTS = 300;

  /** Enough for a recovery, on a busy machine. */
  private static final Duration SETTLING = Duration.ofSeconds(60);

  /** An event that a node missed on the plaza comes by gossip, after five minutes at the latest. */
  private static final Duration MAX_SPREADING = Duration.ofMinutes(6);

  /** The span of what honest nodes said before the soak. */
  private static final Duration HISTORY = Duration.ofHours(12);

  private static final Duration TALK = Duration.ofSeconds(2);
  private static final Duration MAX_SAMPLING = Duration.ofSeconds(60);
  private static final Duration MIN_SAMPLING = Duration.ofSeconds(15);
  private static final Duration CHURN = Duration.ofSeconds(40);
  private static final Duration DOWN = Duration.ofSeconds(8);
  private static final long TICK_MILLIS = 200;
  private static final int MAX_ATTEMPTS = 900;

  private record Said(Instant at, EventId id) {}

  private final SoakOptions options;
  private final Path directory;
  private final List<SoakNode> nodes = new ArrayList<>();
  private final List<Adversary> adversaries = new ArrayList<>();
  private final List<Sample> samples = new ArrayList<>();
  private final Deque<Said> said = new ArrayDeque<>();
  private final Map<String, PublicKey> honestKeys = new LinkedHashMap<>();
  private final List<String> faults = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(12);
  private final SignatureVerifier verifier =
      ((VerifierChoice.Available) Verifiers.choose("tables", 64)).signatureVerifier();
  private long began = System.nanoTime();
  private int nextSampled;
  private int forgotten;
  private int churned;
  private SoakNode down;

  private SoakRun(SoakOptions options) throws IOException {
    this.options = options;
    this.directory = Files.createDirectories(options.directory());
    // A snapshot or a log of an earlier soak is not this one's.
    try (Stream<Path> old = Files.list(directory)) {
      for (Path file : old.filter(each -> !each.toString().endsWith(".jar")).toList()) {
        Files.delete(file);
      }
    }
  }

  public static void main(String[] args) throws Exception {
    Optional<SoakOptions> options = SoakOptions.parse(args);
    System.exit(options.isEmpty() ? USAGE : new SoakRun(options.get()).run());
  }

  private int run() throws Exception {
    Runtime.getRuntime().addShutdownHook(new Thread(this::killAll));
    try (Mosquitto broker = Mosquitto.start();
        MqttPublisher plaza = new MqttPublisher(broker.url());
        Http http = Http.honest();
        PrintWriter csv = new PrintWriter(Files.newBufferedWriter(directory.resolve("soak.csv")))) {
      csv.println(Sample.CSV_HEADER);
      startNodes(broker.url(), http);
      adversaries.add(new Flooder(broker.url(), nodes));
      adversaries.add(new Tarpit(broker.url(), nodes));
      adversaries.add(new Forger(broker.url(), nodes));
      adversaries.forEach(Adversary::start);
      live(plaza, http, csv);
      double cores = nodes.stream().filter(SoakNode::isAlive).mapToDouble(SoakNode::cores).sum();
      List<Long> acts = adversaries.stream().map(Adversary::actions).toList();
      adversaries.forEach(Adversary::close);
      SoakReport report =
          new SoakReport(
              options, samples, longLived(), churned, said.size() + forgotten, acts, cores, faults);
      System.out.println(report.text());
      System.out.println("samples: " + directory.resolve("soak.csv"));
      return report.passed() ? OK : GROWING;
    } finally {
      killAll();
    }
  }

  private void startNodes(String broker, Http http) throws IOException, InterruptedException {
    int[] ports = FreePorts.of("127.0.0.1", 2 * options.nodes());
    for (int i = 0; i < options.nodes(); i++) {
      SoakNode node =
          new SoakNode("soak-" + i, options.heap(), ports[2 * i], ports[2 * i + 1], directory);
      nodes.add(node);
      honestKeys.put(node.name(), node.citizen().key());
    }
    for (int i = 0; i < nodes.size(); i++) {
      nodes.get(i).configure(nodes, broker, MAX_EVENTS, i % 2 == 1);
    }
    Path history = writeHistory();
    for (SoakNode node : nodes) {
      node.startImporting(history);
      await200(node, "/health", http);
    }
    for (SoakNode node : nodes) {
      await200(node, "/ready", http);
    }
    System.err.println("soak: " + nodes.size() + " nodes are up; files in " + directory);
  }

  /** What honest nodes said before, enough to fill every ledger at once. */
  private Path writeHistory() throws IOException {
    long now = Event.unixNanos(Instant.now());
    List<String> lines = new ArrayList<>();
    for (SoakNode node : nodes) {
      lines.add(text(node.citizen().heyThere(now - HISTORY.toNanos(), node.meshAddress())));
    }
    for (int i = 0; i < MAX_EVENTS; i++) {
      Citizen who = nodes.get(i % nodes.size()).citizen();
      long age = HISTORY.toNanos() / MAX_EVENTS * (MAX_EVENTS - i);
      lines.add(text(who.tease(now - age, nodes.get((i + 1) % nodes.size()).name())));
    }
    return Files.write(directory.resolve("history.jsonl"), lines);
  }

  private static String text(byte[] json) {
    return new String(json, StandardCharsets.UTF_8);
  }

  private void await200(SoakNode node, String path, Http http) throws InterruptedException {
    for (int attempt = 0; status(node, path, http) != 200; attempt++) {
      if (!node.isAlive() || attempt > MAX_ATTEMPTS) {
        throw new IllegalStateException(node.name() + " does not start; see " + directory);
      }
      Thread.sleep(TICK_MILLIS);
    }
  }

  private static int status(SoakNode node, String path, Http http) throws InterruptedException {
    return http.get(node.web(path)).map(HttpResponse::statusCode).orElse(0);
  }

  /** How old an honest event is that every node must hold; a short soak can't wait for gossip. */
  private Duration spreading() {
    Duration part = options.duration().dividedBy(10);
    return part.compareTo(SETTLING) < 0
        ? SETTLING
        : part.compareTo(MAX_SPREADING) > 0 ? MAX_SPREADING : part;
  }

  private void live(MqttPublisher plaza, Http http, PrintWriter csv) throws Exception {
    Duration sampling = options.duration().dividedBy(30);
    sampling = sampling.compareTo(MAX_SAMPLING) > 0 ? MAX_SAMPLING : sampling;
    sampling = sampling.compareTo(MIN_SAMPLING) < 0 ? MIN_SAMPLING : sampling;
    began = System.nanoTime();
    Duration nextTalk = Duration.ZERO;
    Duration nextChurn = CHURN;
    Duration nextSample = sampling;
    Duration end = options.duration();
    while (elapsed().compareTo(end) < 0) {
      Duration now = elapsed();
      if (now.compareTo(nextTalk) >= 0) {
        talk(plaza, http);
        nextTalk = now.plus(TALK);
      }
      if (now.compareTo(nextChurn) >= 0) {
        nextChurn = now.plus(churn() ? DOWN : CHURN);
      }
      if (now.compareTo(nextSample) >= 0) {
        sample(nextSampled % nodes.size(), http, csv);
        nextSampled++;
        // One node after the other: a collection in all at once would be a load of its own.
        nextSample = nextSample.plus(sampling.dividedBy(nodes.size()));
      }
      restartDead();
      Thread.sleep(TICK_MILLIS);
    }
    for (int i = 0; i < nodes.size(); i++) {
      sample(i, http, csv);
    }
  }

  private Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - began);
  }

  /** A third of the nodes is never restarted. */
  private Set<String> longLived() {
    return nodes.stream()
        .limit(Math.ceilDiv(nodes.size(), 3))
        .map(SoakNode::name)
        .collect(Collectors.toSet());
  }

  private void talk(MqttPublisher plaza, Http http) throws InterruptedException {
    SoakNode speaker = nodes.get(random.nextInt(nodes.size()));
    if (!speaker.isAlive()) {
      return;
    }
    String other = nodes.get(random.nextInt(nodes.size())).name();
    Instant now = Instant.now();
    byte[] json =
        speaker
            .citizen()
            .signed(
                Event.unixNanos(now),
                new Social("tease", speaker.name(), "", other, "", "soaking", ""));
    byte[] body =
        EventImport.write(speaker.citizen().identity(), List.of(json), now.getEpochSecond());
    Optional<HttpResponse<byte[]>> imported =
        http.post("http://" + speaker.meshAddress() + MeshPaths.IMPORT, body);
    plaza.publish("nara/plaza/social", json);
    if (imported.filter(response -> response.statusCode() == 200).isPresent()) {
      said.addLast(new Said(now, Citizen.read(json).event().id()));
      if (said.size() > 10 * EXPECTED_EVENTS) {
        said.removeFirst();
        forgotten++;
      }
    }
  }

  /** Ends a node, or starts again the one that is down. Returns whether one is down now. */
  private boolean churn() throws IOException, InterruptedException {
    if (down != null) {
      down.start();
      down = null;
      return false;
    }
    Set<String> stay = longLived();
    List<SoakNode> candidates =
        nodes.stream()
            .filter(node -> !stay.contains(node.name()))
            .filter(SoakNode::isAlive)
            .toList();
    if (candidates.isEmpty()) {
      return false;
    }
    SoakNode node = candidates.get(random.nextInt(candidates.size()));
    down = node;
    churned++;
    if (random.nextBoolean()) {
      node.kill();
    } else {
      node.stop();
    }
    return true;
  }

  /** A node that ended by itself is a fault, and starts again. */
  private void restartDead() throws IOException {
    for (SoakNode node : nodes) {
      if (node != down && !node.isAlive()) {
        faults.add(
            "%s ended by itself after %d s with exit code %d"
                .formatted(node.name(), elapsed().toSeconds(), node.exitValue()));
        node.start();
      }
    }
  }

  private void sample(int i, Http http, PrintWriter csv) throws InterruptedException {
    Instant before = Instant.now().minus(spreading());
    List<EventId> expected =
        said.stream().filter(each -> each.at().isBefore(before)).map(Said::id).toList();
    int from = Math.max(0, expected.size() - EXPECTED_EVENTS);
    Set<EventId> latest = Set.copyOf(expected.subList(from, expected.size()));
    SoakNode node = nodes.get(i);
    SoakNode asker = nodes.get((i + 1) % nodes.size());
    // A fresh process still recovers and compiles; what it uses says nothing yet.
    if (node.isAlive() && node.age().compareTo(SETTLING) > 0) {
      try {
        samples.add(sample(node, asker, latest, http));
        csv.println(samples.getLast().csv());
        csv.flush();
      } catch (IOException gone) {
        faults.add("%s could not be sampled: %s".formatted(node.name(), gone.getMessage()));
      }
    }
    if (i == nodes.size() - 1) {
      System.err.printf(
          "soak: %d of %d s, %d samples, %d restarts, %d faults%n",
          elapsed().toSeconds(),
          options.duration().toSeconds(),
          samples.size(),
          churned,
          faults.size());
    }
  }

  private Sample sample(SoakNode node, SoakNode asker, Set<EventId> latest, Http http)
      throws IOException, InterruptedException {
    long asked = System.nanoTime();
    boolean healthy = status(node, "/health", http) == 200;
    long healthMs = healthy ? Duration.ofNanos(System.nanoTime() - asked).toMillis() : -1;
    boolean ready = status(node, "/ready", http) == 200;
    Audit audit = Audit.of(node, asker, http, verifier, honestKeys, latest);
    Sample.Use use = Sample.Use.of(node.pid());
    return new Sample(
        elapsed().toSeconds(),
        node.name(),
        node.age().toSeconds(),
        use.heapKb(),
        use.rssKb(),
        use.threads(),
        use.files(),
        audit,
        healthMs,
        ready);
  }

  private void killAll() {
    nodes.stream().filter(SoakNode::isAlive).forEach(SoakNode::kill);
  }
}
