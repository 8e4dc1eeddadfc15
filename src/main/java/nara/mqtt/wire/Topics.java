package nara.mqtt.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The topics of the plaza, and which names may stand in one.
 *
 * <p>A name is a level of three topics. A name with a level separator or a wildcard in it would
 * address somebody else's topic, or everybody's, so no topic is ever built from one, and no name is
 * taken from a topic without looking at it.
 */
public final class Topics {
  /** Announcements: signed hey-there events. */
  public static final String HEY_THERE = "nara/plaza/hey_there";

  /** Goodbyes: signed chau events. */
  public static final String CHAU = "nara/plaza/chau";

  /** Answers to announcements. */
  public static final String HOWDY = "nara/plaza/howdy";

  /** Social events, as they happen. */
  public static final String SOCIAL = "nara/plaza/social";

  /** Everybody's newspapers, to subscribe to. */
  public static final String NEWSPAPERS = "nara/newspaper/+";

  /** Proposals of checkpoints. */
  public static final String CHECKPOINT_PROPOSE = "nara/checkpoint/propose";

  /** Votes on them. */
  public static final String CHECKPOINT_VOTE = "nara/checkpoint/vote";

  /** The checkpoints that were agreed on, as events. */
  public static final String CHECKPOINT_FINAL = "nara/checkpoint/final";

  private static final String CHECKPOINT_PREFIX = "nara/checkpoint/";

  /**
   * Bytes of a name in a topic. A topic has at most 65,535; names that long are nobody's, and each
   * is held by the broker and every table of this node.
   */
  public static final int MAX_NAME_BYTES = 1_024;

  private static final String NEWSPAPER_PREFIX = "nara/newspaper/";
  private static final String LEDGER_PREFIX = "nara/ledger/";

  private Topics() {}

  /** Where a nara is asked for its ledger's events. Check the name first. */
  public static String request(String name) {
    return LEDGER_PREFIX + requireValid(name) + "/request";
  }

  /** Where a nara is answered. Check the name first. */
  public static String response(String name) {
    return LEDGER_PREFIX + requireValid(name) + "/response";
  }

  /** Where a nara publishes its status. Check the name first. */
  public static String newspaper(String name) {
    return NEWSPAPER_PREFIX + requireValid(name);
  }

  /** The name that a newspaper's topic gives; empty when it is no newspaper's topic. */
  public static Optional<String> publisherOf(String topic) {
    return topic.startsWith(NEWSPAPER_PREFIX)
        ? Optional.of(topic.substring(NEWSPAPER_PREFIX.length()))
            .filter(name -> nameError(name).isEmpty())
        : Optional.empty();
  }

  /** Why a name cannot be a level of a topic; empty when it can. */
  public static Optional<String> nameError(String name) {
    if (name.isEmpty()) {
      return Optional.of("an empty name cannot stand in a topic");
    }
    if (name.length() > MAX_NAME_BYTES || bytesOf(name) > MAX_NAME_BYTES) {
      return Optional.of("a name of over " + MAX_NAME_BYTES + " bytes is too long for a topic");
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '/' || c == '+' || c == '#') {
        return Optional.of("a name with '" + c + "' cannot stand in a topic");
      }
      if (Character.isISOControl(c) || c >= '\uFFFE') {
        return Optional.of("a name with a control character cannot stand in a topic");
      }
      if (Character.isSurrogate(c)) {
        boolean pair =
            Character.isHighSurrogate(c)
                && i + 1 < name.length()
                && Character.isLowSurrogate(name.charAt(i + 1));
        if (!pair) {
          return Optional.of("a name with half a character cannot stand in a topic");
        }
        i++;
      }
    }
    return Optional.empty();
  }

  /** What a node of that name hears, and, unless it only reads, answers. */
  public static List<String> subscriptionsOf(String name, boolean readOnly) {
    List<String> filters =
        new ArrayList<>(List.of(HEY_THERE, CHAU, HOWDY, SOCIAL, NEWSPAPERS, CHECKPOINT_FINAL));
    if (!readOnly) {
      filters.add(CHECKPOINT_PROPOSE);
      filters.add(CHECKPOINT_VOTE);
    }
    if (!readOnly && nameError(name).isEmpty()) {
      filters.add(request(name));
      filters.add(response(name));
    }
    return List.copyOf(filters);
  }

  /** How surely a topic's messages are delivered: 1 for those of checkpoints, 0 for the rest. */
  public static int qosOf(String topic) {
    return topic.startsWith(CHECKPOINT_PREFIX) ? 1 : 0;
  }

  /** Where a message of checkpoints belongs. */
  public static String forCheckpoint(CheckpointMessage message) {
    return switch (message) {
      case CheckpointMessage.Proposed proposed -> CHECKPOINT_PROPOSE;
      case CheckpointMessage.Voted voted -> CHECKPOINT_VOTE;
      case CheckpointMessage.Agreed agreed -> CHECKPOINT_FINAL;
    };
  }

  private static String requireValid(String name) {
    nameError(name)
        .ifPresent(
            nameError -> {
              throw new IllegalArgumentException(nameError);
            });
    return name;
  }

  private static int bytesOf(String name) {
    return name.getBytes(java.nio.charset.StandardCharsets.UTF_8).length;
  }
}
