package nara.node.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import nara.bounds.SafeText;
import nara.node.config.ConfigParser.ConfigNode;

/**
 * One object of the configuration while it is being read. Each method asks for one key: it notes
 * the key, takes the value or reports what is wrong with it, and writes down what holds in the end.
 * A wrong value is replaced by the one for an absent key, so that reading goes on.
 */
final class ConfigSection {
  private final String path;
  private final ConfigNode configNode;
  private final ObjectNode effective;
  private final List<ConfigProblem> problems;
  private final List<ConfigKey> keys;
  private final TreeSet<String> knownKeys = new TreeSet<>();

  ConfigSection(
      String path,
      ConfigNode configNode,
      ObjectNode effective,
      List<ConfigProblem> problems,
      List<ConfigKey> keys) {
    this.path = path;
    this.configNode = configNode.value() instanceof Map ? configNode : ConfigNode.EMPTY;
    this.effective = effective;
    this.problems = problems;
    this.keys = keys;
    if (!(configNode.value() instanceof Map)) {
      addProblemAt(configNode, path, configNode.printable() + " is not an object of keys");
    }
  }

  /** The object under a key; an empty one when it is absent. */
  ConfigSection section(String key) {
    knownKeys.add(key);
    ConfigNode inner = configNode.fields().getOrDefault(key, ConfigNode.EMPTY);
    return new ConfigSection(pathOf(key), inner, effective.withObjectProperty(key), problems, keys);
  }

  boolean has(String key) {
    return configNode.fields().containsKey(key);
  }

  boolean flag(String key, boolean defaultValue) {
    return value(
        key,
        defaultValue,
        String.valueOf(defaultValue),
        "true or false",
        n -> n.value() instanceof Boolean b ? Optional.of(b) : Optional.empty(),
        b -> effective.put(key, b));
  }

  int integer(String key, int defaultValue, int min, int max, String noun) {
    return integer(key, defaultValue, String.valueOf(defaultValue), min, max, noun);
  }

  /**
   * A whole number.
   *
   * @param defaultInWords for the documentation, where the default depends on something
   * @param noun what it is: "a port", "a number of events"
   */
  int integer(String key, int defaultValue, String defaultInWords, int min, int max, String noun) {
    return value(
        key,
        defaultValue,
        defaultInWords,
        "%s (%d to %d)".formatted(noun, min, max),
        n ->
            n.value() instanceof BigDecimal number && within(number, min, max)
                ? Optional.of(number.intValueExact())
                : Optional.empty(),
        number -> effective.put(key, number));
  }

  private static boolean within(BigDecimal number, int min, int max) {
    return number.compareTo(BigDecimal.valueOf(min)) >= 0
        && number.compareTo(BigDecimal.valueOf(max)) <= 0;
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

  /** One of some words. */
  <T> T choice(
      String key, T defaultValue, String defaultInWords, List<T> all, Function<T, String> word) {
    String words = all.stream().map(word).collect(Collectors.joining(", "));
    return value(
        key,
        defaultValue,
        defaultInWords,
        "one of " + words,
        n -> all.stream().filter(each -> word.apply(each).equals(n.value())).findFirst(),
        chosen -> effective.put(key, word.apply(chosen)));
  }

  /** A text that means something: what parses is taken, and written again by {@code text}. */
  <T> T parsed(
      String key,
      T defaultValue,
      String allowed,
      Function<String, Optional<T>> parse,
      Function<T, String> text) {
    return value(
        key,
        defaultValue,
        text.apply(defaultValue),
        allowed,
        n -> n.value() instanceof String given ? parse.apply(given) : Optional.empty(),
        parsed -> effective.put(key, text.apply(parsed)));
  }

  /** A text that may be left out and then has no value; it is not shown when it has none. */
  <T> Optional<T> optional(
      String key,
      String defaultInWords,
      String allowed,
      Function<String, Optional<T>> parse,
      Function<T, String> text) {
    return value(
        key,
        Optional.<T>empty(),
        defaultInWords,
        allowed,
        n ->
            n.value() instanceof String given
                ? parse.apply(given).map(Optional::of)
                : Optional.empty(),
        parsed -> parsed.ifPresent(p -> effective.put(key, text.apply(p))));
  }

  /** A text that nobody may see: neither its value nor a wrong one is ever shown. */
  <T> T secret(String key, T defaultValue, String allowed, Function<String, Optional<T>> parse) {
    ConfigNode masked = configNode.fields().get(key);
    registerKey(key, "none", allowed);
    if (masked == null) {
      return defaultValue;
    }
    effective.put(key, "***");
    Optional<T> parsed =
        masked.value() instanceof String given ? parse.apply(given) : Optional.empty();
    if (parsed.isEmpty()) {
      addProblemAt(masked, pathOf(key), "the value (not shown) is not " + allowed);
    }
    return parsed.orElse(defaultValue);
  }

  /** A list of texts, each of which means something; each wrong one is a problem of its own. */
  <T> List<T> list(
      String key,
      List<T> defaultValue,
      int minEntries,
      int maxEntries,
      String allowed,
      Function<String, Optional<T>> parse,
      Function<T, String> text) {
    String shown =
        defaultValue.stream().map(t -> '"' + text.apply(t) + '"').collect(Collectors.joining(", "));
    registerKey(key, '[' + shown + ']', "a list, each " + allowed);
    ConfigNode given = configNode.fields().get(key);
    List<T> taken = new ArrayList<>();
    if (given == null) {
      taken.addAll(defaultValue);
    } else if (!(given.value() instanceof List)) {
      addProblemAt(given, pathOf(key), given.printable() + " is not a list, each " + allowed);
    } else if (given.items().size() < minEntries) {
      addProblemAt(given, pathOf(key), "is empty; it needs " + allowed);
    } else if (given.items().size() > maxEntries) {
      addProblemAt(
          given,
          pathOf(key),
          "has " + given.items().size() + " entries, more than the " + maxEntries + " allowed");
    } else {
      for (int i = 0; i < given.items().size(); i++) {
        ConfigNode item = given.items().get(i);
        Optional<T> parsed = item.value() instanceof String t ? parse.apply(t) : Optional.empty();
        parsed.ifPresent(taken::add);
        if (parsed.isEmpty()) {
          addProblemAt(item, pathOf(key) + '[' + i + ']', item.printable() + " is not " + allowed);
        }
      }
    }
    taken.forEach(t -> effective.withArrayProperty(key).add(text.apply(t)));
    if (taken.isEmpty()) {
      effective.putArray(key);
    }
    return List.copyOf(taken);
  }

  /** Reports a fault that shows only when keys are looked at together. */
  void addProblem(String key, String message) {
    addProblemAt(configNode.fields().getOrDefault(key, configNode), pathOf(key), message);
  }

  /** Reports every key that nobody asked for. Called last. */
  void rejectUnknownKeys() {
    configNode
        .fields()
        .forEach(
            (key, value) -> {
              if (!knownKeys.contains(key)) {
                addProblemAt(
                    value, SafeText.excerpt(pathOf(key)), "is not a known key; " + hint(key));
              }
            });
  }

  private String hint(String unknown) {
    String nearest = null;
    int least = Integer.MAX_VALUE;
    for (String key : knownKeys) {
      int distance = editDistance(unknown, key);
      if (distance < least) {
        least = distance;
        nearest = key;
      }
    }
    // More than half of it wrong is not a slip of the pen.
    return nearest != null && least <= Math.max(2, nearest.length() / 2)
        ? "did you mean " + pathOf(nearest) + "?"
        : "known here: " + String.join(", ", knownKeys);
  }

  /** How many letters must be put in, taken out or changed to make one text the other. */
  static int editDistance(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j <= other.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int changed = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[other.length()];
  }

  private <T> T value(
      String key,
      T defaultValue,
      String defaultInWords,
      String allowed,
      Function<ConfigNode, Optional<T>> parse,
      Consumer<T> writeEffective) {
    registerKey(key, defaultInWords, allowed);
    ConfigNode given = configNode.fields().get(key);
    T value = defaultValue;
    if (given != null) {
      Optional<T> taken = parse.apply(given);
      if (taken.isEmpty()) {
        addProblemAt(given, pathOf(key), given.printable() + " is not " + allowed);
      }
      value = taken.orElse(defaultValue);
    }
    writeEffective.accept(value);
    return value;
  }

  private void registerKey(String key, String defaultText, String allowed) {
    knownKeys.add(key);
    keys.add(new ConfigKey(pathOf(key), defaultText, allowed));
  }

  private void addProblemAt(ConfigNode where, String key, String message) {
    problems.add(new ConfigProblem(where.line(), where.column(), key, message));
  }

  private String pathOf(String key) {
    return path.isEmpty() ? key : path + '.' + key;
  }
}
