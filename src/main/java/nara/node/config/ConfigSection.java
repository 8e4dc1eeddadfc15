package nara.node.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import nara.bounds.SafeText;
import nara.mesh.wire.PeerAddress;
import nara.node.config.ConfigParser.ConfigNode;

/**
 * One object of the configuration. Each method reads one key: it records the key, returns the value
 * or reports what is wrong with it, and writes the effective value. Instead of an invalid value it
 * returns the default, so that reading continues.
 */
final class ConfigSection {
  /** What reading the whole configuration found. */
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

  boolean has(String key) {
    return node.fields().containsKey(key);
  }

  boolean flag(String key, boolean defaultValue) {
    return read(
        key,
        defaultValue,
        String.valueOf(defaultValue),
        "true or false",
        given -> given instanceof Boolean flag ? Optional.of(flag) : Optional.empty(),
        flag -> flag);
  }

  int number(String key, int defaultValue, int min, int max, String noun) {
    return number(key, defaultValue, String.valueOf(defaultValue), min, max, noun);
  }

  /**
   * A whole number.
   *
   * @param defaultInWords for the documentation, when the default depends on something
   * @param noun such as "a port" or "a number of events"
   */
  int number(String key, int defaultValue, String defaultInWords, int min, int max, String noun) {
    return read(
        key,
        defaultValue,
        defaultInWords,
        "%s (%d to %d)".formatted(noun, min, max),
        given ->
            given instanceof BigDecimal number
                    && number.compareTo(BigDecimal.valueOf(min)) >= 0
                    && number.compareTo(BigDecimal.valueOf(max)) <= 0
                ? Optional.of(number.intValueExact())
                : Optional.empty(),
        number -> number);
  }

  int port(String key, int defaultValue, int min) {
    return number(key, defaultValue, min, 65_535, "a port");
  }

  int bytes(String key, int defaultValue, int min, int max) {
    return number(key, defaultValue, min, max, "a size in bytes");
  }

  Duration duration(String key, Duration defaultValue, Duration min, Duration max) {
    return parsed(
        key,
        defaultValue,
        "a duration such as \"500ms\", \"30s\" or \"5m\" (%s to %s)"
            .formatted(Durations.format(min), Durations.format(max)),
        text -> Durations.parse(text).filter(d -> d.compareTo(min) >= 0 && d.compareTo(max) <= 0),
        Durations::format);
  }

  String text(String key, String defaultValue, String allowed, Predicate<String> valid) {
    return parsed(key, defaultValue, allowed, t -> Optional.of(t).filter(valid), t -> t);
  }

  String host(String defaultHost) {
    return text("host", defaultHost, "a host name or address to listen on", PeerAddress::isHost);
  }

  /** A text without a default; {@code absent} says what applies without it. */
  Optional<String> optionalText(
      String key, String absent, String allowed, Predicate<String> valid) {
    return optional(key, absent, allowed, text -> Optional.of(text).filter(valid));
  }

  Optional<Path> path(String key, String allowed) {
    return optional(
        key,
        "none",
        allowed,
        text -> {
          try {
            return Optional.of(text).filter(given -> !given.isBlank()).map(Path::of);
          } catch (InvalidPathException invalid) {
            return Optional.empty();
          }
        });
  }

  /** One of some words. */
  <T> T choice(String key, T defaultValue, List<T> all, Function<T, String> word) {
    return parsed(
        key, defaultValue, "one of " + words(all, word), text -> find(text, all, word), word);
  }

  /** A list of some words. */
  <T> List<T> choices(
      String key, List<T> defaultValue, int minEntries, List<T> all, Function<T, String> word) {
    String allowed = "one of " + words(all, word);
    return list(
        key, defaultValue, minEntries, all.size(), allowed, text -> find(text, all, word), word);
  }

  private static <T> String words(List<T> all, Function<T, String> word) {
    return all.stream().map(word).collect(Collectors.joining(", "));
  }

  private static <T> Optional<T> find(String text, List<T> all, Function<T, String> word) {
    return all.stream().filter(each -> word.apply(each).equals(text)).findFirst();
  }

  /** A secret text: neither a valid nor an invalid value is shown. */
  <T> Optional<T> secret(String key, String allowed, Function<String, Optional<T>> parse) {
    registerKey(key, "none", allowed);
    ConfigNode given = node.fields().get(key);
    if (given == null) {
      return Optional.empty();
    }
    effective.put(key, "***");
    Optional<T> parsed =
        given.value() instanceof String text ? parse.apply(text) : Optional.empty();
    if (parsed.isEmpty()) {
      addProblem(given, pathOf(key), "the value (not shown) is not " + allowed);
    }
    return parsed;
  }

  /** A list of texts. Each invalid one is a problem of its own. */
  <T> List<T> list(
      String key,
      List<T> defaultValue,
      int minEntries,
      int maxEntries,
      String allowed,
      Function<String, Optional<T>> parse,
      Function<T, String> format) {
    registerKey(
        key,
        defaultValue.stream()
            .map(value -> '"' + format.apply(value) + '"')
            .collect(Collectors.joining(", ", "[", "]")),
        "a list, each " + allowed);
    ConfigNode given = node.fields().get(key);
    List<T> values = new ArrayList<>();
    if (given == null) {
      values.addAll(defaultValue);
    } else if (!(given.value() instanceof List)) {
      addProblem(given, pathOf(key), given.printable() + " is not a list, each " + allowed);
    } else if (given.items().size() < minEntries) {
      addProblem(given, pathOf(key), "is empty; it needs " + allowed);
    } else if (given.items().size() > maxEntries) {
      addProblem(
          given,
          pathOf(key),
          "has " + given.items().size() + " entries, more than the " + maxEntries + " allowed");
    } else {
      for (int i = 0; i < given.items().size(); i++) {
        ConfigNode item = given.items().get(i);
        Optional<T> parsed =
            item.value() instanceof String text ? parse.apply(text) : Optional.empty();
        parsed.ifPresent(values::add);
        if (parsed.isEmpty()) {
          addProblem(item, pathOf(key) + '[' + i + ']', item.printable() + " is not " + allowed);
        }
      }
    }
    var written = effective.putArray(key);
    values.forEach(value -> written.add(format.apply(value)));
    return List.copyOf(values);
  }

  /** Reports a problem that involves several keys. */
  void addProblem(String key, String message) {
    addProblem(node.fields().getOrDefault(key, node), pathOf(key), message);
  }

  /** Reports a problem with an environment variable. */
  void addEnvironmentProblem(String variable, String message) {
    findings.problems().add(new ConfigProblem(0, 0, variable, message));
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
              if (!knownKeys.contains(key)) {
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

  private <T> T parsed(
      String key,
      T defaultValue,
      String allowed,
      Function<String, Optional<T>> parse,
      Function<T, String> format) {
    return read(
        key,
        defaultValue,
        format.apply(defaultValue),
        allowed,
        given -> given instanceof String text ? parse.apply(text) : Optional.empty(),
        format::apply);
  }

  private <T> Optional<T> optional(
      String key, String absent, String allowed, Function<String, Optional<T>> parse) {
    return read(
        key,
        Optional.<T>empty(),
        absent,
        allowed,
        given ->
            given instanceof String text ? parse.apply(text).map(Optional::of) : Optional.empty(),
        value -> value.map(Object::toString).orElse(null));
  }

  /** Reads one key; {@code write} returns the effective value, or null to leave it out. */
  private <T> T read(
      String key,
      T defaultValue,
      String defaultText,
      String allowed,
      Function<Object, Optional<T>> parse,
      Function<T, Object> write) {
    registerKey(key, defaultText, allowed);
    ConfigNode given = node.fields().get(key);
    T value = defaultValue;
    if (given != null) {
      Optional<T> parsed = parse.apply(given.value());
      if (parsed.isEmpty()) {
        addProblem(given, pathOf(key), given.printable() + " is not " + allowed);
      }
      value = parsed.orElse(defaultValue);
    }
    Object written = write.apply(value);
    if (written != null) {
      effective.putPOJO(key, written);
    }
    return value;
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
