package nara.demo;

import java.util.Optional;

/** A topic filter of MQTT 3.1.1: a topic whose levels may be wildcards. */
public final class TopicFilter {
  private final String[] levels;

  private TopicFilter(String[] levels) {
    this.levels = levels;
  }

  /**
   * Parses a filter. {@code +} stands for one whole level, {@code #} for all remaining ones. Empty
   * when the text is no valid filter.
   */
  public static Optional<TopicFilter> parse(String filter) {
    if (filter.isEmpty() || filter.indexOf('\0') >= 0) {
      return Optional.empty();
    }
    String[] levels = filter.split("/", -1);
    for (int i = 0; i < levels.length; i++) {
      boolean wild = levels[i].indexOf('+') >= 0 || levels[i].indexOf('#') >= 0;
      boolean last = i == levels.length - 1;
      if (wild && !levels[i].equals("+") && !(levels[i].equals("#") && last)) {
        return Optional.empty();
      }
    }
    return Optional.of(new TopicFilter(levels));
  }

  public boolean matches(String topic) {
    String[] names = topic.split("/", -1);
    // A wildcard in the first level does not match the broker's own topics.
    if (topic.startsWith("$") && !levels[0].equals(names[0])) {
      return false;
    }
    for (int i = 0; i < levels.length; i++) {
      if (levels[i].equals("#")) {
        // "a/#" also matches "a".
        return true;
      }
      if (i == names.length || !(levels[i].equals("+") || levels[i].equals(names[i]))) {
        return false;
      }
    }
    return levels.length == names.length;
  }
}
