package nara.node.config;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import nara.checkpoint.consensus.ConsensusConfig;
import nara.checkpoint.sync.CheckpointSyncConfig;
import nara.discovery.DiscoveryConfig;
import nara.discovery.DiscoveryConfig.ConfiguredPeer;
import nara.discovery.DiscoveryConfig.Scan;
import nara.ledger.MemoryMode;
import nara.ledger.Query;
import nara.mesh.MeshConfig;
import nara.mqtt.PlazaConfig;
import nara.node.config.NodeConfig.IdentityConfig;
import nara.node.config.NodeConfig.MemoryConfig;
import nara.node.config.NodeConfig.WebConfig;
import nara.recovery.RecoveryConfig;
import nara.recovery.RecoveryConfig.Rung;
import nara.recovery.RecoveryConfig.Thoroughness;
import nara.snapshot.SnapshotConfig;
import nara.trust.TrustConfig;
import nara.trust.TrustPolicy;
import nara.trust.verifier.Verifiers;

/**
 * Reads a configuration from JSON: it returns a valid {@link NodeConfig}, or all problems.
 *
 * <p>Each section has one method, with a line for each key: its name, kind, default and range. The
 * same lines give the effective configuration and the list of keys for the documentation.
 */
public final class ConfigReader {
  /** What a name must be. */
  public static final String NAME_RULE =
      "a name (1 to 128 characters, no control characters, none of / + #)";

  /** The only environment variable: it holds the soul, and overrides the configured one. */
  public static final String SOUL_VARIABLE = "NARA_SOUL";

  static final Duration MILLI = Duration.ofMillis(1);
  static final Duration SECOND = Duration.ofSeconds(1);
  static final Duration HOUR = Duration.ofHours(1);
  static final Duration DAY = Duration.ofHours(24);
  private static final int MILLION = 1_000_000;

  /**
   * The result of reading.
   *
   * @param config empty when there is a problem
   * @param problems in the order of the text
   * @param warnings sentences about values that are valid but probably wrong
   * @param effective all keys with their effective values, as JSON; secrets are masked
   * @param keys all known keys, in the order of the documentation
   */
  public record ConfigResult(
      Optional<NodeConfig> config,
      List<ConfigProblem> problems,
      List<String> warnings,
      String effective,
      List<ConfigKey> keys) {}

  private ConfigReader() {}

  /** Reads a text with this machine's environment and memory. */
  public static ConfigResult read(String json) {
    return read(json, System.getenv(), AvailableMemory.megabytes());
  }

  /**
   * Reads a text.
   *
   * @param environment only {@link #SOUL_VARIABLE} is read
   * @param memoryMegabytes the available memory, for the memory mode {@code auto}
   */
  public static ConfigResult read(
      String json, Map<String, String> environment, long memoryMegabytes) {
    ConfigSection.Findings findings = new ConfigSection.Findings();
    ObjectNode effective = JsonNodeFactory.instance.objectNode();
    ConfigSection root =
        new ConfigSection("", ConfigParser.parse(json, findings.problems()), effective, findings);
    NodeConfig config = node(root, environment, memoryMegabytes);
    root.rejectUnknownKeys();
    List<ConfigProblem> problems = findings.problems();
    problems.sort(
        Comparator.comparingInt(ConfigProblem::line).thenComparingInt(ConfigProblem::column));
    return new ConfigResult(
        Optional.of(config).filter(valid -> problems.isEmpty()),
        List.copyOf(problems),
        List.copyOf(findings.warnings()),
        effective.toPrettyString(),
        List.copyOf(findings.keys()));
  }

  /** The configuration of an empty text, without the environment. */
  public static NodeConfig defaults() {
    return read("{}", Map.of(), AvailableMemory.megabytes()).config().orElseThrow();
  }

  /** Whether a node may have this name. */
  public static boolean isValidName(String text) {
    return !text.isBlank()
        && text.length() <= 128
        && text.chars().noneMatch(c -> Character.isISOControl(c) || "/+#".indexOf(c) >= 0);
  }

  private static NodeConfig node(
      ConfigSection root, Map<String, String> environment, long memoryMegabytes) {
    IdentityConfig identity = IdentitySection.read(root.section("identity"), environment);
    MeshConfig mesh = mesh(root.section("mesh"));
    DiscoveryConfig discovery = discovery(root.section("discovery"));
    Transport transport =
        root.choice("transport", Transport.HYBRID, List.of(Transport.values()), Transport::label);
    boolean readOnly = root.flag("read_only", false);
    PlazaConfig plaza = plaza(root.section("plaza"), readOnly);
    MemoryConfig memory = memory(root.section("memory"), memoryMegabytes);
    boolean gossip = transport == Transport.GOSSIP;
    if (transport == Transport.MQTT && plaza.url().isEmpty()) {
      root.addProblem("transport", "\"mqtt\" needs a broker: set plaza.url");
    }
    if (gossip && !mesh.enabled()) {
      root.addProblem("transport", "\"gossip\" needs the mesh: set mesh.enabled to true");
    }
    ConfigSection checkpoint = root.section("checkpoint");
    return new NodeConfig(
        identity,
        mesh,
        discovery,
        plaza,
        transport,
        readOnly,
        memory,
        recovery(root.section("recovery"), memory, gossip, readOnly),
        checkpointSync(checkpoint),
        consensus(checkpoint),
        trust(root.section("trust")),
        web(root.section("web")),
        ClusterSection.read(root.section("cluster")));
  }

  private static MeshConfig mesh(ConfigSection s) {
    MeshConfig d = MeshConfig.defaults();
    String requests = "a number of requests";
    return new MeshConfig(
        s.flag("enabled", d.enabled()),
        s.host(d.host()),
        s.port("port", d.port(), 0),
        s.text(
            "advertise",
            d.advertise(),
            "a HOST:PORT that others can reach, or empty",
            text -> text.isEmpty() || AddressParser.hostAndPort(text).isPresent()),
        s.flag("gzip", d.gzip()),
        s.bytes("max_answer_bytes", d.maxAnswerBytes(), 1 << 16, 1 << 30),
        s.bytes("max_request_bytes", d.maxRequestBytes(), 1 << 10, 1 << 30),
        s.number("max_in_flight", d.maxInFlight(), 1, 1_000, requests),
        s.number("max_in_flight_per_peer", d.maxInFlightPerPeer(), 1, 1_000, requests),
        s.number("max_queued_per_peer", d.maxQueuedPerPeer(), 1, 100_000, requests),
        s.number(
            "requests_per_second",
            d.requestsPerSecond(),
            0,
            MILLION,
            requests + ", or 0 for no bound"),
        s.number("requests_at_once", d.requestsAtOnce(), 1, MILLION, requests),
        s.duration("connect_timeout", d.connectTimeout(), MILLI, HOUR),
        s.duration("stall", d.stallTimeout(), MILLI, HOUR));
  }

  private static DiscoveryConfig discovery(ConfigSection s) {
    DiscoveryConfig d = DiscoveryConfig.defaults();
    return new DiscoveryConfig(
        s.list(
            "peers",
            d.peers(),
            0,
            10_000,
            "a peer, [NAME@]HOST[:PORT]",
            AddressParser::peer,
            ConfiguredPeer::text),
        scan(s.section("scan"), s.has("scan")),
        s.section("tailscale")
            .text(
                "socket",
                d.tailscaleSocket(),
                "a path of a Unix socket, or empty",
                text -> text.length() <= 107),
        s.duration("ping_timeout", d.pingTimeout(), MILLI, HOUR),
        s.number("pings_at_once", d.pingsAtOnce(), 1, 1_000, "a number of pings"));
  }

  private static Optional<Scan> scan(ConfigSection s, boolean given) {
    Optional<String> cidr =
        s.optionalText(
            "cidr",
            "none",
            "an IPv4 range of at most 65,536 addresses such as \"100.64.0.0/24\"",
            AddressParser::isCidr);
    int port = s.port("port", MeshConfig.DEFAULT_PORT, 1);
    if (given && !s.has("cidr")) {
      s.addProblem("cidr", "is missing; give the addresses to scan");
    }
    return cidr.map(range -> new Scan(range, port));
  }

  private static PlazaConfig plaza(ConfigSection s, boolean readOnly) {
    PlazaConfig d = PlazaConfig.defaults();
    PlazaConfig plaza =
        new PlazaConfig(
            s.text(
                "url",
                d.url(),
                "a broker, mqtt://HOST[:PORT] or mqtts://HOST[:PORT], or empty",
                AddressParser::isBrokerUrl),
            s.text("user", d.user(), "a text", text -> true),
            s.secret("password", "a text", Optional::of).orElse(d.password()),
            readOnly,
            s.duration("announce_jitter", d.announceJitter(), Duration.ZERO, HOUR),
            s.duration("announce_every", d.announceEvery(), MILLI, HOUR),
            s.duration("howdy_wait", d.howdyWait(), Duration.ZERO, HOUR),
            s.duration("reconnect_min", d.reconnectMin(), MILLI, HOUR),
            s.duration("reconnect_max", d.reconnectMax(), MILLI, HOUR),
            s.bytes("max_message_bytes", d.maxMessageBytes(), 1 << 13, (1 << 28) - 1));
    if (plaza.reconnectMin().compareTo(plaza.reconnectMax()) > 0) {
      s.addProblem(
          "reconnect_min",
          "\"%s\" is more than plaza.reconnect_max (%s)"
              .formatted(
                  Durations.format(plaza.reconnectMin()), Durations.format(plaza.reconnectMax())));
    }
    return plaza;
  }

  private static MemoryConfig memory(ConfigSection s, long megabytes) {
    List<String> modes =
        Stream.concat(Stream.of("auto"), Stream.of(MemoryMode.values()).map(MemoryMode::label))
            .toList();
    MemoryMode mode =
        MemoryMode.fromLabel(s.choice("mode", "auto", modes, word -> word))
            .orElseGet(() -> MemoryMode.forMegabytes(megabytes));
    int maxEvents =
        s.number(
            "max_events",
            mode.maxEvents(),
            "by memory.mode",
            100,
            100 * MILLION,
            "a number of events");
    Optional<Path> file = s.path("snapshot", "a path of a file");
    Duration every = s.duration("snapshot_every", SnapshotConfig.DEFAULT_INTERVAL, SECOND, DAY);
    return new MemoryConfig(mode, maxEvents, file.map(path -> new SnapshotConfig(path, every)));
  }

  private static RecoveryConfig recovery(
      ConfigSection s, MemoryConfig memory, boolean gossip, boolean readOnly) {
    RecoveryConfig d = RecoveryConfig.defaults(memory.mode());
    String byMode = "by memory.mode";
    String events = "a number of events";
    String tries = "a number of tries";
    RecoveryConfig recovery =
        new RecoveryConfig(
            s.choices("ladder", d.ladder(), 1, List.of(Rung.values()), Rung::label),
            s.duration("first_wait", d.firstWait(), Duration.ZERO, DAY),
            s.number("tries", d.tries(), 1, 1_000, tries),
            s.duration("retry_wait", d.retryWait(), Duration.ZERO, DAY),
            memory.mode(),
            s.number("sample_capacity", d.sampleCapacity(), byMode, 1, 100 * MILLION, events),
            s.number("sample_page", d.samplePage(), byMode, 1, Query.MAX_EVENTS, events),
            s.number("max_under_way", d.maxInFlight(), byMode, 1, 1_000, "a number of calls"),
            s.duration("call_timeout", d.callTimeout(), MILLI, HOUR),
            s.number("call_tries", d.callTries(), 1, 100, tries),
            s.duration("plaza_quiet", d.plazaQuiet(), MILLI, HOUR),
            s.duration("plaza_deadline", d.plazaDeadline(), MILLI, DAY),
            gossip,
            readOnly,
            s.choice(
                "thoroughness",
                d.thoroughness(),
                List.of(Thoroughness.values()),
                Thoroughness::label),
            memory.maxEvents());
    if (recovery.ladder().stream().distinct().count() < recovery.ladder().size()) {
      s.addProblem("ladder", "has a rung twice");
    }
    return recovery;
  }

  private static CheckpointSyncConfig checkpointSync(ConfigSection s) {
    CheckpointSyncConfig d = CheckpointSyncConfig.defaults();
    return new CheckpointSyncConfig(
        s.number("peers_wanted", d.peersWanted(), 1, 1_000, "a number of peers"),
        s.number("page_size", d.pageSize(), 1, Query.MAX_EVENTS, "a number of events"),
        s.duration("timeout", d.timeout(), MILLI, HOUR));
  }

  private static ConsensusConfig consensus(ConfigSection s) {
    ConsensusConfig d = ConsensusConfig.defaults();
    return new ConsensusConfig(
        s.duration("every", d.every(), SECOND, DAY.multipliedBy(30)),
        s.duration("check_every", d.checkEvery(), SECOND, DAY),
        s.number("neighbours", d.neighbours(), 1, 10_000, "a number of neighbours"),
        s.duration("vote_window", d.voteWindow(), SECOND, HOUR),
        s.duration("vote_wait", d.voteWait(), Duration.ZERO, HOUR));
  }

  private static TrustConfig trust(ConfigSection s) {
    TrustConfig d = TrustConfig.defaults();
    List<TrustPolicy> policies = List.of(TrustPolicy.values());
    return new TrustConfig(
        s.choice("policy", d.policy(), policies, TrustPolicy::label),
        s.choice("verifier", d.verifier(), Verifiers.NAMES, name -> name),
        s.number("recheck_one_in", d.recheckOneIn(), 0, MILLION, "a number of signatures"),
        s.number("max_key_tables", d.maxKeyTables(), 0, MILLION, "a number of keys"),
        s.number("max_quarantined", d.maxQuarantined(), 0, 10 * MILLION, "a number of events"));
  }

  private static WebConfig web(ConfigSection s) {
    return new WebConfig(
        s.flag("enabled", true),
        s.host("127.0.0.1"),
        s.port("port", MeshConfig.DEFAULT_PORT + 1, 0));
  }
}
