package nara.node.config;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The environment variables that set configuration keys: {@code NARA_MESH_PORT} sets {@code
 * mesh.port}. Some keys also have the variable that operators of the reference node know. A
 * variable wins over the configuration file; an empty one counts as not set.
 */
final class ConfigVariables {
  private static final String PREFIX = "NARA_";

  /** Variables with this prefix that set no key. */
  private static final Set<String> OTHERS =
      Set.of(ConfigReader.SOUL_VARIABLE, "NARA_ID", "NARA_JAVA_OPTS");

  /** A variable of the reference node, and how its value reads as ours. */
  private record Alias(String variable, UnaryOperator<String> translation) {
    static Alias of(String variable) {
      return new Alias(variable, UnaryOperator.identity());
    }
  }

  private static final Map<String, Alias> ALIASES =
      Map.ofEntries(
          Map.entry("identity.name", Alias.of("NARA_ID")),
          Map.entry("plaza.url", new Alias("MQTT_HOST", ConfigVariables::brokerUrl)),
          Map.entry("plaza.user", Alias.of("MQTT_USER")),
          Map.entry("plaza.password", Alias.of("MQTT_PASS")),
          Map.entry("transport", Alias.of("TRANSPORT_MODE")),
          Map.entry("social.public_url", Alias.of("PUBLIC_URL")),
          Map.entry("memory.mode", Alias.of("MEMORY_MODE")),
          Map.entry("memory.max_events", new Alias("LEDGER_CAPACITY", ConfigVariables::notZero)),
          Map.entry("web.host", new Alias("HTTP_ADDR", ConfigVariables::hostOf)),
          Map.entry("web.port", new Alias("HTTP_ADDR", ConfigVariables::portOf)));

  /**
   * The value of a key.
   *
   * @param variable the variable's name
   * @param text its value, not empty
   */
  record Given(String variable, String text) {}

  private final Map<String, String> environment;
  private final Map<String, String> used = new LinkedHashMap<>();
  private final Set<String> known = new TreeSet<>();

  ConfigVariables(Map<String, String> environment) {
    this.environment = environment;
  }

  /** The value that the environment gives to a key. */
  Optional<Given> find(String path) {
    known.add(variableOf(path));
    Optional<Given> given = given(path);
    given.ifPresent(found -> used.put(path, found.variable()));
    return given;
  }

  private Optional<Given> given(String path) {
    Optional<Given> own = value(variableOf(path)).map(text -> new Given(variableOf(path), text));
    return own.or(() -> alias(path));
  }

  private Optional<Given> alias(String path) {
    return Optional.ofNullable(ALIASES.get(path))
        .flatMap(
            alias ->
                value(alias.variable())
                    .map(alias.translation())
                    .filter(text -> !text.isEmpty())
                    .map(text -> new Given(alias.variable(), text)));
  }

  private Optional<String> value(String variable) {
    return Optional.ofNullable(environment.get(variable)).filter(text -> !text.isEmpty());
  }

  /** Whether the environment sets a key. */
  boolean sets(String path) {
    return given(path).isPresent();
  }

  /** The variable that sets a key. */
  Optional<String> variableThatSets(String path) {
    return given(path).map(Given::variable);
  }

  /** Whether the environment sets a key inside a section. */
  boolean setsInside(String section) {
    String prefix = variableOf(section) + '_';
    return environment.keySet().stream()
        .anyMatch(each -> each.startsWith(prefix) && value(each).isPresent());
  }

  /** The keys that were set, each with its variable. */
  Map<String, String> used() {
    return used;
  }

  /** Variables that look like ours and set nothing. Call it when all keys were read. */
  Stream<String> unknown() {
    return environment.keySet().stream()
        .filter(each -> each.startsWith(PREFIX) && !known.contains(each) && !OTHERS.contains(each))
        .sorted();
  }

  /** The variable that is most like an unknown one. */
  Optional<String> nearest(String unknown) {
    return ConfigSection.nearest(unknown, known);
  }

  /** The variable of a key, such as {@code NARA_PLAZA_TLS_CA} of {@code plaza.tls.ca}. */
  static String variableOf(String path) {
    return PREFIX + path.toUpperCase(Locale.ROOT).replace('.', '_');
  }

  // The reference's client takes a broker without a scheme.
  private static String brokerUrl(String host) {
    return host.contains("://") ? host : "tcp://" + host;
  }

  // The reference takes 0 for "by memory mode".
  private static String notZero(String number) {
    return number.equals("0") ? "" : number;
  }

  // The reference listens on all interfaces for ":8080".
  private static String hostOf(String address) {
    int colon = address.lastIndexOf(':');
    return colon == 0 ? "0.0.0.0" : colon < 0 ? "" : address.substring(0, colon);
  }

  private static String portOf(String address) {
    return address.substring(address.lastIndexOf(':') + 1);
  }
}
