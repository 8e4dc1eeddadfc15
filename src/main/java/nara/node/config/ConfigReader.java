package nara.node.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import nara.checkpoint.consensus.ConsensusConfig;
import nara.checkpoint.sync.CheckpointSyncConfig;
import nara.cluster.ClusterConfig;
import nara.cluster.Role;
import nara.discovery.DiscoveryConfig;
import nara.discovery.DiscoveryConfig.ConfiguredPeer;
import nara.discovery.DiscoveryConfig.Scan;
import nara.identity.Soul;
import nara.ledger.MemoryMode;
import nara.ledger.Query;
import nara.mesh.MeshConfig;
import nara.mesh.wire.PeerAddress;
import nara.mqtt.PlazaConfig;
import nara.node.config.NodeConfig.CheckpointConfig;
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
 * Reads a configuration: JSON in, one valid {@link NodeConfig} or every problem out.
 *
 * <p>One pass does all of it. Each key is asked for once, in one place, with its default and what
 * it may be; from the same place come the effective configuration (secrets masked) and the list of
 * keys that the documentation is checked against.
 */
public final class ConfigReader {
  /** What a node may be called, in words. */
  public static final String NAME_RULE =
      "a name (1 to 128 characters, no control characters, none of / + #)";

  /** The one environment variable that is heeded: the soul, which then counts before the text's. */
  public static final String SOUL_VARIABLE = "NARA_SOUL";

  private static final ObjectMapper PRETTY =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private static final Duration MILLI = Duration.ofMillis(1);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofHours(24);
  private static final int MILLION = 1_000_000;

  // A soul has 55 characters; whatever is longer than this is another file.
  private static final int SOUL_FILE_BYTES = 1_024;

  /**
   * What came of reading.
   *
   * @param config the configuration; empty when there is a problem
   * @param problems all of them, in the order of the text
   * @param warnings sentences about what is right but may not be meant
   * @param effective every key with the value that holds, as JSON; secrets are masked
   * @param keys every key that there is, in the order of the documentation
   */
  public record ConfigResult(
      Optional<NodeConfig> config,
      List<ConfigProblem> problems,
      List<String> warnings,
      String effective,
      List<ConfigKey> keys) {}

  private final Map<String, String> environment;
  private final long memoryMegabytes;
  private final List<ConfigProblem> problems = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<ConfigKey> keys = new ArrayList<>();

  private ConfigReader(Map<String, String> environment, long memoryMegabytes) {
    this.environment = environment;
    this.memoryMegabytes = memoryMegabytes;
  }

  /** Reads a text on this machine: its environment and its memory count. */
  public static ConfigResult read(String json) {
    return read(json, System.getenv(), AvailableMemory.megabytes());
  }

  /**
   * Reads a text.
   *
   * @param environment of which only {@link #SOUL_VARIABLE} is looked at
   * @param memoryMegabytes of memory, for the memory mode {@code auto}
   */
  public static ConfigResult read(
      String json, Map<String, String> environment, long memoryMegabytes) {
    return new ConfigReader(environment, memoryMegabytes).read(json, JsonNodeFactory.instance);
  }

  /** What a node does that is told nothing, not even by the environment. */
  public static NodeConfig defaults() {
    return read("{}", Map.of(), AvailableMemory.megabytes()).config().orElseThrow();
  }

  private ConfigResult read(String json, JsonNodeFactory nodes) {
    ObjectNode effective = nodes.objectNode();
    ConfigParser.ConfigNode text = ConfigParser.parse(json, problems);
    ConfigSection root = new ConfigSection("", text, effective, problems, keys);
    NodeConfig config = nodeConfig(root);
    problems.sort(
        Comparator.comparingInt(ConfigProblem::line).thenComparingInt(ConfigProblem::column));
    return new ConfigResult(
        problems.isEmpty() ? Optional.of(config) : Optional.empty(),
        List.copyOf(problems),
        List.copyOf(warnings),
        pretty(effective),
        List.copyOf(keys));
  }

  private NodeConfig nodeConfig(ConfigSection root) {
    IdentityConfig identity = identity(root.section("identity"));
    MeshConfig mesh = mesh(root.section("mesh"));
    DiscoveryConfig discovery = discovery(root.section("discovery"));
    Transport transport =
        root.choice(
            "transport", Transport.HYBRID, "hybrid", List.of(Transport.values()), Transport::label);
    boolean readOnly = root.flag("read_only", false);
    PlazaConfig plaza = plaza(root.section("plaza"), readOnly);
    MemoryConfig memory = memory(root.section("memory"));
    RecoveryConfig recovery =
        recovery(root.section("recovery"), memory, transport == Transport.GOSSIP, readOnly);
    CheckpointConfig checkpoint = checkpoint(root.section("checkpoint"));
    TrustConfig trust = trust(root.section("trust"));
    WebConfig web = web(root.section("web"));
    ClusterConfig cluster = cluster(root.section("cluster"));
    if (transport == Transport.MQTT && plaza.url().isEmpty()) {
      root.addProblem("transport", "\"mqtt\" needs a broker: set plaza.url");
    }
    if (transport == Transport.GOSSIP && !mesh.enabled()) {
      root.addProblem("transport", "\"gossip\" needs the mesh: set mesh.enabled to true");
    }
    root.rejectUnknownKeys();
    return new NodeConfig(
        identity,
        mesh,
        discovery,
        plaza,
        transport,
        readOnly,
        memory,
        recovery,
        checkpoint,
        trust,
        web,
        cluster);
  }

  private IdentityConfig identity(ConfigSection s) {
    Optional<String> name =
        s.optional(
            "name",
            "the host's name, or one drawn from the soul",
            NAME_RULE,
            ConfigReader::validName,
            n -> n);
    Optional<Soul> soul =
        s.secret(
            "soul",
            Optional.empty(),
            "a soul (40 bytes in Base58, about 54 characters)",
            text -> Soul.parse(text).map(Optional::of));
    Optional<Path> file = path(s, "soul_file", "a path of a file that holds a soul");
    if (s.has("soul") && file.isPresent()) {
      s.addProblem("soul_file", "gives a soul beside identity.soul: keep one of the two");
    }
    if (soul.isEmpty() && file.isPresent()) {
      soul = soulFromFile(file.get(), s);
    }
    String variable = environment.getOrDefault(SOUL_VARIABLE, "");
    if (!variable.isEmpty()) {
      soul = Soul.parse(variable);
      if (soul.isEmpty()) {
        problems.add(
            new ConfigProblem(
                0, 0, SOUL_VARIABLE, "this environment variable does not hold a soul (not shown)"));
      }
    }
    s.rejectUnknownKeys();
    if (name.isPresent() && soul.isPresent() && !soul.get().isBondedTo(name.get())) {
      warnings.add(
          "identity: the soul is not bonded to the name; others take this node for somebody with"
              + " a borrowed name");
    }
    return new IdentityConfig(name, soul);
  }

  /** Whether a node may be called that. */
  public static boolean isValidName(String text) {
    return !text.isBlank()
        && text.length() <= 128
        && text.chars().noneMatch(c -> Character.isISOControl(c) || "/+#".indexOf(c) >= 0);
  }

  private static Optional<String> validName(String text) {
    return isValidName(text) ? Optional.of(text) : Optional.empty();
  }

  private static Optional<Soul> soulFromFile(Path file, ConfigSection s) {
    // What a file says of its size is not believed: a device says 0, and goes on for ever.
    try (InputStream in = Files.newInputStream(file)) {
      byte[] text = in.readNBytes(SOUL_FILE_BYTES);
      Optional<Soul> soul = Soul.parse(new String(text, StandardCharsets.UTF_8).strip());
      if (soul.isPresent()) {
        return soul;
      }
      s.addProblem("soul_file", "\"" + file + "\" does not hold a soul");
    } catch (IOException unreadable) {
      s.addProblem("soul_file", "\"" + file + "\" cannot be read as text");
    }
    return Optional.empty();
  }

  private static Optional<Path> path(ConfigSection s, String key, String allowed) {
    return s.optional(
        key,
        "none",
        allowed,
        text -> {
          try {
            return text.isBlank() ? Optional.empty() : Optional.of(Path.of(text));
          } catch (InvalidPathException noPath) {
            return Optional.empty();
          }
        },
        Path::toString);
  }

  private static int port(ConfigSection s, String key, int defaultPort) {
    return s.integer(key, defaultPort, 0, 65_535, "a port");
  }

  private static String host(ConfigSection s, String defaultHost) {
    return s.parsed(
        "host",
        defaultHost,
        "a host name or address to listen on",
        text -> PeerAddress.isHost(text) ? Optional.of(text) : Optional.empty(),
        text -> text);
  }

  private static MeshConfig mesh(ConfigSection s) {
    MeshConfig d = MeshConfig.defaults();
    MeshConfig mesh =
        new MeshConfig(
            s.flag("enabled", d.enabled()),
            host(s, d.host()),
            port(s, "port", d.port()),
            s.parsed(
                "advertise",
                d.advertise(),
                "a HOST:PORT that others can reach, or empty",
                text ->
                    text.isEmpty()
                        ? Optional.of(text)
                        : PeerAddress.parse(text).map(PeerAddress::toString).filter(text::equals),
                text -> text),
            s.flag("gzip", d.gzip()),
            s.integer("max_answer_bytes", d.maxAnswerBytes(), 1 << 16, 1 << 30, "a size in bytes"),
            s.integer(
                "max_request_bytes", d.maxRequestBytes(), 1 << 10, 1 << 30, "a size in bytes"),
            s.integer("max_in_flight", d.maxInFlight(), 1, 1_000, "a number of requests"),
            s.integer(
                "max_in_flight_per_peer", d.maxInFlightPerPeer(), 1, 1_000, "a number of requests"),
            s.integer(
                "max_queued_per_peer", d.maxQueuedPerPeer(), 1, 100_000, "a number of requests"),
            s.integer(
                "requests_per_second",
                d.requestsPerSecond(),
                0,
                1_000_000,
                "a number of requests, or 0 for no bound"),
            s.integer("requests_at_once", d.requestsAtOnce(), 1, 1_000_000, "a number of requests"),
            s.duration("connect_timeout", d.connectTimeout(), MILLI, HOUR),
            s.duration("stall", d.stallTimeout(), MILLI, HOUR));
    s.rejectUnknownKeys();
    return mesh;
  }

  private static DiscoveryConfig discovery(ConfigSection s) {
    DiscoveryConfig d = DiscoveryConfig.defaults();
    List<ConfiguredPeer> peers =
        s.list(
            "peers",
            d.peers(),
            0,
            10_000,
            "a peer, [NAME@]HOST[:PORT]",
            AddressParser::peer,
            ConfiguredPeer::text);
    Optional<Scan> scan = scan(s.section("scan"), s.has("scan"));
    ConfigSection tailscale = s.section("tailscale");
    String socket =
        tailscale.parsed(
            "socket",
            d.tailscaleSocket(),
            "a path of a Unix socket, or empty",
            text -> text.length() <= 107 ? Optional.of(text) : Optional.empty(),
            text -> text);
    tailscale.rejectUnknownKeys();
    DiscoveryConfig discovery =
        new DiscoveryConfig(
            peers,
            scan,
            socket,
            s.duration("ping_timeout", d.pingTimeout(), MILLI, HOUR),
            s.integer("pings_at_once", d.pingsAtOnce(), 1, 1_000, "a number of pings"));
    s.rejectUnknownKeys();
    return discovery;
  }

  private static Optional<Scan> scan(ConfigSection s, boolean given) {
    Optional<String> cidr =
        s.optional(
            "cidr",
            "none",
            "an IPv4 range of at most 65,536 addresses such as \"100.64.0.0/24\"",
            AddressParser::cidr,
            text -> text);
    int port = s.integer("port", MeshConfig.DEFAULT_PORT, 1, 65_535, "a port");
    if (given && !s.has("cidr")) {
      s.addProblem("cidr", "is missing: which addresses shall be scanned?");
    }
    s.rejectUnknownKeys();
    return cidr.map(range -> new Scan(range, port));
  }

  private static PlazaConfig plaza(ConfigSection s, boolean readOnly) {
    PlazaConfig d = PlazaConfig.defaults();
    PlazaConfig plaza =
        new PlazaConfig(
            s.parsed(
                "url",
                d.url(),
                "a broker, mqtt://HOST[:PORT] or mqtts://HOST[:PORT], or empty",
                AddressParser::brokerUrl,
                text -> text),
            s.parsed("user", d.user(), "a text", Optional::of, text -> text),
            s.secret("password", d.password(), "a text", Optional::of),
            readOnly,
            s.duration("announce_jitter", d.announceJitter(), Duration.ZERO, HOUR),
            s.duration("announce_every", d.announceEvery(), MILLI, HOUR),
            s.duration("howdy_wait", d.howdyWait(), Duration.ZERO, HOUR),
            s.duration("reconnect_min", d.reconnectMin(), MILLI, HOUR),
            s.duration("reconnect_max", d.reconnectMax(), MILLI, HOUR),
            s.integer(
                "max_message_bytes",
                d.maxMessageBytes(),
                1 << 13,
                (1 << 28) - 1,
                "a size in bytes"));
    if (plaza.reconnectMin().compareTo(plaza.reconnectMax()) > 0) {
      s.addProblem(
          "reconnect_min",
          "\"%s\" is more than plaza.reconnect_max (%s)"
              .formatted(
                  Durations.format(plaza.reconnectMin()), Durations.format(plaza.reconnectMax())));
    }
    s.rejectUnknownKeys();
    return plaza;
  }

  private MemoryConfig memory(ConfigSection s) {
    List<String> words = new ArrayList<>(List.of("auto"));
    Arrays.stream(MemoryMode.values()).map(MemoryMode::label).forEach(words::add);
    String word = s.choice("mode", "auto", "auto", words, text -> text);
    MemoryMode mode =
        MemoryMode.fromLabel(word).orElseGet(() -> MemoryMode.forMegabytes(memoryMegabytes));
    int maxEvents =
        s.integer(
            "max_events",
            mode.maxEvents(),
            "by memory.mode",
            100,
            100 * MILLION,
            "a number of events");
    Optional<Path> snapshot = path(s, "snapshot", "a path of a file");
    Duration every = s.duration("snapshot_every", SnapshotConfig.DEFAULT_INTERVAL, SECOND, DAY);
    s.rejectUnknownKeys();
    return new MemoryConfig(mode, maxEvents, snapshot.map(file -> new SnapshotConfig(file, every)));
  }

  private static RecoveryConfig recovery(
      ConfigSection s, MemoryConfig memory, boolean gossip, boolean readOnly) {
    MemoryMode mode = memory.mode();
    RecoveryConfig d = RecoveryConfig.defaults(mode);
    List<Rung> rungs = List.of(Rung.values());
    List<Rung> ladder =
        s.list(
            "ladder",
            d.ladder(),
            1,
            rungs.size(),
            "one of " + String.join(", ", rungs.stream().map(Rung::label).toList()),
            text -> rungs.stream().filter(rung -> rung.label().equals(text)).findFirst(),
            Rung::label);
    if (ladder.stream().distinct().count() < ladder.size()) {
      s.addProblem("ladder", "has a rung twice");
    }
    RecoveryConfig recovery =
        new RecoveryConfig(
            ladder,
            s.duration("first_wait", d.firstWait(), Duration.ZERO, DAY),
            s.integer("tries", d.tries(), 1, 1_000, "a number of tries"),
            s.duration("retry_wait", d.retryWait(), Duration.ZERO, DAY),
            mode,
            s.integer(
                "sample_capacity",
                d.sampleCapacity(),
                "by memory.mode",
                1,
                100 * MILLION,
                "a number of events"),
            s.integer(
                "sample_page",
                d.samplePage(),
                "by memory.mode",
                1,
                Query.MAX_EVENTS,
                "a number of events"),
            s.integer(
                "max_under_way", d.maxInFlight(), "by memory.mode", 1, 1_000, "a number of calls"),
            s.duration("call_timeout", d.callTimeout(), MILLI, HOUR),
            s.integer("call_tries", d.callTries(), 1, 100, "a number of tries"),
            s.duration("plaza_quiet", d.plazaQuiet(), MILLI, HOUR),
            s.duration("plaza_deadline", d.plazaDeadline(), MILLI, DAY),
            gossip,
            readOnly,
            s.choice(
                "thoroughness",
                d.thoroughness(),
                d.thoroughness().label(),
                List.of(Thoroughness.values()),
                Thoroughness::label),
            memory.maxEvents());
    s.rejectUnknownKeys();
    return recovery;
  }

  private static CheckpointConfig checkpoint(ConfigSection s) {
    CheckpointSyncConfig d = CheckpointSyncConfig.defaults();
    CheckpointSyncConfig sync =
        new CheckpointSyncConfig(
            s.integer("peers_wanted", d.peersWanted(), 1, 1_000, "a number of peers"),
            s.integer("page_size", d.pageSize(), 1, Query.MAX_EVENTS, "a number of events"),
            s.duration("timeout", d.timeout(), MILLI, HOUR));
    CheckpointConfig checkpoint = new CheckpointConfig(sync, consensus(s));
    s.rejectUnknownKeys();
    return checkpoint;
  }

  private static ConsensusConfig consensus(ConfigSection s) {
    ConsensusConfig d = ConsensusConfig.defaults();
    return new ConsensusConfig(
        s.duration("every", d.every(), SECOND, DAY.multipliedBy(30)),
        s.duration("check_every", d.checkEvery(), SECOND, DAY),
        s.integer("neighbours", d.neighbours(), 1, 10_000, "a number of neighbours"),
        s.duration("vote_window", d.voteWindow(), SECOND, HOUR),
        s.duration("vote_wait", d.voteWait(), Duration.ZERO, HOUR));
  }

  private static TrustConfig trust(ConfigSection s) {
    TrustConfig d = TrustConfig.defaults();
    List<TrustPolicy> policies = List.of(TrustPolicy.values());
    List<String> verifiers = Verifiers.NAMES;
    TrustConfig trust =
        new TrustConfig(
            s.choice("policy", d.policy(), d.policy().label(), policies, TrustPolicy::label),
            s.choice("verifier", d.verifier(), d.verifier(), verifiers, text -> text),
            s.integer("recheck_one_in", d.recheckOneIn(), 0, MILLION, "a number of signatures"),
            s.integer("max_key_tables", d.maxKeyTables(), 0, MILLION, "a number of keys"),
            s.integer(
                "max_quarantined", d.maxQuarantined(), 0, 10 * MILLION, "a number of events"));
    s.rejectUnknownKeys();
    return trust;
  }

  private static WebConfig web(ConfigSection s) {
    WebConfig web =
        new WebConfig(
            s.flag("enabled", true),
            host(s, "127.0.0.1"),
            port(s, "port", MeshConfig.DEFAULT_PORT + 1));
    s.rejectUnknownKeys();
    return web;
  }

  private ClusterConfig cluster(ConfigSection s) {
    ClusterConfig d = ClusterConfig.standalone();
    boolean enabled = s.flag("enabled", d.enabled());
    String name = s.parsed("name", d.name(), "a name", ConfigReader::validName, n -> n);
    Optional<String> member =
        s.optional("member", "its host and port", NAME_RULE, ConfigReader::validName, n -> n);
    String host = host(s, d.host());
    int port = s.integer("port", d.port(), 1, 65_535, "a port");
    int busPort = port(s, "bus_port", d.busPort());
    List<PeerAddress> members =
        s.list(
            "members",
            List.of(),
            0,
            100,
            "a member, HOST:PORT",
            ConfigReader::memberAddress,
            PeerAddress::toString);
    int memberCount =
        (int)
            Stream.concat(members.stream(), Stream.of(new PeerAddress(host, port)))
                .distinct()
                .count();
    List<Role> allRoles = List.of(Role.values());
    List<Role> roles =
        s.list(
            "roles",
            allRoles,
            0,
            allRoles.size(),
            "one of " + String.join(", ", allRoles.stream().map(Role::label).toList()),
            Role::named,
            Role::label);
    int quorum =
        s.integer(
            "quorum",
            memberCount / 2 + 1,
            "more than half of the members",
            1,
            100,
            "a number of members");
    int backups = s.integer("backups", d.backups(), 0, 6, "a number of copies");
    Duration detection =
        s.duration(
            "detection", d.detectionTimeout(), SECOND.multipliedBy(2), SECOND.multipliedBy(300));
    Optional<ClusterConfig.Tls> tls = tls(s.section("tls"));
    checkCluster(s, enabled, host, members, roles, quorum, memberCount);
    s.rejectUnknownKeys();
    return new ClusterConfig(
        enabled,
        name,
        member.orElse(""),
        host,
        port,
        busPort,
        members.stream().map(PeerAddress::toString).toList(),
        Set.copyOf(roles),
        quorum,
        backups,
        detection,
        tls);
  }

  private static Optional<PeerAddress> memberAddress(String text) {
    return PeerAddress.parse(text).filter(address -> address.toString().equals(text));
  }

  private void checkCluster(
      ConfigSection s,
      boolean enabled,
      String host,
      List<PeerAddress> members,
      List<Role> roles,
      int quorum,
      int memberCount) {
    for (Role role : roles) {
      for (Role needed : role.requiredRoles()) {
        if (!roles.contains(needed)) {
          s.addProblem(
              "roles", "has %s without %s, which it needs".formatted(role.label(), needed.label()));
        }
      }
    }
    if (s.has("host") && (host.equals("0.0.0.0") || host.equals("::"))) {
      s.addProblem(
          "host", "is no interface: give the one address that the other members can reach");
    }
    if (quorum > memberCount) {
      s.addProblem("quorum", "is more than the %d members that there are".formatted(memberCount));
    }
    if (enabled && members.isEmpty()) {
      s.addProblem("members", "is empty: name the members, HOST:PORT each");
    }
    if (!members.isEmpty() && quorum <= memberCount / 2) {
      warnings.add(
          "cluster.quorum: %d of %d members is not more than half: both sides of a split would go on"
              .formatted(quorum, memberCount));
    }
  }

  private static Optional<ClusterConfig.Tls> tls(ConfigSection s) {
    Optional<Path> key = path(s, "key", "a path of a PEM file");
    Optional<Path> certificate = path(s, "certificate", "a path of a PEM file");
    Optional<Path> authority = path(s, "authority", "a path of a PEM file");
    long given = Stream.of(key, certificate, authority).filter(Optional::isPresent).count();
    if (given == 1 || given == 2) {
      s.addProblem(
          "key", "needs tls.certificate and tls.authority beside it: all three files or none");
    }
    checkReadable(s, "key", key);
    checkReadable(s, "certificate", certificate);
    checkReadable(s, "authority", authority);
    s.rejectUnknownKeys();
    return given == 3
        ? Optional.of(
            new ClusterConfig.Tls(
                key.orElseThrow(), certificate.orElseThrow(), authority.orElseThrow()))
        : Optional.empty();
  }

  private static void checkReadable(ConfigSection s, String key, Optional<Path> file) {
    file.filter(path -> !Files.isReadable(path))
        .ifPresent(path -> s.addProblem(key, "there is no file \"" + path + "\" that can be read"));
  }

  private static String pretty(ObjectNode tree) {
    try {
      return PRETTY.writeValueAsString(tree);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("writing to memory", impossible);
    }
  }
}
