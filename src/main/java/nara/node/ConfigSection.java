package nara.node;

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
import nara.event.Event;
import nara.node.ConfigText.Node;

/**
 * One object of the configuration while it is being read. Each method asks for one key: it notes
 * the key, takes the value or reports what is wrong with it, and writes down what holds in the end.
 * A wrong value is replaced by the one for an absent key, so that reading goes on.
 */
final class ConfigSection {
  private final String path;
  private final Node node;
  private final ObjectNode effective;
  private final List<ConfigProblem> problems;
  private final List<ConfigKey> keys;
  private final TreeSet<String> known = new TreeSet<>();

  ConfigSection(
      String path,
      Node node,
      ObjectNode effective,
      List<ConfigProblem> problems,
      List<ConfigKey> keys) {
    this.path = path;
    this.node = node.value() instanceof Map ? node : Node.EMPTY;
    this.effective = effective;
    this.problems = problems;
    this.keys = keys;
    if (!(node.value() instanceof Map)) {
      problem(node, path, node.shown() + " is not an object of keys");
    }
  }

  /** The object under a key; an empty one when it is absent. */
  ConfigSection section(String key) {
    known.add(key);
    Node inner = node.fields().getOrDefault(key, Node.EMPTY);
    return new ConfigSection(at(key), inner, effective.withObjectProperty(key), problems, keys);
  }

  boolean has(String key) {
    return node.fields().containsKey(key);
  }

  boolean flag(String key, boolean ifAbsent) {
    return value(
        key,
        ifAbsent,
        String.valueOf(ifAbsent),
        "true or false",
        n -> n.value() instanceof Boolean b ? Optional.of(b) : Optional.empty(),
        b -> effective.put(key, b));
  }

  int whole(String key, int ifAbsent, int least, int most, String noun) {
    return whole(key, ifAbsent, String.valueOf(ifAbsent), least, most, noun);
  }

  /**
   * A whole number.
   *
   * @param ifAbsentInWords for the documentation, where the default depends on something
   * @param noun what it is: "a port", "a number of events"
   */
  int whole(String key, int ifAbsent, String ifAbsentInWords, int least, int most, String noun) {
    return value(
        key,
        ifAbsent,
        ifAbsentInWords,
        "%s (%d to %d)".formatted(noun, least, most),
        n ->
            n.value() instanceof BigDecimal number && within(number, least, most)
                ? Optional.of(number.intValueExact())
                : Optional.empty(),
        number -> effective.put(key, number));
  }

  private static boolean within(BigDecimal number, int least, int most) {
    return number.compareTo(BigDecimal.valueOf(least)) >= 0
        && number.compareTo(BigDecimal.valueOf(most)) <= 0;
  }

  Duration duration(String key, Duration ifAbsent, Duration least, Duration most) {
    return parsed(
        key,
        ifAbsent,
        "a duration such as \"500ms\", \"30s\" or \"5m\" (%s to %s)"
            .formatted(Durations.text(least), Durations.text(most)),
        text ->
            Durations.parse(text).filter(d -> d.compareTo(least) >= 0 && d.compareTo(most) <= 0),
        Durations::text);
  }

  /** One of some words. */
  <T> T choice(
      String key, T ifAbsent, String ifAbsentInWords, List<T> all, Function<T, String> word) {
    String words = all.stream().map(word).collect(Collectors.joining(", "));
    return value(
        key,
        ifAbsent,
        ifAbsentInWords,
        "one of " + words,
        n -> all.stream().filter(each -> word.apply(each).equals(n.value())).findFirst(),
        chosen -> effective.put(key, word.apply(chosen)));
  }

  /** A text that means something: what parses is taken, and written again by {@code text}. */
  <T> T parsed(
      String key,
      T ifAbsent,
      String allowed,
      Function<String, Optional<T>> parse,
      Function<T, String> text) {
    return value(
        key,
        ifAbsent,
        text.apply(ifAbsent),
        allowed,
        n -> n.value() instanceof String given ? parse.apply(given) : Optional.empty(),
        parsed -> effective.put(key, text.apply(parsed)));
  }

  /** A text that may be left out and then has no value; it is not shown when it has none. */
  <T> Optional<T> optional(
      String key,
      String ifAbsentInWords,
      String allowed,
      Function<String, Optional<T>> parse,
      Function<T, String> text) {
    return value(
        key,
        Optional.<T>empty(),
        ifAbsentInWords,
        allowed,
        n ->
            n.value() instanceof String given
                ? parse.apply(given).map(Optional::of)
                : Optional.empty(),
        parsed -> parsed.ifPresent(p -> effective.put(key, text.apply(p))));
  }

  /** A text that nobody may see: neither its value nor a wrong one is ever shown. */
  <T> T secret(String key, T ifAbsent, String allowed, Function<String, Optional<T>> parse) {
    Node masked = node.fields().get(key);
    note(key, "none", allowed);
    if (masked == null) {
      return ifAbsent;
    }
    effective.put(key, "***");
    Optional<T> parsed =
        masked.value() instanceof String given ? parse.apply(given) : Optional.empty();
    if (parsed.isEmpty()) {
      problem(masked, at(key), "the value (not shown) is not " + allowed);
    }
    return parsed.orElse(ifAbsent);
  }

  /** A list of texts, each of which means something; each wrong one is a problem of its own. */
  <T> List<T> list(
      String key,
      List<T> ifAbsent,
      int least,
      int most,
      String allowed,
      Function<String, Optional<T>> parse,
      Function<T, String> text) {
    String shown =
        ifAbsent.stream().map(t -> '"' + text.apply(t) + '"').collect(Collectors.joining(", "));
    note(key, '[' + shown + ']', "a list, each " + allowed);
    Node given = node.fields().get(key);
    List<T> taken = new ArrayList<>();
    if (given == null) {
      taken.addAll(ifAbsent);
    } else if (!(given.value() instanceof List)) {
      problem(given, at(key), given.shown() + " is not a list, each " + allowed);
    } else if (given.items().size() < least) {
      problem(given, at(key), "is empty; it needs " + allowed);
    } else if (given.items().size() > most) {
      problem(
          given,
          at(key),
          "has " + given.items().size() + " entries, more than the " + most + " allowed");
    } else {
      for (int i = 0; i < given.items().size(); i++) {
        Node item = given.items().get(i);
        Optional<T> parsed = item.value() instanceof String t ? parse.apply(t) : Optional.empty();
        parsed.ifPresent(taken::add);
        if (parsed.isEmpty()) {
          problem(item, at(key) + '[' + i + ']', item.shown() + " is not " + allowed);
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
  void fault(String key, String fault) {
    problem(node.fields().getOrDefault(key, node), at(key), fault);
  }

  /** Reports every key that nobody asked for. Called last. */
  void end() {
    node.fields()
        .forEach(
            (key, value) -> {
              if (!known.contains(key)) {
                problem(value, Event.excerpt(at(key)), "is not a known key; " + hint(key));
              }
            });
  }

  private String hint(String unknown) {
    String nearest = null;
    int least = Integer.MAX_VALUE;
    for (String key : known) {
      int distance = distance(unknown, key);
      if (distance < least) {
        least = distance;
        nearest = key;
      }
    }
    // More than half of it wrong is not a slip of the pen.
    return nearest != null && least <= Math.max(2, nearest.length() / 2)
        ? "did you mean " + at(nearest) + "?"
        : "known here: " + String.join(", ", known);
  }

  /** How many letters must be put in, taken out or changed to make one text the other. */
  static int distance(String one, String other) {
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
      T ifAbsent,
      String ifAbsentInWords,
      String allowed,
      Function<Node, Optional<T>> take,
      Consumer<T> holds) {
    note(key, ifAbsentInWords, allowed);
    Node given = node.fields().get(key);
    T value = ifAbsent;
    if (given != null) {
      Optional<T> taken = take.apply(given);
      if (taken.isEmpty()) {
        problem(given, at(key), given.shown() + " is not " + allowed);
      }
      value = taken.orElse(ifAbsent);
    }
    holds.accept(value);
    return value;
  }

  private void note(String key, String ifAbsent, String allowed) {
    known.add(key);
    keys.add(new ConfigKey(at(key), ifAbsent, allowed));
  }

  private void problem(Node where, String key, String fault) {
    problems.add(new ConfigProblem(where.line(), where.column(), key, fault));
  }

  private String at(String key) {
    return path.isEmpty() ? key : path + '.' + key;
  }
}
