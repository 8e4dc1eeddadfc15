package nara.node.config;

import static nara.node.config.ConfigKind.ANY_TEXT;
import static nara.node.config.ConfigKind.FLAG;
import static nara.node.config.ConfigKind.HOST;
import static nara.node.config.ConfigKind.bytes;
import static nara.node.config.ConfigKind.count;
import static nara.node.config.ConfigKind.duration;
import static nara.node.config.ConfigKind.oneOf;
import static nara.node.config.ConfigKind.parsed;
import static nara.node.config.ConfigKind.path;
import static nara.node.config.ConfigKind.port;
import static nara.node.config.ConfigKind.text;
import static nara.node.config.PublicKeyKind.PUBLIC_KEY;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import nara.bounds.SafeText;
import nara.checkpoint.consensus.ConsensusConfig;
import nara.checkpoint.sync.CheckpointSyncConfig;
import nara.discovery.DiscoveryConfig;
import nara.discovery.DiscoveryConfig.ConfiguredPeer;
import nara.discovery.DiscoveryConfig.Scan;
import nara.file.PemFile;
import nara.identity.PublicKey;
import nara.ledger.MemoryMode;
import nara.ledger.Query;
import nara.log.LogConfig;
import nara.mesh.MeshConfig;
import nara.mesh.SocksProxy;
import nara.mesh.wire.AddressPolicy;
import nara.mqtt.PlazaConfig;
import nara.node.config.NodeConfig.IdentityConfig;
import nara.node.config.NodeConfig.MemoryConfig;
import nara.node.config.NodeConfig.WebConfig;
import nara.opinion.OpinionConfig;
import nara.recovery.RecoveryConfig;
import nara.recovery.RecoveryConfig.ReadyWhen;
import nara.recovery.RecoveryConfig.Rung;
import nara.recovery.RecoveryConfig.Thoroughness;
import nara.snapshot.SnapshotConfig;
import nara.social.SocialConfig;
import nara.stash.StashConfig;
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
  /** The rule for a name. */
  public static final String NAME_RULE =
      "a name (1 to 128 characters, no control characters, none of / + #)";

  static final ConfigKind<String> NAME = text(NAME_RULE, ConfigReader::isValidName);

  private static final ConfigKind<String> WEB_URL =
      text("an http:// or https:// URL, or empty", AddressParser::isWebUrl);

  /** A URL whose query may contain a token; output shows {@code ***} in its place. */
  private static final ConfigKind<String> SECRET_WEB_URL =
      new ConfigKind<>(
          WEB_URL.allowed(), WEB_URL.parse(), url -> url.replaceFirst("[?].*", "?***"));

  /** A text that fits into a header of HTTP. The white space at its ends is removed before. */
  private static final ConfigKind<String> HEADER_TEXT =
      text("a text of ASCII characters", text -> text.matches("[\\x20-\\x7e]*"));

  /** Peers, and trusted keys: far above any network seen. */
  private static final int MAX_PEERS = 10_000;

  /** The program has some forty packages. */
  private static final int MAX_LOGGERS = 100;

  /** Sites whose pages may read: a few of one operator. */
  private static final int MAX_ORIGINS = 100;

  /** As a browser sends it: without a path, and in lower case. */
  private static final Pattern ORIGIN_PATTERN =
      Pattern.compile("https?://([a-z0-9.-]+|\\[[0-9a-f:.]+\\])(:[0-9]{1,5})?");

  private static final ConfigKind<String> ORIGIN =
      text(
          "\"*\" or an origin such as \"https://nara.example:8080\"",
          text -> text.equals("*") || ORIGIN_PATTERN.matcher(text).matches());

  /** The environment variable that holds the soul, and overrides the configured one. */
  public static final String SOUL_VARIABLE = "NARA_SOUL";

  private static final Duration MILLI = Duration.ofMillis(1);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofHours(24);
  private static final int MILLION = 1_000_000;
  private static final String BY_MODE = "by memory.mode";
  private static final String BY_HEAP = "by heap";
  private static final String BY_MODE_AND_HEAP = "by memory.mode and heap";

  /**
   * The result of reading.
   *
   * @param config empty when there is a problem
   * @param problems in the order of the text
   * @param warnings sentences about values that are valid but probably wrong
   * @param effective all keys with their effective values, as JSON; secrets are masked
   * @param keys all known keys, in the order of the documentation
   * @param given the keys of the first level, such as {@code mesh}, in which the text or a variable
   *     sets something
   * @param variables the keys that the environment has set, each with its variable
   * @param fromText the keys that the text has set
   */
  public record ConfigResult(
      Optional<NodeConfig> config,
      List<ConfigProblem> problems,
      List<String> warnings,
      String effective,
      List<ConfigKey> keys,
      Set<String> given,
      Map<String, String> variables,
      Set<String> fromText) {}

  private ConfigReader() {}

  /** Reads a text with this machine's environment and memory. */
  public static ConfigResult read(String json) {
    return read(json, Path.of(""));
  }

  /**
   * The same, for a node on this machine: it also checks host names to listen on, and the folder of
   * the snapshot.
   *
   * @param directory of the configuration file: relative paths of the soul and of PEM files begin
   *     there
   */
  public static ConfigResult read(String json, Path directory) {
    return read(json, System.getenv(), AvailableMemory.megabytes(), directory, true);
  }

  /**
   * Reads a text.
   *
   * @param environment those of the keys ({@code NARA_MESH_PORT}), {@link #SOUL_VARIABLE}, and
   *     those that name the state folder
   * @param memoryMegabytes the available memory, for the memory mode {@code auto}
   */
  public static ConfigResult read(
      String json, Map<String, String> environment, long memoryMegabytes) {
    return read(json, environment, memoryMegabytes, Path.of(""), false);
  }

  static ConfigResult read(
      String json, Map<String, String> environment, long memoryMegabytes, Path directory) {
    return read(json, environment, memoryMegabytes, directory, false);
  }

  private static ConfigResult read(
      String json,
      Map<String, String> environment,
      long memoryMegabytes,
      Path directory,
      boolean onThisMachine) {
    ConfigSection.Findings findings = new ConfigSection.Findings();
    ObjectNode effective = JsonNodeFactory.instance.objectNode();
    ConfigVariables variables = new ConfigVariables(environment);
    ConfigSection root =
        new ConfigSection(
            "", ConfigParser.parse(json, findings.problems()), effective, variables, findings);
    // For editors: where the schema of this file is.
    root.ignore("$schema");
    NodeConfig config = node(root, environment, memoryMegabytes, directory);
    PortConflicts.check(root, config);
    if (onThisMachine) {
      MachineChecks.check(root, config, KeptSoul.defaultFolder(environment));
    }
    root.rejectUnknownKeys();
    variables.unknown().forEach(name -> findings.warnings().add(unknownVariable(variables, name)));
    List<ConfigProblem> problems = findings.problems();
    problems.sort(
        Comparator.comparingInt(ConfigProblem::line).thenComparingInt(ConfigProblem::column));
    return new ConfigResult(
        Optional.of(config.with(new NodeConfig.EffectiveConfig(effective.toPrettyString())))
            .filter(valid -> problems.isEmpty()),
        List.copyOf(problems),
        List.copyOf(findings.warnings()),
        effective.toPrettyString(),
        List.copyOf(findings.keys()),
        sections(root.given(), variables.used().keySet()),
        Collections.unmodifiableMap(variables.used()),
        Collections.unmodifiableSet(findings.fromText()));
  }

  private static Set<String> sections(Set<String> ofText, Set<String> keysOfVariables) {
    Set<String> all = new HashSet<>(ofText);
    keysOfVariables.forEach(key -> all.add(key.split("\\.")[0]));
    return Set.copyOf(all);
  }

  private static String unknownVariable(ConfigVariables variables, String name) {
    return "the environment variable %s sets no key%s"
        .formatted(
            SafeText.excerpt(name),
            variables.nearest(name).map(near -> "; did you mean " + near + '?').orElse(""));
  }

  /** The configuration of an empty text, without the environment. */
  public static NodeConfig defaults() {
    return read("{}", Map.of(), AvailableMemory.megabytes()).config().orElseThrow();
  }

  /** Whether a node may have this name. */
  public static boolean isValidName(String text) {
    return !text.isBlank()
        && text.length() <= ConfigLimits.MAX_NAME_CHARACTERS
        && text.chars().noneMatch(c -> Character.isISOControl(c) || "/+#".indexOf(c) >= 0);
  }

  private static NodeConfig node(
      ConfigSection root, Map<String, String> environment, long memoryMegabytes, Path directory) {
    ConfigSection identitySection = root.section("identity");
    IdentityConfig identity = IdentitySection.read(identitySection, environment, directory);
    MeshConfig mesh = mesh(root.section("mesh"));
    ConfigSection discoverySection = root.section("discovery");
    DiscoveryConfig discovery = discovery(discoverySection);
    warnOfRepeatedPeers(discoverySection, discovery.peers(), identity.name());
    ConfigKind<Transport> transports = oneOf(List.of(Transport.values()), Transport::label);
    Transport transport = root.read("transport", Transport.HYBRID, transports);
    boolean readOnly = root.read("read_only", false, FLAG);
    PlazaConfig plaza = plaza(root.section("plaza"), readOnly, directory);
    MemoryConfig memory = memory(root.section("memory"), memoryMegabytes);
    if (memory.snapshot().isPresent()) {
      // The directory of the snapshot belongs to the node, whichever user runs it.
      identity = identity.keptBeside(memory.snapshot().get().file(), identitySection.has("state"));
    }
    boolean gossip = transport == Transport.GOSSIP;
    if (transport == Transport.MQTT && plaza.url().isEmpty()) {
      root.addProblem("transport", "\"mqtt\" needs a broker: set plaza.url");
    }
    if (gossip && !mesh.enabled()) {
      root.addProblem("transport", "\"gossip\" needs the mesh: set mesh.enabled to true");
    }
    ConfigSection checkpoint = root.section("checkpoint");
    RecoveryConfig recovery = recovery(root.section("recovery"), memory, gossip, readOnly);
    CheckpointSyncConfig checkpointSync = checkpointSync(checkpoint);
    ConsensusConfig consensus = consensus(checkpoint);
    ConfigSection trustSection = root.section("trust");
    TrustConfig trust = trust(trustSection);
    PublicKeyKind.rejectContradictions(
        discoverySection, discovery.peers(), trustSection, trust.keys());
    return new NodeConfig(
        identity,
        mesh,
        discovery,
        plaza,
        transport,
        readOnly,
        memory,
        recovery,
        checkpointSync,
        consensus,
        trust,
        stash(root.section("stash")),
        social(root.section("social")),
        opinion(root.section("opinion")),
        web(root.section("web")),
        log(root.section("log")),
        ClusterSection.read(root.section("cluster"), directory),
        new NodeConfig.EffectiveConfig("{}"));
  }

  private static MeshConfig mesh(ConfigSection s) {
    MeshConfig d = MeshConfig.defaults();
    ConfigKind<String> advertise =
        text(
                "a HOST:PORT that others can reach, or empty",
                text ->
                    text.isEmpty()
                        || AddressParser.hostAndPort(text)
                            .filter(address -> !AddressPolicy.isWildcard(address.host()))
                            .isPresent())
            .explaining(AddressParser::hostAndPortFault);
    ConfigKind<Integer> rate = count(0, MILLION, "requests, or 0 for no bound");
    ConfigKind<Optional<SocksProxy>> proxy =
        parsed(
            "a proxy, socks5://[USER:PASSWORD@]HOST:PORT, or empty",
            text ->
                text.isEmpty()
                    ? Optional.of(Optional.empty())
                    : SocksProxy.parse(text).map(Optional::of),
            given -> given.map(SocksProxy::toString).orElse(""));
    return new MeshConfig(
        s.read("enabled", d.enabled(), FLAG),
        s.read("host", d.host(), HOST),
        s.read("port", d.port(), port(0)),
        s.read("advertise", d.advertise(), advertise),
        s.read("gzip", d.gzip(), FLAG),
        s.read("max_answer_bytes", d.maxAnswerBytes(), BY_HEAP, bytes(1 << 16, 1 << 30)),
        s.read("max_request_bytes", d.maxRequestBytes(), bytes(1 << 10, 1 << 30)),
        s.read("max_in_flight", d.maxInFlight(), count(1, 1_000, "requests")),
        s.read("max_in_flight_per_peer", d.maxInFlightPerPeer(), count(1, 1_000, "requests")),
        s.read("max_queued_per_peer", d.maxQueuedPerPeer(), count(1, 100_000, "requests")),
        s.read("requests_per_second", d.requestsPerSecond(), rate),
        s.read("requests_at_once", d.requestsAtOnce(), count(1, MILLION, "requests")),
        s.read("connect_timeout", d.connectTimeout(), duration(MILLI, HOUR)),
        s.read("stall", d.stallTimeout(), duration(MILLI, HOUR)),
        s.hidden("proxy", d.proxy(), proxy));
  }

  private static DiscoveryConfig discovery(ConfigSection s) {
    DiscoveryConfig d = DiscoveryConfig.defaults();
    ConfigKind<ConfiguredPeer> peer =
        new ConfigKind<ConfiguredPeer>(
                "a peer, [NAME@]HOST[:PORT] or an object with name, address and public_key",
                given -> given instanceof String text ? AddressParser.peer(text) : Optional.empty(),
                ConfigReader::format)
            .explaining(AddressParser::peerFault);
    ConfigKind<String> socket =
        text(
            "a path of a Unix socket, or empty",
            text -> text.length() <= ConfigLimits.MAX_SOCKET_CHARACTERS);
    DiscoveryConfig read =
        new DiscoveryConfig(
            s.list("peers", d.peers(), 0, MAX_PEERS, peer, Optional.of(ConfigReader::peer)),
            scan(s.section("scan"), s.hasSection("scan")),
            s.section("tailscale").read("socket", d.tailscaleSocket(), socket),
            s.read("ping_timeout", d.pingTimeout(), duration(MILLI, HOUR)),
            s.read("pings_at_once", d.pingsAtOnce(), count(1, 1_000, "pings")),
            s.read("allow_local", d.allowLocal(), FLAG));
    if (!s.hasSection("scan")) {
      // A scan without a range is a problem, so it must not be in the effective configuration.
      s.omit("scan");
    }
    return read;
  }

  private static void warnOfRepeatedPeers(
      ConfigSection s, List<ConfiguredPeer> peers, Optional<String> ownName) {
    Map<String, String> addresses = new HashMap<>();
    Set<String> seen = new HashSet<>();
    for (ConfiguredPeer peer : peers) {
      String name = SafeText.quoted(peer.name());
      if (ownName.isPresent() && ownName.get().equals(peer.name())) {
        s.addWarning("discovery.peers: %s is this node itself; remove it".formatted(name));
      }
      String other =
          peer.name().isEmpty() ? null : addresses.putIfAbsent(peer.name(), peer.address());
      if (other != null && !other.equals(peer.address())) {
        s.addWarning(
            "discovery.peers: %s is listed twice, at %s and at %s"
                .formatted(name, other, peer.address()));
      }
      if (!seen.add(peer.address())) {
        s.addWarning("discovery.peers: two peers have the address " + peer.address());
      }
    }
  }

  /** A peer with its key, which says more than its address: nobody else can sign with it. */
  private static Optional<ConfiguredPeer> peer(ConfigSection s) {
    ConfigKind<String> address =
        text(
                "an address, HOST[:PORT]",
                text -> text.indexOf('@') < 0 && AddressParser.peer(text).isPresent())
            .explaining(
                text ->
                    text.indexOf('@') < 0
                        ? AddressParser.peerFault(text)
                        : Optional.of("the name has a key of its own, \"name\""));
    Optional<String> name = s.optional("name", "none", NAME);
    Optional<String> at = s.optional("address", "none", address);
    Optional<PublicKey> key = s.optional("public_key", "none", PUBLIC_KEY);
    if (!s.has("address")) {
      s.addProblem("address", "is missing; give the peer's HOST[:PORT]");
    }
    if (s.has("public_key") && !s.has("name")) {
      s.addProblem("name", "is missing; give the name that the public key belongs to");
    }
    return at.flatMap(AddressParser::peer)
        .map(peer -> new ConfiguredPeer(name.orElse(""), peer.address(), key));
  }

  private static Object format(ConfiguredPeer peer) {
    return peer.key().isEmpty()
        ? peer.text()
        : Map.of(
            "name", peer.name(),
            "address", peer.address(),
            "public_key", peer.key().get().encoded());
  }

  private static Optional<Scan> scan(ConfigSection s, boolean given) {
    ConfigKind<String> range =
        new ConfigKind<>(
            "an IPv4 range of at most 65,536 addresses such as \"100.64.0.0/24\"",
            value ->
                value instanceof String text && AddressParser.isCidr(text)
                    ? Optional.of(text)
                    : Optional.empty(),
            text -> text,
            value ->
                value instanceof String text && text.indexOf(':') >= 0
                    ? Optional.of(
                        "is an IPv6 range, which is too large to scan;"
                            + " list the addresses in discovery.peers")
                    : Optional.empty());
    Optional<String> cidr = s.optional("cidr", "none", range);
    int port = s.read("port", MeshConfig.DEFAULT_PORT, port(1));
    if (given && !s.has("cidr")) {
      s.addProblem("cidr", "is missing; give the addresses to scan");
    }
    return cidr.map(addresses -> new Scan(addresses, port));
  }

  private static PlazaConfig plaza(ConfigSection s, boolean readOnly, Path directory) {
    PlazaConfig d = PlazaConfig.defaults();
    ConfigKind<String> url =
        text(AddressParser.BROKER_URLS + ", or empty", AddressParser::isBrokerUrl)
            .explaining(AddressParser::brokerUrlFault);
    PlazaConfig plaza =
        new PlazaConfig(
            s.read("url", d.url(), url),
            s.read("user", d.user(), ANY_TEXT),
            s.secret("password", ANY_TEXT).orElse(d.password()),
            readOnly,
            s.read("announce_jitter", d.announceJitter(), duration(Duration.ZERO, HOUR)),
            s.read("announce_every", d.announceEvery(), duration(MILLI, HOUR)),
            s.read("howdy_wait", d.howdyWait(), duration(Duration.ZERO, HOUR)),
            s.read("reconnect_min", d.reconnectMin(), duration(MILLI, HOUR)),
            s.read("reconnect_max", d.reconnectMax(), duration(MILLI, HOUR)),
            s.read("max_message_bytes", d.maxMessageBytes(), bytes(1 << 13, (1 << 28) - 1)),
            plazaTls(s.section("tls"), directory));
    if (!plaza.tls().equals(PlazaConfig.Tls.DEFAULT)
        && AddressParser.isBrokerUrl(plaza.url())
        && !(plaza.url().isEmpty() || plaza.usesTls())) {
      s.addProblem("tls", "needs a broker with TLS: set plaza.url to mqtts://");
    }
    if (plaza.reconnectMin().compareTo(plaza.reconnectMax()) > 0) {
      s.addProblem(
          "reconnect_min",
          "\"%s\" is more than plaza.reconnect_max (%s)"
              .formatted(
                  Durations.format(plaza.reconnectMin()), Durations.format(plaza.reconnectMax())));
    }
    return plaza;
  }

  private static PlazaConfig.Tls plazaTls(ConfigSection s, Path directory) {
    PlazaConfig.Tls tls =
        new PlazaConfig.Tls(
            ClusterSection.pemFile(s, "ca", PemFile.CERTIFICATE, directory),
            s.read("insecure", false, FLAG),
            ClusterSection.pemFile(s, "certificate", PemFile.CERTIFICATE, directory),
            ClusterSection.pemFile(s, "key", PemFile.PRIVATE_KEY, directory));
    if (tls.certificate().isPresent() != tls.key().isPresent()) {
      s.addProblem("certificate", "belongs together with plaza.tls.key: give both or none");
    }
    if (tls.insecure()) {
      s.addWarning(
          "plaza.tls.insecure: anybody on the network path can read the password and pretend to be"
              + " the broker; give plaza.tls.ca instead");
    }
    return tls;
  }

  private static MemoryConfig memory(ConfigSection s, long megabytes) {
    List<String> modes = new ArrayList<>(List.of("auto"));
    Stream.of(MemoryMode.values()).map(MemoryMode::label).forEach(modes::add);
    MemoryMode mode =
        MemoryMode.fromLabel(s.read("mode", "auto", oneOf(modes, word -> word)))
            .orElseGet(() -> MemoryMode.forMegabytes(megabytes));
    ConfigKind<Integer> events = count(100, 100 * MILLION, "events");
    int maxEvents = s.read("max_events", mode.maxEvents(), BY_MODE, events);
    long heap = Runtime.getRuntime().maxMemory();
    long maxBytes =
        s.read(
            "max_bytes",
            mode.maxBytes(maxEvents, heap),
            BY_MODE_AND_HEAP,
            bytes(1L << 20, 1L << 40));
    Optional<Path> file = s.optional("snapshot", "none", path("a path of a file"));
    Duration every =
        s.read("snapshot_every", SnapshotConfig.DEFAULT_INTERVAL, duration(SECOND, DAY));
    return new MemoryConfig(
        mode, maxEvents, maxBytes, file.map(path -> new SnapshotConfig(path, every)));
  }

  private static RecoveryConfig recovery(
      ConfigSection s, MemoryConfig memory, boolean gossip, boolean readOnly) {
    RecoveryConfig d = RecoveryConfig.defaults(memory.mode());
    List<Rung> rungs = List.of(Rung.values());
    ConfigKind<Integer> capacity = count(1, 100 * MILLION, "events");
    ConfigKind<Integer> page = count(1, Query.MAX_EVENTS, "events");
    ConfigKind<Thoroughness> thoroughness =
        oneOf(List.of(Thoroughness.values()), Thoroughness::label);
    ConfigKind<ReadyWhen> readyWhen = oneOf(List.of(ReadyWhen.values()), ReadyWhen::label);
    RecoveryConfig recovery =
        new RecoveryConfig(
            s.list("ladder", d.ladder(), 1, rungs.size(), oneOf(rungs, Rung::label)),
            s.read("first_wait", d.firstWait(), duration(Duration.ZERO, DAY)),
            s.read("tries", d.tries(), count(1, 1_000, "tries")),
            s.read("retry_wait", d.retryWait(), duration(Duration.ZERO, DAY)),
            memory.mode(),
            s.read("sample_capacity", d.sampleCapacity(), BY_MODE, capacity),
            s.read("sample_page", d.samplePage(), BY_MODE, page),
            s.read("max_under_way", d.maxInFlight(), BY_MODE, count(1, 1_000, "calls")),
            s.read("call_timeout", d.callTimeout(), duration(MILLI, HOUR)),
            s.read("call_tries", d.callTries(), count(1, 100, "tries")),
            s.read("plaza_quiet", d.plazaQuiet(), duration(MILLI, HOUR)),
            s.read("plaza_deadline", d.plazaDeadline(), duration(MILLI, DAY)),
            gossip,
            readOnly,
            s.read("thoroughness", d.thoroughness(), thoroughness),
            memory.maxEvents(),
            s.read("ready_when", d.readyWhen(), readyWhen),
            s.read("deadline", d.deadline(), duration(Duration.ZERO, DAY)));
    if (recovery.ladder().stream().distinct().count() < recovery.ladder().size()) {
      s.addProblem("ladder", "has a rung twice");
    }
    return recovery;
  }

  private static CheckpointSyncConfig checkpointSync(ConfigSection s) {
    CheckpointSyncConfig d = CheckpointSyncConfig.defaults();
    return new CheckpointSyncConfig(
        s.read("peers_wanted", d.peersWanted(), count(1, 1_000, "peers")),
        s.read("page_size", d.pageSize(), count(1, Query.MAX_EVENTS, "events")),
        s.read("timeout", d.timeout(), duration(MILLI, HOUR)));
  }

  private static ConsensusConfig consensus(ConfigSection s) {
    ConsensusConfig d = ConsensusConfig.defaults();
    return new ConsensusConfig(
        s.read("every", d.every(), duration(SECOND, DAY.multipliedBy(30))),
        s.read("check_every", d.checkEvery(), duration(SECOND, DAY)),
        s.read("neighbours", d.neighbours(), count(1, 10_000, "neighbours")),
        s.read("vote_window", d.voteWindow(), duration(SECOND, HOUR)),
        s.read("vote_wait", d.voteWait(), duration(Duration.ZERO, HOUR)));
  }

  private static TrustConfig trust(ConfigSection s) {
    TrustConfig d = TrustConfig.defaults();
    List<TrustPolicy> policies = List.of(TrustPolicy.values());
    return new TrustConfig(
        s.read("policy", d.policy(), oneOf(policies, TrustPolicy::label)),
        s.read("verifier", d.verifier(), oneOf(Verifiers.NAMES, name -> name)),
        s.read("recheck_one_in", d.recheckOneIn(), count(0, MILLION, "signatures")),
        s.read("max_key_tables", d.maxKeyTables(), count(0, MILLION, "keys")),
        s.read("max_quarantined", d.maxQuarantined(), count(0, 10 * MILLION, "events")),
        s.map("keys", MAX_PEERS, NAME, PUBLIC_KEY));
  }

  private static StashConfig stash(ConfigSection s) {
    StashConfig d = StashConfig.defaults();
    return new StashConfig(
        s.read("enabled", d.enabled(), FLAG),
        s.read("essentials", d.essentials(), FLAG),
        s.read("check_every", d.checkEvery(), duration(SECOND, DAY)));
  }

  private static SocialConfig social(ConfigSection s) {
    SocialConfig d = SocialConfig.defaults();
    return new SocialConfig(
        s.read("enabled", d.enabled(), FLAG), s.read("public_url", d.publicUrl(), WEB_URL));
  }

  private static OpinionConfig opinion(ConfigSection s) {
    return OpinionConfig.defaults().seededFrom(s.hidden("seed_url", "", SECRET_WEB_URL));
  }

  private static LogConfig log(ConfigSection s) {
    LogConfig d = LogConfig.defaults();
    List<LogConfig.LogLevel> levels = List.of(LogConfig.LogLevel.values());
    ConfigKind<String> logger = text("a package or a class", LogConfig::isLoggerName);
    return new LogConfig(
        s.read("format", d.format(), oneOf(List.of(LogConfig.Format.values()), f -> f.label())),
        s.map("level", MAX_LOGGERS, logger, oneOf(levels, LogConfig.LogLevel::label)));
  }

  private static WebConfig web(ConfigSection s) {
    return new WebConfig(
        s.read("enabled", true, FLAG),
        s.read("host", "127.0.0.1", HOST),
        s.read("port", MeshConfig.DEFAULT_PORT + 1, port(0)),
        s.secret("token", HEADER_TEXT).orElse(""),
        s.list("cors", List.of(), 0, MAX_ORIGINS, ORIGIN));
  }
}
