package nara.node.config;

import static nara.node.config.ConfigKind.FLAG;
import static nara.node.config.ConfigKind.HOST;
import static nara.node.config.ConfigKind.count;
import static nara.node.config.ConfigKind.duration;
import static nara.node.config.ConfigKind.oneOf;
import static nara.node.config.ConfigKind.parsed;
import static nara.node.config.ConfigKind.path;
import static nara.node.config.ConfigKind.port;
import static nara.node.config.ConfigKind.text;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import nara.cluster.ClusterConfig;
import nara.cluster.Role;
import nara.file.PemFile;
import nara.mesh.wire.PeerAddress;

/** Reads the section {@code cluster}. */
final class ClusterSection {
  private static final ConfigKind<PeerAddress> MEMBER =
      parsed("a member, HOST:PORT", AddressParser::hostAndPort, PeerAddress::toString)
          .explaining(AddressParser::hostAndPortFault);

  private static final ConfigKind<Duration> DETECTION =
      duration(Duration.ofSeconds(2), Duration.ofMinutes(5));

  private ClusterSection() {}

  static ClusterConfig read(ConfigSection s, Path directory) {
    ClusterConfig d = ClusterConfig.standalone();
    boolean enabled = s.read("enabled", d.enabled(), FLAG);
    String name = s.read("name", d.name(), text("a name", ConfigReader::isValidName));
    Optional<String> member = s.optional("member", "its host and port", ConfigReader.NAME);
    String host = s.read("host", d.host(), HOST);
    int port = s.read("port", d.port(), port(1));
    ConfigKind<PeerAddress> reachable =
        parsed(
                "a HOST:PORT that other members can reach",
                AddressParser::hostAndPort,
                PeerAddress::toString)
            .explaining(AddressParser::hostAndPortFault);
    Optional<PeerAddress> advertise = s.optional("advertise", "its host and port", reachable);
    int busPort = s.read("bus_port", d.busPort(), port(0));
    List<PeerAddress> members = s.list("members", List.of(), 0, 100, MEMBER);
    Set<PeerAddress> all = new HashSet<>(members);
    all.add(advertise.orElseGet(() -> new PeerAddress(host, port)));
    List<Role> roles = List.of(Role.values());
    Set<Role> ownRoles =
        Set.copyOf(s.list("roles", roles, 0, roles.size(), oneOf(roles, Role::label)));
    int majority = all.size() / 2 + 1;
    int quorum =
        s.read("quorum", majority, "more than half of the members", count(1, 100, "members"));
    ClusterConfig cluster =
        new ClusterConfig(
            enabled,
            name,
            member.orElse(""),
            host,
            port,
            advertise,
            busPort,
            members.stream().map(PeerAddress::toString).toList(),
            ownRoles,
            quorum,
            s.read("backups", d.backups(), count(0, 6, "copies")),
            s.read("detection", d.detectionTimeout(), DETECTION),
            tls(s.section("tls"), directory),
            s.read("insecure", d.insecure(), FLAG));
    check(s, cluster, all.size());
    return cluster;
  }

  private static void check(ConfigSection s, ClusterConfig cluster, int memberCount) {
    for (Role role : Role.values()) {
      for (Role needed : role.requiredRoles()) {
        if (cluster.has(role) && !cluster.has(needed)) {
          s.addProblem(
              "roles", "has %s without %s, which it needs".formatted(role.label(), needed.label()));
        }
      }
    }
    if (s.has("host") && (cluster.host().equals("0.0.0.0") || cluster.host().equals("::"))) {
      s.addProblem("host", "is a wildcard; give the one address that the other members can reach");
    }
    if (cluster.enabled() && cluster.exposure().isPresent()) {
      s.addProblem("host", cluster.exposure().get().replaceFirst("^cluster.host: ", ""));
    }
    if (cluster.quorum() > memberCount) {
      s.addProblem("quorum", "is more than the %d members that there are".formatted(memberCount));
    }
    if (cluster.enabled() && cluster.members().isEmpty()) {
      s.addProblem("members", "is empty: name the members, HOST:PORT each");
    }
    if (!cluster.members().isEmpty() && cluster.quorum() <= memberCount / 2) {
      s.addWarning(
          "cluster.quorum: %d of %d members is not more than half; after a network split, both sides would continue"
              .formatted(cluster.quorum(), memberCount));
    }
  }

  private static Optional<ClusterConfig.Tls> tls(ConfigSection s, Path directory) {
    Optional<Path> key = pemFile(s, "key", PemFile.PKCS8_KEY, directory);
    Optional<Path> certificate = pemFile(s, "certificate", PemFile.CERTIFICATE, directory);
    Optional<Path> authority = pemFile(s, "authority", PemFile.CERTIFICATE, directory);
    long given = Stream.of(key, certificate, authority).filter(Optional::isPresent).count();
    if (given == 1 || given == 2) {
      s.addProblem(
          "key", "needs tls.certificate and tls.authority beside it: all three files or none");
    }
    return given == 3
        ? Optional.of(new ClusterConfig.Tls(key.get(), certificate.get(), authority.get()))
        : Optional.empty();
  }

  /**
   * A file that this node can read.
   *
   * @param directory of the configuration file: a relative path begins there
   */
  static Optional<Path> pemFile(ConfigSection s, String key, PemFile kind, Path directory) {
    Optional<Path> file =
        s.optional(key, "none", path("a path of a PEM file")).map(directory::resolve);
    file.flatMap(kind::fault).ifPresent(fault -> s.addProblem(key, fault));
    return file;
  }
}
