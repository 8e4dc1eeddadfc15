package nara.demo;

import java.util.Optional;

/** What a client subscribes to: a topic whose levels may be wildcards, by MQTT 3.1.1. */
public final class TopicFilter {
  private final String[] levels;

  private TopicFilter(String[] levels) {
    this.levels = levels;
  }

  /** Reads a filter: {@code +} is one whole level, {@code #} is all that are left; else empty. */
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

  /** Whether a topic is one of those meant. */
  public boolean matches(String topic) {
    String[] names = topic.split("/", -1);
    // A wildcard in the first place does not mean the topics that a broker keeps for itself.
    if (topic.startsWith("$") && !levels[0].equals(names[0])) {
      return false;
    }
    for (int i = 0; i < levels.length; i++) {
      if (levels[i].equals("#")) {
        // Also when the topic ends here: "a/#" means "a" as well.
        return true;
      }
      if (i == names.length || !(levels[i].equals("+") || levels[i].equals(names[i]))) {
        return false;
      }
    }
    return levels.length == names.length;
  }
}
