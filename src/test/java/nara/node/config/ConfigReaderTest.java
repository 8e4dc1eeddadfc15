package nara.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.discovery.DiscoveryConfig.ConfiguredPeer;
import nara.discovery.DiscoveryConfig.Scan;
import nara.identity.PublicKey;
import nara.identity.Soul;
import nara.ledger.MemoryMode;
import nara.mesh.MeshConfig;
import nara.mqtt.PlazaConfig;
import nara.node.config.ConfigReader.ConfigResult;
import nara.recovery.RecoveryConfig;
import nara.recovery.RecoveryConfig.Rung;
import nara.snapshot.SnapshotConfig;
import nara.testing.Citizen;
import nara.testing.Vectors;
import nara.trust.TrustConfig;
import nara.trust.TrustPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigReaderTest {
  private static final Path KEY_AND_CERTIFICATE =
      Path.of("src/test/resources/pem/key-and-certificate.pem");

  private static final long MEDIUM_MEGABYTES = 1_000;
  private static final Soul LISAS = Citizen.named("lisa").identity().soul();

  @Test
  void empty_configuration_has_the_defaults_of_every_package() {
    NodeConfig config = valid("{}");

    assertThat(config.mesh()).isEqualTo(MeshConfig.defaults());
    assertThat(config.plaza()).isEqualTo(PlazaConfig.defaults());
    assertThat(config.trust()).isEqualTo(TrustConfig.defaults());
    assertThat(config.recovery()).isEqualTo(RecoveryConfig.defaults(MemoryMode.MEDIUM));
    assertThat(config.memory().maxEvents()).isEqualTo(80_000);
    assertThat(config.transport()).isEqualTo(Transport.HYBRID);
    assertThat(config.identity().soul()).isEmpty();
    assertThat(config.usesMesh()).isTrue();
    assertThat(config.usesPlaza()).isFalse();
  }

  @Test
  void effective_configuration_is_valid_and_reads_as_itself() {
    ConfigResult first = ConfigReader.read("{}", Map.of(), MEDIUM_MEGABYTES);

    ConfigResult again = ConfigReader.read(first.effective(), Map.of(), MEDIUM_MEGABYTES);

    assertThat(again.problems()).isEmpty();
    assertThat(again.config()).isEqualTo(first.config());
  }

  @Test
  void configuration_replaces_the_part_of_the_same_type() {
    NodeConfig config = valid("{}");
    PlazaConfig plaza = config.plaza().withUrl("mqtt://h");

    NodeConfig changed = config.with(plaza).with(Transport.MQTT);

    assertThat(changed.plaza()).isSameAs(plaza);
    assertThat(changed.transport()).isEqualTo(Transport.MQTT);
    assertThat(changed.with(config.plaza()).with(config.transport())).isEqualTo(config);
    assertThatThrownBy(() -> config.with("mqtt://h")).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> config.with(true)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void reader_reads_every_section() {
    NodeConfig config =
        valid(
            """
            { "identity":  { "name": "lisa", "soul": "%s" },
              "mesh":      { "host": "127.0.0.1", "port": 0, "advertise": "127.0.0.1:7433",
                             "stall": "500ms" },
              "discovery": { "peers": ["bart@127.0.0.1:9001", "10.0.0.2", "@ home@[::1]:1"],
                             "scan": { "cidr": "100.64.0.0/24", "port": 9 },
                             "tailscale": { "socket": "/run/ts.sock" } },
              "plaza":     { "url": "mqtt://127.0.0.1:1883", "user": "u", "password": "p" },
              "transport": "hybrid",
              "read_only": true,
              "memory":    { "mode": "short", "max_events": 4000, "snapshot": "s.gz",
                             "snapshot_every": "1m" },
              "recovery":  { "ladder": ["plaza", "sample"], "first_wait": "5m", "tries": 2 },
              "trust":     { "policy": "strict", "verifier": "jdk" },
              "web":       { "enabled": false, "host": "::1", "port": 7 },
              "cluster":   { "enabled": false } }
            """
                .formatted(LISAS.encoded()));

    assertThat(config.identity().name()).contains("lisa");
    assertThat(config.identity().soul()).contains(LISAS);
    assertThat(config.mesh().advertise()).isEqualTo("127.0.0.1:7433");
    assertThat(config.mesh().stallTimeout()).isEqualTo(Duration.ofMillis(500));
    assertThat(config.discovery().peers())
        .containsExactly(
            new ConfiguredPeer("bart", "127.0.0.1:9001"),
            new ConfiguredPeer("", "10.0.0.2:7433"),
            new ConfiguredPeer("@ home", "[::1]:1"));
    assertThat(config.discovery().scan()).contains(new Scan("100.64.0.0/24", 9));
    assertThat(config.discovery().tailscaleSocket()).isEqualTo("/run/ts.sock");
    assertThat(config.plaza().password()).isEqualTo("p");
    assertThat(config.memory().snapshot())
        .contains(new SnapshotConfig(Path.of("s.gz"), Duration.ofMinutes(1)));
    assertThat(config.plaza().readOnly()).isTrue();
    assertThat(config.recovery().readOnly()).isTrue();
    assertThat(config.recovery().ladder()).containsExactly(Rung.PLAZA, Rung.SAMPLE);
    assertThat(config.recovery().samplePage()).isEqualTo(1_000);
    assertThat(config.memory().maxEvents()).isEqualTo(4_000);
    assertThat(config.trust().policy()).isEqualTo(TrustPolicy.STRICT);
    assertThat(config.web()).isEqualTo(new NodeConfig.WebConfig(false, "::1", 7));
    assertThat(config.usesPlaza()).isTrue();
  }

  @Test
  void reader_reads_keys_of_peers_and_of_other_naras() {
    NodeConfig config =
        valid(
            """
            { "discovery": { "peers": [ "bart@127.0.0.1:9001",
                { "name": "moe", "address": "10.0.0.2", "public_key": "%1$s" },
                { "address": "10.0.0.3:1" } ] },
              "trust": { "keys": { "lisa": "%2$s", "moe": "%1$s" } } }
            """
                .formatted(key(1).encoded(), key(2).encoded()));

    assertThat(config.discovery().peers())
        .containsExactly(
            new ConfiguredPeer("bart", "127.0.0.1:9001"),
            new ConfiguredPeer("moe", "10.0.0.2:7433", Optional.of(key(1))),
            new ConfiguredPeer("", "10.0.0.3:1"));
    assertThat(config.trust().keys()).isEqualTo(Map.of("lisa", key(2), "moe", key(1)));
  }

  @Test
  void effective_configuration_shows_keys() {
    String json =
        """
        { "discovery": { "peers": [
            { "name": "moe", "address": "10.0.0.2", "public_key": "%1$s" } ] },
          "trust": { "keys": { "lisa": "%2$s" } } }
        """
            .formatted(key(1).encoded(), key(2).encoded());
    assertThat(read(json).effective())
        .contains("\"public_key\" : \"" + key(1).encoded() + '"')
        .contains("\"lisa\" : \"" + key(2).encoded() + '"');
  }

  @Test
  void reader_reports_bad_and_contradictory_keys() {
    ConfigResult result =
        read(
            """
            { "discovery": { "peers": [
                { "name": "moe", "address": "10.0.0.2", "public_key": "short" },
                { "name": "moe", "adress": "10.0.0.2" },
                { "address": "10.0.0.2", "public_key": "%1$s" },
                { "name": "bart", "address": "b", "public_key": "%1$s" },
                { "name": "lisa", "address": "l", "public_key": "%3$s" },
                { "name": "lisa", "address": "m", "public_key": "%2$s" },
                { "name": "ned", "address": "n", "public_key": "%2$s" } ] },
              "trust": { "keys": { "bart": "%2$s", "a/b": "%1$s", "ned": 5, "maggie": "%2$s" } } }
            """
                .formatted(key(1).encoded(), key(2).encoded(), key(3).encoded()));

    assertThat(result.problems().stream().map(each -> each.path() + ": " + each.message()))
        .containsExactlyInAnyOrder(
            "discovery.peers[0].public_key: \"short\" is not a public key (32 bytes in Base64)",
            "discovery.peers[1].address: is missing; give the peer's HOST[:PORT]",
            "discovery.peers[1].adress: is not a known key; did you mean"
                + " discovery.peers[1].address?",
            "discovery.peers[2].name: is missing; give the name that the public key belongs to",
            "discovery.peers: gives \"bart\" another public_key than trust.keys; keep the right"
                + " one",
            "discovery.peers: gives \"lisa\" another public_key than an earlier entry; keep the"
                + " right one",
            "discovery.peers: gives \"ned\" the key of \"bart\"; each nara has a key of its own",
            "trust.keys: gives \"maggie\" the key of \"bart\"; each nara has a key of its own",
            "trust.keys.a/b: the key is not " + ConfigReader.NAME_RULE,
            "trust.keys.ned: 5 is not a public key (32 bytes in Base64)");
  }

  @Test
  void reader_says_what_is_wrong_with_a_key() {
    String noPoint = encoded(2);
    String smallOrder = encoded(1);
    String unpadded = key(1).encoded().replace("=", "");
    String shorter = Base64.getEncoder().encodeToString(new byte[31]);
    ConfigResult result =
        read(
            """
            { "trust": { "keys": { "a": "%s", "b": "%s", "c": "%s", "d": "%s" } } }
            """
                .formatted(noPoint, smallOrder, unpadded, shorter));

    assertThat(result.problems().stream().map(each -> each.path() + ": " + each.message()))
        .containsExactly(
            "trust.keys.a: \"%s\" is no public key: it is no point of the curve Ed25519"
                .formatted(noPoint),
            "trust.keys.b: \"%s\" is no safe public key: its order is small, so anyone can forge signatures"
                .formatted(smallOrder),
            "trust.keys.c: \"%s\" lacks the padding at its end: \"=\"".formatted(unpadded),
            "trust.keys.d: \"%s\" has 31 bytes, expected 32".formatted(shorter));
  }

  /** 32 bytes, the first with this value. */
  private static String encoded(int first) {
    byte[] bytes = new byte[PublicKey.LENGTH];
    bytes[0] = (byte) first;
    return PublicKey.of(bytes).encoded();
  }

  private static PublicKey key(int number) {
    return Citizen.named("nara-" + number).key();
  }

  @Test
  void reader_reports_all_problems_with_position_path_and_value() {
    ConfigResult result =
        read(
            """
            { "identity": { "name": "" },
              "mesh": { "port": 99999, "stall": 5 },
              "recovery": { "first_wait": "soon", "ladder": ["sample", "stairs"] },
              "trust": { "policy": "blind" },
              "nonsense": 1 }
            """);

    assertThat(result.config()).isEmpty();
    assertThat(result.problems().stream().map(ConfigProblem::sentence))
        .containsExactly(
            "line 1, column 25: identity.name: \"\" is not a name (1 to 128 characters, no control"
                + " characters, none of / + #)",
            "line 2, column 21: mesh.port: 99999 is not a port (0 to 65535)",
            "line 2, column 37: mesh.stall: 5 is not a duration such as \"500ms\", \"30s\" or"
                + " \"5m\" (1ms to 1h)",
            "line 3, column 31: recovery.first_wait: \"soon\" is not a duration such as \"500ms\","
                + " \"30s\" or \"5m\" (0s to 24h)",
            "line 3, column 60: recovery.ladder[1]: \"stairs\" is not one of reconcile, pages,"
                + " sample, slices, plaza",
            "line 4, column 24: trust.policy: \"blind\" is not one of reference, verified, strict",
            "line 5, column 15: nonsense: is not a known key; known here: checkpoint, cluster,"
                + " discovery, identity, log, memory, mesh, opinion, plaza, read_only, recovery,"
                + " social, stash, transport, trust, web");
  }

  @ParameterizedTest
  @CsvSource({
    "'{\"mesh\": {\"prot\": 1}}', mesh.prot: is not a known key; did you mean mesh.port?",
    "'{\"mehs\": {}}', mehs: is not a known key; did you mean mesh?",
    "'{\"mesh\": {\"port\": 1, \"port\": 2}}', mesh.port: is given twice; first at line 1",
    "'{\"mesh\": 4}', mesh: 4 is not an object of keys",
    "'{\"mesh\": null}', mesh: null is not an object of keys",
    "'{\"mesh\": {\"port\": 1.5}}', mesh.port: 1.5 is not a port (0 to 65535)",
    "'{\"mesh\": {\"port\": \"1\"}}', 'mesh.port: \"1\" is not a port (0 to 65535)'",
    "'{\"mesh\": {\"port\": 1e99999999}}', mesh.port: Infinity is not a port (0 to 65535)",
    "'{\"discovery\": {\"peers\": {}}}', 'discovery.peers: an object is not a list, each a peer,"
        + " [NAME@]HOST[:PORT] or an object with name, address and public_key'",
    "'{\"discovery\": {\"scan\": {}}}', 'discovery.scan.cidr: is missing; give the addresses to"
        + " scan'",
    "'{\"recovery\": {\"ladder\": []}}', 'recovery.ladder: is empty; it needs one of reconcile,"
        + " pages, sample, slices, plaza'",
    "'{\"recovery\": {\"ladder\": [\"plaza\", \"plaza\"]}}', recovery.ladder: has a rung twice",
    "'{\"transport\": \"mqtt\"}', 'transport: \"mqtt\" needs a broker: set plaza.url'",
    "'{\"transport\": \"gossip\", \"mesh\": {\"enabled\": false}}', 'transport: \"gossip\" needs"
        + " the mesh: set mesh.enabled to true'",
    "'{\"plaza\": {\"reconnect_min\": \"1m\"}}', 'plaza.reconnect_min: \"1m\" is more than"
        + " plaza.reconnect_max (35s)'",
    "'{\"plaza\": {\"url\": \"ws://h:1\"}}', 'plaza.url: \"ws://h:1\" is not a broker,"
        + " mqtt://HOST[:PORT] or mqtts://HOST[:PORT] (no WebSockets), or empty'",
    "'{\"plaza\": {\"url\": \"mqtt://user:pass@h\"}}', 'plaza.url: \"mqtt://(not shown)@h\" is not"
        + " a broker, mqtt://HOST[:PORT] or mqtts://HOST[:PORT] (no WebSockets), or empty: give the"
        + " user as plaza.user and the password as plaza.password'",
    "'{\"plaza\": {\"url\": \"my_broker:1883\"}}', 'plaza.url: \"my_broker:1883\" is not a broker,"
        + " mqtt://HOST[:PORT] or mqtts://HOST[:PORT] (no WebSockets), or empty: for example"
        + " mqtt://my_broker:1883'",
    "'{\"plaza\": {\"url\": \"tcp://h\", \"tls\": {\"ca\":"
        + " \"src/test/resources/pem/key-and-certificate.pem\"}}}', 'plaza.tls: needs a broker with"
        + " TLS: set plaza.url to mqtts://'",
    "'{\"plaza\": {\"url\": \"tls://h\", \"tls\": {\"ca\": \"none\"}}}', 'plaza.tls.ca: there is"
        + " no readable file \"none\"'",
    "'{\"plaza\": {\"url\": \"tls://h\", \"tls\": {\"key\":"
        + " \"src/test/resources/pem/key-and-certificate.pem\"}}}', 'plaza.tls.certificate: belongs"
        + " together with plaza.tls.key: give both or none'",
    "'{\"discovery\": {\"peers\": [\"bart@[::1\"]}}', 'discovery.peers[0]: \"bart@[::1\" is not a"
        + " peer, [NAME@]HOST[:PORT] or an object with name, address and public_key: the address"
        + " \"[::1\" is not HOST:PORT (an IPv6 address goes in brackets, as in [::1]:7433); for"
        + " example bart@192.0.2.7:7433'",
    "'{\"discovery\": {\"peers\": [\"a@b\", {\"address\": \"h:0\"}]}}',"
        + " 'discovery.peers[1].address: \"h:0\" is not an address, HOST[:PORT]: the address"
        + " \"h:0\" has a port that is not a number from 1 to 65535; for example"
        + " bart@192.0.2.7:7433'",
    "'{\"mesh\": {\"advertise\": \"lisa\"}}', 'mesh.advertise: \"lisa\" is not a HOST:PORT that"
        + " others can reach, or empty: it has no plain port; for example 192.0.2.7:7433'",
    "'{\"mesh\": {\"port\": 7434}}', 'web.port: 7434 is also mesh.port; give each a port of its"
        + " own'",
    "'{\"mesh\": {\"port\": 9, \"host\": \"127.0.0.1\"}, \"web\": {\"port\": 9, \"host\":"
        + " \"localhost\"}}', 'web.port: 9 is also mesh.port; give each a port of its own'",
    "'{\"cluster\": {\"members\": [\"b:1\"], \"port\": 7433}}', 'cluster.port: 7433 is also"
        + " mesh.port; give each a port of its own'",
    "'{\"cluster\": {\"enabled\": true}}', 'cluster.members: is empty: name the members, HOST:PORT"
        + " each'",
    "'{\"cluster\": {\"host\": \"0.0.0.0\"}}', 'cluster.host: is a wildcard; give the one address"
        + " that the other members can reach'",
    "'{\"cluster\": {\"roles\": [\"mesh-sync\"]}}', 'cluster.roles: has mesh-sync without ledger,"
        + " which it needs'",
    "'{\"cluster\": {\"members\": [\"a:1\", \"b:1\"], \"quorum\": 4}}', 'cluster.quorum: is more"
        + " than the 3 members that there are'",
    "'{\"cluster\": {\"tls\": {\"key\": \"src/test/resources/pem/key-and-certificate.pem\"}}}',"
        + " 'cluster.tls.key: needs tls.certificate and tls.authority beside it: all three files or"
        + " none'",
    "'{\"cluster\": {\"tls\": {\"key\": \"src/test/resources/pem/key-and-certificate.pem\","
        + " \"certificate\": \"src/test/resources/pem/key-and-certificate.pem\", \"authority\":"
        + " \"none\"}}}', 'cluster.tls.authority: there is no readable file \"none\"'",
    "'{\"plaza\": {\"url\": \"tls://h\", \"tls\": {\"ca\": \"pom.xml\"}}}', 'plaza.tls.ca:"
        + " \"pom.xml\" holds no certificate; give a PEM file, with a line -----BEGIN"
        + " CERTIFICATE-----'",
    "'{\"plaza\": {\"url\": \"tls://h\", \"tls\": {\"ca\": \"src\"}}}', 'plaza.tls.ca:"
        + " there is no readable file \"src\"'",
    "'{\"cluster\": {\"tls\": {\"key\": \"src/test/resources/pem/rsa-key.pem\", \"certificate\":"
        + " \"src/test/resources/pem/key-and-certificate.pem\", \"authority\":"
        + " \"src/test/resources/pem/key-and-certificate.pem\"}}}', 'cluster.tls.key:"
        + " \"src/test/resources/pem/rsa-key.pem\" holds no private key in PKCS 8; give a PEM file,"
        + " with a line -----BEGIN PRIVATE KEY-----'",
    "'{\"identity\": {\"state\": \"pom.xml/below\"}}', 'pom.xml\" is no directory; name one'",
    "'{\"identity\": {\"soul_file\": \"src\"}}', 'identity.soul_file: \"src\" cannot be read (Is"
        + " a directory)'",
    "'{\"web\": {\"token\": \"a\\nb\"}}', 'web.token: the value (not shown) is not a text of ASCII"
        + " characters'",
    "'{\"web\": {\"token\": \"Zoë\"}}', 'web.token: the value (not shown) is not a text of ASCII"
        + " characters'",
    "'{\"mesh\": {\"port\": 1 \"gzip\": true}}', 'is not JSON: a comma is missing before this'",
    "'{\"mesh\": {', 'expected close marker for Object which begins at line 1, column 10'",
    "'[]', is not a JSON object: it must begin with {",
    "'', is not a JSON object: it must begin with {",
    "'{} {}', something follows after the closing }",
  })
  void reader_explains_each_problem(String json, String fault) {
    assertThat(read(json).problems())
        .singleElement()
        .extracting(ConfigProblem::sentence)
        .asString()
        .endsWith(fault);
  }

  @Test
  void one_port_on_two_addresses_or_of_a_server_that_is_off_is_no_conflict() {
    valid("{\"mesh\": {\"port\": 9, \"host\": \"10.0.0.1\"}, \"web\": {\"port\": 9}}");
    valid("{\"mesh\": {\"port\": 9}, \"web\": {\"port\": 9, \"enabled\": false}}");
    valid("{\"mesh\": {\"port\": 0}, \"web\": {\"port\": 0}}");
  }

  @Test
  void reader_reports_line_and_column_of_broken_json() {
    assertThat(read("{\n  \"mesh\": {,}\n}").problems())
        .singleElement()
        .extracting(ConfigProblem::sentence)
        .asString()
        .startsWith("line 2, column 12: is not JSON: Unexpected character (','");
  }

  @Test
  void reader_rejects_hostile_texts() {
    assertThat(read("[".repeat(100_000)).problems()).hasSize(1);
    assertThat(read("{\"a\":".repeat(1_000)).problems()).hasSize(1);
    assertThat(read(" ".repeat(2 << 20)).problems())
        .singleElement()
        .extracting(ConfigProblem::message)
        .asString()
        .contains("more than the 1,048,576");
    assertThat(read("{\"web\": {\"port\": 1e99999999999}}").problems()).hasSize(1);
    assertThat(read("{\"web\": {\"port\": 1e-999999999}}").problems()).hasSize(1);
    assertThat(read("{\"" + "k".repeat(40_000) + "\": 1}").problems()).hasSize(1);
  }

  @Test
  void reader_masks_valid_and_invalid_secrets() {
    String soul = LISAS.encoded();
    ConfigResult right =
        read(
            "{\"identity\": {\"soul\": \"%s\"}, \"plaza\": {\"password\": \"hush\"}}"
                .formatted(soul));
    assertThat(right.effective()).contains("\"***\"").doesNotContain(soul, "hush");
    assertThat(right.config().orElseThrow().toString()).doesNotContain(soul, "hush");

    ConfigResult wrong = read("{\"identity\": {\"soul\": \"almost a soul\"}}");
    assertThat(wrong.problems())
        .singleElement()
        .extracting(ConfigProblem::sentence)
        .asString()
        .contains("identity.soul: the value (not shown) is not a soul")
        .doesNotContain("almost");
  }

  @Test
  void secrets_of_a_proxy_are_not_shown() {
    ConfigResult right = read("{\"mesh\": {\"proxy\": \"socks5://ann:hush@127.0.0.1:1055\"}}");
    assertThat(right.config().orElseThrow().mesh().proxy().orElseThrow().password())
        .isEqualTo("hush");
    assertThat(right.effective())
        .contains("socks5://***:***@127.0.0.1:1055")
        .doesNotContain("ann:", "hush");
    assertThat(right.config().orElseThrow().mesh().toString()).doesNotContain("hush");

    ConfigResult wrong = read("{\"mesh\": {\"proxy\": \"http://ann:hush@127.0.0.1:1055\"}}");
    assertThat(wrong.problems().getFirst().sentence())
        .endsWith(
            "mesh.proxy: the value (not shown) is not a proxy, socks5://[USER:PASSWORD@]HOST:PORT,"
                + " or empty");
  }

  @Test
  void query_of_a_seed_url_is_not_shown() {
    ConfigResult right =
        read("{\"opinion\": {\"seed_url\": \"https://example.org/narae.json?key=hush\"}}");
    assertThat(right.config().orElseThrow().opinion().seedUrl()).endsWith("?key=hush");
    assertThat(right.effective())
        .contains("https://example.org/narae.json?***")
        .doesNotContain("hush");
    assertThat(right.config().orElseThrow().toString()).doesNotContain("hush");

    ConfigResult wrong =
        read("{\"opinion\": {\"seed_url\": \"ftp://example.org/narae.json?key=hush\"}}");
    assertThat(wrong.problems().getFirst().sentence())
        .endsWith(
            "opinion.seed_url: the value (not shown) is not an http:// or https:// URL, or empty");
  }

  @Test
  void password_before_the_host_of_a_peer_is_refused_and_not_shown() {
    ConfigResult wrong = read("{\"discovery\": {\"peers\": [\"b@user:hush@192.0.2.7:7433\"]}}");

    assertThat(wrong.config()).isEmpty();
    assertThat(wrong.problems().getFirst().sentence())
        .contains("\"b@(not shown)@192.0.2.7:7433\"", "has a user and a password before its host")
        .doesNotContain("hush");
    assertThat(read("{\"discovery\": {\"peers\": [\"b@home@192.0.2.7\"]}}").problems()).isEmpty();
  }

  @Test
  void effective_configuration_reads_back_as_the_same() {
    ConfigResult first =
        read(
            """
            { "identity": {"name": "lisa"}, "mesh": {"stall": "90s"},
              "discovery": {"peers": ["a@b:1"], "scan": {"cidr": "10.0.0.0/30"}} }
            """);

    assertThat(read(first.effective()).config()).isEqualTo(first.config());
    assertThat(Vectors.parse(first.effective()).at("/mesh/stall").asText()).isEqualTo("90s");
    assertThat(Vectors.parse(first.effective()).at("/memory/mode").asText()).isEqualTo("auto");
  }

  @Test
  void environment_soul_overrides_soul_file(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("soul"), LISAS.encoded() + "\n");
    String json = "{\"identity\": {\"soul_file\": \"%s\"}}".formatted(file);
    Soul barts = Citizen.named("bart").identity().soul();

    assertThat(valid(json).identity().soul()).contains(LISAS);
    assertThat(
            ConfigReader.read(json, Map.of("NARA_SOUL", barts.encoded()), MEDIUM_MEGABYTES)
                .config()
                .orElseThrow()
                .identity()
                .soul())
        .contains(barts);
    assertThat(ConfigReader.read(json, Map.of("NARA_SOUL", "none"), MEDIUM_MEGABYTES).problems())
        .extracting(ConfigProblem::path)
        .containsExactly("NARA_SOUL");
  }

  @Test
  void comma_may_follow_the_last_key_and_the_last_entry() {
    String json = "{\"discovery\": {\"peers\": [\"bart@h:1\",],},}";

    assertThat(read(json).problems()).isEmpty();
    assertThat(read(json).config().orElseThrow().discovery().peers()).hasSize(1);
  }

  @Test
  void paths_of_pem_files_begin_at_the_configuration_file(@TempDir Path folder) throws IOException {
    Path pem = Files.copy(KEY_AND_CERTIFICATE, folder.resolve("ca.pem"));
    String json =
        """
        { "plaza": {"url": "mqtts://h",
            "tls": {"ca": "ca.pem", "certificate": "ca.pem", "key": "%s"} },
          "cluster": {"tls": {"key": "ca.pem", "certificate": "ca.pem", "authority": "ca.pem"} } }
        """
            .formatted(pem);
    NodeConfig config = ConfigReader.read(json, folder).config().orElseThrow();

    assertThat(config.plaza().tls().authority()).contains(pem);
    assertThat(config.plaza().tls().key()).contains(pem);
    assertThat(config.cluster().tls().orElseThrow().authority()).isEqualTo(pem);
  }

  @Test
  void invalid_state_folder_beside_a_snapshot_is_one_problem() {
    assertThat(
            ConfigReader.read(
                    "{\"identity\": {\"state\": 5}, \"memory\": {\"snapshot\": \"s.gz\"}}",
                    Map.of(),
                    MEDIUM_MEGABYTES)
                .problems())
        .hasSize(1);
  }

  @Test
  void relative_paths_of_the_identity_begin_at_the_configuration_file(@TempDir Path folder)
      throws IOException {
    Files.writeString(folder.resolve("soul"), LISAS.encoded());
    NodeConfig config =
        ConfigReader.read(
                "{\"identity\": {\"soul_file\": \"soul\", \"state\": \"kept\"}}",
                Map.of(),
                MEDIUM_MEGABYTES,
                folder)
            .config()
            .orElseThrow();
    assertThat(config.identity().soul()).contains(LISAS);
    assertThat(config.identity().states()).containsExactly(folder.resolve("kept"));
  }

  @Test
  void reader_warns_of_a_soul_file_that_others_can_read(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("soul"), LISAS.encoded());
    String json = "{\"identity\": {\"soul_file\": \"%s\"}}".formatted(file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));

    assertThat(read(json).warnings())
        .singleElement()
        .satisfies(warning -> assertThat(warning).contains("chmod 600 " + file));

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    assertThat(read(json).warnings()).isEmpty();
  }

  @Test
  void reader_reports_a_soul_file_without_a_soul(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("soul"), "not one");
    assertThat(read("{\"identity\": {\"soul_file\": \"%s\"}}".formatted(file)).problems())
        .extracting(ConfigProblem::message)
        .containsExactly("\"" + file + "\" does not hold a soul");
    assertThat(read("{\"identity\": {\"soul_file\": \"%s/x\"}}".formatted(folder)).problems())
        .extracting(ConfigProblem::message)
        .containsExactly("there is no file \"" + folder + "/x\"");
  }

  @Test
  void reader_rejects_soul_and_soul_file_together(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("soul"), LISAS.encoded());
    assertThat(
            read("{\"identity\": {\"soul\": \"%s\", \"soul_file\": \"%s\"}}"
                    .formatted(LISAS.encoded(), file))
                .problems())
        .extracting(ConfigProblem::path)
        .containsExactly("identity.soul_file");
  }

  @Test
  void reader_warns_of_valid_but_suspicious_values() {
    assertThat(
            read("{\"identity\": {\"name\": \"bart\", \"soul\": \"%s\"}}"
                    .formatted(LISAS.encoded()))
                .warnings())
        .singleElement()
        .asString()
        .contains("not bonded");
    // The command line can enable the cluster, so the warning does not depend on cluster.enabled.
    assertThat(
            read("{\"cluster\": {\"members\": [\"a:1\", \"127.0.0.1:7435\"], \"quorum\": 1}}")
                .warnings())
        .singleElement()
        .asString()
        .startsWith("cluster.quorum: 1 of 2 members is not more than half");
    assertThat(read("{}").warnings()).isEmpty();
  }

  @Test
  void auto_memory_mode_depends_on_available_memory() {
    for (var each :
        List.of(
            Map.entry(384L, MemoryMode.SHORT),
            Map.entry(1_024L, MemoryMode.MEDIUM),
            Map.entry(1_025L, MemoryMode.HOG))) {
      assertThat(
              ConfigReader.read("{}", Map.of(), each.getKey())
                  .config()
                  .orElseThrow()
                  .memory()
                  .mode())
          .isEqualTo(each.getValue());
    }
  }

  private static ConfigResult read(String json) {
    return ConfigReader.read(json, Map.of(), MEDIUM_MEGABYTES);
  }

  private static NodeConfig valid(String json) {
    ConfigResult result = read(json);
    assertThat(result.problems()).isEmpty();
    return result.config().orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({
    "mqtt://broker.example, '', true",
    "mqtt://broker.example, 10.0.0.1:7433, false",
    "mqtt://localhost, '', false",
    "mqtt://127.0.0.1:1883, '', false",
    "'', '', false"
  })
  void mesh_on_loopback_with_a_broker_elsewhere_is_noted(
      String broker, String advertise, boolean noted) {
    NodeConfig config =
        valid(
            """
            {"mesh": {"host": "127.0.0.1", "advertise": "%s"}, "plaza": {"url": "%s"}}
            """
                .formatted(advertise, broker));

    assertThat(config.isolationNotes())
        .filteredOn(note -> note.startsWith("others cannot learn where this node is"))
        .hasSize(noted ? 1 : 0);
  }
}
