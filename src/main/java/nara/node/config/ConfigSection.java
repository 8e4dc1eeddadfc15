package nara.node.config;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nara.bounds.SafeText;
import nara.node.config.ConfigParser.ConfigNode;

/**
 * One object of the configuration. Each method reads one key: it records the key, returns the value
 * or reports what is wrong with it, and writes the effective value. Instead of an invalid value it
 * returns the default, so that reading continues.
 */
final class ConfigSection {
  /** The findings of reading the whole configuration. */
  record Findings(
      List<ConfigProblem> problems,
      List<String> warnings,
      List<ConfigKey> keys,
      Set<String> fromText) {
    Findings() {
      this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new TreeSet<>());
    }
  }

  private static final String NOT_SHOWN = "the value (not shown)";

  /** The start of a list or an object in JSON; an IPv6 address also begins with a bracket. */
  private static final Pattern JSON_START = Pattern.compile("\\s*(\\{|\\[\\s*([\"{\\]]|$))");

  private static final ConfigVariables NO_VARIABLES = new ConfigVariables(Map.of());

  private final String path;
  private final ConfigNode node;
  private final ObjectNode effective;
  private final ConfigVariables variables;
  private final Findings findings;
  private final List<ConfigSection> children = new ArrayList<>();
  private final TreeSet<String> knownKeys = new TreeSet<>();
  private final Set<String> ignoredKeys = new TreeSet<>();

  ConfigSection(
      String path,
      ConfigNode node,
      ObjectNode effective,
      ConfigVariables variables,
      Findings findings) {
    this.path = path;
    this.variables = variables;
    this.node = node.value() instanceof Map ? node : ConfigNode.EMPTY;
    this.effective = effective;
    this.findings = findings;
    if (!(node.value() instanceof Map)) {
      addProblem(node, path, node.printable() + " is not an object of keys");
    }
  }

  /** The object under a key; an empty one without the key. */
  ConfigSection section(String key) {
    knownKeys.add(key);
    ConfigNode inner = node.fields().getOrDefault(key, ConfigNode.EMPTY);
    ConfigSection child =
        new ConfigSection(
            pathOf(key), inner, effective.withObjectProperty(key), variables, findings);
    children.add(child);
    return child;
  }

  /** Leaves a key, or a section that is off, out of the effective configuration. */
  void omit(String key) {
    effective.remove(key);
  }

  /** Accepts a key that means nothing to the node. */
  void ignore(String key) {
    ignoredKeys.add(key);
  }

  /** Whether the text or the environment gives a value to a key. */
  boolean has(String key) {
    return node.fields().containsKey(key) || variables.sets(pathOf(key));
  }

  /** Whether the text has a section, or the environment gives a value to a key inside it. */
  boolean hasSection(String key) {
    return node.fields().containsKey(key) || variables.setsInside(pathOf(key));
  }

  /** The keys that the text has here. */
  Set<String> given() {
    return Set.copyOf(node.fields().keySet());
  }

  <T> T read(String key, T defaultValue, ConfigKind<T> kind) {
    return read(key, defaultValue, String.valueOf(kind.format().apply(defaultValue)), kind);
  }

  /** Reads a key whose default depends on something, as {@code defaultInWords} says. */
  <T> T read(String key, T defaultValue, String defaultInWords, ConfigKind<T> kind) {
    T value = parse(key, defaultInWords, kind).orElse(defaultValue);
    effective.putPOJO(key, kind.format().apply(value));
    return value;
  }

  /** Reads a key without a default value; {@code absent} says what applies without it. */
  <T> Optional<T> optional(String key, String absent, ConfigKind<T> kind) {
    Optional<T> value = parse(key, absent, kind);
    value.ifPresent(given -> effective.putPOJO(key, kind.format().apply(given)));
    return value;
  }

  /**
   * Reads a key whose value may contain a secret. An invalid value is not shown; the kind's format
   * masks the secret of a valid one.
   */
  <T> T hidden(String key, T defaultValue, ConfigKind<T> kind) {
    registerKey(key, String.valueOf(kind.format().apply(defaultValue)), kind.allowed());
    T value =
        given(key, kind)
            .flatMap(given -> parse(given.node(), given.path(), NOT_SHOWN, kind))
            .orElse(defaultValue);
    effective.putPOJO(key, kind.format().apply(value));
    return value;
  }

  private <T> Optional<T> parse(String key, String defaultText, ConfigKind<T> kind) {
    registerKey(key, defaultText, kind.allowed());
    return given(key, kind)
        .flatMap(given -> parse(given.node(), given.path(), given.node().printable(), kind));
  }

  /**
   * What was given for a key.
   *
   * @param path the key, with the variable when the value comes from the environment
   */
  private record Given(ConfigNode node, String path) {}

  private Optional<Given> given(String key, ConfigKind<?> kind) {
    return fromEnvironment(key, text -> readable(text, kind)).or(() -> fromText(key));
  }

  private Optional<Given> fromEnvironment(String key, Function<String, ConfigNode> reader) {
    return variables
        .find(pathOf(key))
        .map(
            found ->
                new Given(
                    reader.apply(found.text()),
                    "%s (from %s)".formatted(pathOf(key), found.variable())));
  }

  private Optional<Given> fromText(String key) {
    ConfigNode found = node.fields().get(key);
    if (found == null) {
      return Optional.empty();
    }
    findings.fromText().add(pathOf(key));
    return Optional.of(new Given(found, pathOf(key)));
  }

  /** A variable is text; where the kind doesn't take text, it is a number or a word of JSON. */
  private static ConfigNode readable(String text, ConfigKind<?> kind) {
    ConfigNode asText = new ConfigNode(text, 0, 0);
    if (kind.parse().apply(text).isPresent()) {
      return asText;
    }
    ConfigNode asJson = ConfigParser.parseValue(text).orElse(asText);
    return kind.parse().apply(asJson.value()).isPresent() ? asJson : asText;
  }

  private <T> Optional<T> parse(
      ConfigNode given, String fullPath, String shown, ConfigKind<T> kind) {
    Optional<T> parsed = kind.parse().apply(given.value());
    if (parsed.isEmpty()) {
      String fault = kind.fault().apply(given.value()).orElse("is not " + kind.allowed());
      addProblem(given, fullPath, shown + ' ' + fault);
    }
    return parsed;
  }

  /** Reads a secret: neither a valid nor an invalid value is shown. */
  <T> Optional<T> secret(String key, ConfigKind<T> kind) {
    registerKey(key, "none", kind.allowed());
    Optional<Given> found = given(key, kind);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    effective.put(key, "***");
    ConfigNode given = found.get().node();
    ConfigNode stripped =
        given.value() instanceof String text
            ? new ConfigNode(SoulFile.stripped(text), given.line(), given.column())
            : given;
    return parse(stripped, found.get().path(), NOT_SHOWN, kind);
  }

  /** Reads a list. Each invalid entry is a problem of its own. */
  <T> List<T> list(
      String key, List<T> defaultValue, int minEntries, int maxEntries, ConfigKind<T> kind) {
    return list(key, defaultValue, minEntries, maxEntries, kind, Optional.empty());
  }

  /**
   * Reads a list whose entries may also be objects.
   *
   * @param object reads one; it reports the problems of a value that it leaves out
   */
  <T> List<T> list(
      String key,
      List<T> defaultValue,
      int minEntries,
      int maxEntries,
      ConfigKind<T> kind,
      Optional<Function<ConfigSection, Optional<T>>> object) {
    registerKey(
        key,
        defaultValue.stream()
            .map(value -> "\"" + kind.format().apply(value) + '"')
            .collect(Collectors.joining(", ", "[", "]")),
        "a list, each " + kind.allowed());
    Optional<Given> found = fromEnvironment(key, ConfigSection::listOf).or(() -> fromText(key));
    ConfigNode given = found.map(Given::node).orElse(null);
    String fullPath = found.map(Given::path).orElse("");
    List<T> values = new ArrayList<>();
    if (given == null) {
      values.addAll(defaultValue);
    } else if (!(given.value() instanceof List)) {
      addProblem(given, fullPath, given.printable() + " is not a list, each " + kind.allowed());
    } else if (given.items().size() < minEntries) {
      addProblem(given, fullPath, "is empty; it needs " + kind.allowed());
    } else if (given.items().size() > maxEntries) {
      addProblem(
          given,
          fullPath,
          "has %d entries, more than the %d allowed".formatted(given.items().size(), maxEntries));
    } else {
      for (int i = 0; i < given.items().size(); i++) {
        ConfigNode item = given.items().get(i);
        String itemPath = fullPath + '[' + i + ']';
        Optional<T> value =
            item.value() instanceof Map && object.isPresent()
                ? parseObject(item, itemPath, object.get())
                : parse(item, itemPath, item.printable(), kind);
        value.ifPresent(values::add);
      }
    }
    ArrayNode written = effective.putArray(key);
    values.forEach(value -> written.addPOJO(kind.format().apply(value)));
    return List.copyOf(values);
  }

  private <T> Optional<T> parseObject(
      ConfigNode item, String itemPath, Function<ConfigSection, Optional<T>> object) {
    // The keys inside an entry are documented with the list.
    Findings inside =
        new Findings(findings.problems(), findings.warnings(), new ArrayList<>(), new TreeSet<>());
    ConfigSection section =
        new ConfigSection(
            itemPath, item, JsonNodeFactory.instance.objectNode(), NO_VARIABLES, inside);
    Optional<T> value = object.apply(section);
    section.rejectUnknownKeys();
    return value;
  }

  /** A list in a variable is JSON, or its entries with commas between them. */
  private static ConfigNode listOf(String text) {
    if (JSON_START.matcher(text).lookingAt()) {
      return ConfigParser.parseValue(text).orElse(new ConfigNode(text, 0, 0));
    }
    List<ConfigNode> entries =
        Stream.of(text.split(","))
            .map(String::strip)
            .filter(entry -> !entry.isEmpty())
            .map(entry -> new ConfigNode(entry, 0, 0))
            .toList();
    return new ConfigNode(entries, 0, 0);
  }

  /** Reads an object of names that the operator chooses. Each invalid entry is a problem. */
  <T> Map<String, T> map(String key, int maxEntries, ConfigKind<String> name, ConfigKind<T> kind) {
    String allowed = "an object: for each name " + kind.allowed();
    registerKey(key, "{}", allowed);
    Optional<Given> found =
        fromEnvironment(
                key, text -> ConfigParser.parseValue(text).orElse(new ConfigNode(text, 0, 0)))
            .or(() -> fromText(key));
    ConfigNode given = found.map(Given::node).orElse(null);
    String fullPath = found.map(Given::path).orElse("");
    Map<String, T> values = new LinkedHashMap<>();
    if (given != null && !(given.value() instanceof Map)) {
      addProblem(given, fullPath, given.printable() + " is not " + allowed);
    } else if (given != null && given.fields().size() > maxEntries) {
      addProblem(
          given,
          fullPath,
          "has %d entries, more than the %d allowed".formatted(given.fields().size(), maxEntries));
    } else if (given != null) {
      given
          .fields()
          .forEach(
              (entry, value) -> {
                String entryPath = fullPath + '.' + SafeText.excerpt(entry);
                if (name.parse().apply(entry).isEmpty()) {
                  addProblem(value, entryPath, "the key is not " + name.allowed());
                } else {
                  parse(value, entryPath, value.printable(), kind)
                      .ifPresent(parsed -> values.put(entry, parsed));
                }
              });
    }
    ObjectNode written = effective.putObject(key);
    values.forEach((entry, value) -> written.putPOJO(entry, kind.format().apply(value)));
    return Collections.unmodifiableMap(values);
  }

  /** Reports a problem that involves several keys. */
  void addProblem(String key, String message) {
    addProblemOfKey(node.fields().getOrDefault(key, node), pathOf(key), message);
  }

  /** Reports a problem of a key in a section of this object. */
  void addProblem(String section, String key, String message) {
    ConfigNode inner = node.fields().getOrDefault(section, node);
    addProblemOfKey(inner.fields().getOrDefault(key, inner), pathOf(section) + '.' + key, message);
  }

  // A variable is nowhere in the text, so its problem names the variable instead of a line.
  private void addProblemOfKey(ConfigNode where, String fullPath, String message) {
    Optional<String> variable = variables.variableThatSets(fullPath);
    if (variable.isPresent()) {
      addProblem(ConfigNode.EMPTY, "%s (from %s)".formatted(fullPath, variable.get()), message);
    } else {
      addProblem(where, fullPath, message);
    }
  }

  /** Reports a problem with an environment variable. */
  void addEnvironmentProblem(String variable, String message) {
    addProblem(ConfigNode.EMPTY, variable, message);
  }

  /** Reports a value that is valid but probably wrong. */
  void addWarning(String sentence) {
    findings.warnings().add(sentence);
  }

  /** Reports each key that was not read, here and in all sections inside. Call it last. */
  void rejectUnknownKeys() {
    node.fields()
        .forEach(
            (key, value) -> {
              if (!knownKeys.contains(key) && !ignoredKeys.contains(key)) {
                addProblem(
                    value, SafeText.excerpt(pathOf(key)), "is not a known key; " + hint(key));
              }
            });
    children.forEach(ConfigSection::rejectUnknownKeys);
  }

  private String hint(String unknown) {
    return nearest(unknown, knownKeys)
        .map(nearest -> "did you mean " + pathOf(nearest) + "?")
        .orElseGet(() -> "known here: " + String.join(", ", knownKeys));
  }

  /** The known word that a mistyped one most likely means. */
  static Optional<String> nearest(String unknown, Set<String> known) {
    return known.stream()
        .min(Comparator.comparingInt(word -> editDistance(unknown, word)))
        // More than half of the word is wrong: this is no typing error.
        .filter(nearest -> editDistance(unknown, nearest) <= Math.max(2, nearest.length() / 2));
  }

  /** How many letters must be inserted, deleted or replaced to turn one text into the other. */
  static int editDistance(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j <= other.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[other.length()];
  }

  private void registerKey(String key, String defaultText, String allowed) {
    knownKeys.add(key);
    findings.keys().add(new ConfigKey(pathOf(key), defaultText, allowed));
  }

  private void addProblem(ConfigNode where, String key, String message) {
    findings.problems().add(new ConfigProblem(where.line(), where.column(), key, message));
  }

  private String pathOf(String key) {
    return path.isEmpty() ? key : path + '.' + key;
  }
}
