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
import java.util.stream.Collectors;
import nara.bounds.SafeText;
import nara.node.config.ConfigParser.ConfigNode;

/**
 * One object of the configuration. Each method reads one key: it records the key, returns the value
 * or reports what is wrong with it, and writes the effective value. Instead of an invalid value it
 * returns the default, so that reading continues.
 */
final class ConfigSection {
  /** The findings of reading the whole configuration. */
  record Findings(List<ConfigProblem> problems, List<String> warnings, List<ConfigKey> keys) {
    Findings() {
      this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }
  }

  private final String path;
  private final ConfigNode node;
  private final ObjectNode effective;
  private final Findings findings;
  private final List<ConfigSection> children = new ArrayList<>();
  private final TreeSet<String> knownKeys = new TreeSet<>();
  private final Set<String> ignoredKeys = new TreeSet<>();

  ConfigSection(String path, ConfigNode node, ObjectNode effective, Findings findings) {
    this.path = path;
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
        new ConfigSection(pathOf(key), inner, effective.withObjectProperty(key), findings);
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

  boolean has(String key) {
    return node.fields().containsKey(key);
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

  private <T> Optional<T> parse(String key, String defaultText, ConfigKind<T> kind) {
    registerKey(key, defaultText, kind.allowed());
    ConfigNode given = node.fields().get(key);
    return given == null ? Optional.empty() : parse(given, pathOf(key), given.printable(), kind);
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
    ConfigNode given = node.fields().get(key);
    if (given == null) {
      return Optional.empty();
    }
    effective.put(key, "***");
    ConfigNode stripped =
        given.value() instanceof String text
            ? new ConfigNode(SoulFile.stripped(text), given.line(), given.column())
            : given;
    return parse(stripped, pathOf(key), "the value (not shown)", kind);
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
    ConfigNode given = node.fields().get(key);
    List<T> values = new ArrayList<>();
    if (given == null) {
      values.addAll(defaultValue);
    } else if (!(given.value() instanceof List)) {
      addProblem(given, pathOf(key), given.printable() + " is not a list, each " + kind.allowed());
    } else if (given.items().size() < minEntries) {
      addProblem(given, pathOf(key), "is empty; it needs " + kind.allowed());
    } else if (given.items().size() > maxEntries) {
      addProblem(
          given,
          pathOf(key),
          "has %d entries, more than the %d allowed".formatted(given.items().size(), maxEntries));
    } else {
      for (int i = 0; i < given.items().size(); i++) {
        ConfigNode item = given.items().get(i);
        String itemPath = pathOf(key) + '[' + i + ']';
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
    Findings inside = new Findings(findings.problems(), findings.warnings(), new ArrayList<>());
    ConfigSection section =
        new ConfigSection(itemPath, item, JsonNodeFactory.instance.objectNode(), inside);
    Optional<T> value = object.apply(section);
    section.rejectUnknownKeys();
    return value;
  }

  /** Reads an object of names that the operator chooses. Each invalid entry is a problem. */
  <T> Map<String, T> map(String key, int maxEntries, ConfigKind<String> name, ConfigKind<T> kind) {
    String allowed = "an object: for each name " + kind.allowed();
    registerKey(key, "{}", allowed);
    ConfigNode given = node.fields().get(key);
    Map<String, T> values = new LinkedHashMap<>();
    if (given != null && !(given.value() instanceof Map)) {
      addProblem(given, pathOf(key), given.printable() + " is not " + allowed);
    } else if (given != null && given.fields().size() > maxEntries) {
      addProblem(
          given,
          pathOf(key),
          "has %d entries, more than the %d allowed".formatted(given.fields().size(), maxEntries));
    } else if (given != null) {
      given
          .fields()
          .forEach(
              (entry, value) -> {
                String entryPath = pathOf(key) + '.' + SafeText.excerpt(entry);
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
    addProblem(node.fields().getOrDefault(key, node), pathOf(key), message);
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
    return knownKeys.stream()
        .min(Comparator.comparingInt(key -> editDistance(unknown, key)))
        // More than half of the key is wrong: this is no typing error.
        .filter(nearest -> editDistance(unknown, nearest) <= Math.max(2, nearest.length() / 2))
        .map(nearest -> "did you mean " + pathOf(nearest) + "?")
        .orElseGet(() -> "known here: " + String.join(", ", knownKeys));
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
