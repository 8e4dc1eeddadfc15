package nara.mqtt.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The topics of the plaza, and the check of names in topics.
 *
 * <p>A name is a level of three topics. With a level separator or a wildcard in it, the topic would
 * be another nara's, or everybody's. So every name is checked before it enters a topic, and after
 * it is taken from one.
 */
public final class Topics {
  /** Announcements: signed hey-there events. */
  public static final String HEY_THERE = "nara/plaza/hey_there";

  /** Goodbyes: signed chau events. */
  public static final String CHAU = "nara/plaza/chau";

  /** Responses to announcements. */
  public static final String HOWDY = "nara/plaza/howdy";

  /** Journeys that are back at their originator. */
  public static final String JOURNEY_COMPLETE = "nara/plaza/journey_complete";

  public static final String SOCIAL = "nara/plaza/social";

  /** The filter for everybody's newspapers. */
  public static final String NEWSPAPERS = "nara/newspaper/+";

  public static final String CHECKPOINT_PROPOSE = "nara/checkpoint/propose";
  public static final String CHECKPOINT_VOTE = "nara/checkpoint/vote";

  /** Agreed checkpoints, as events. */
  public static final String CHECKPOINT_FINAL = "nara/checkpoint/final";

  /**
   * Bytes of a name in a topic. MQTT allows 65,535, but the broker and this node keep names in
   * several tables, and no honest name is that long.
   */
  public static final int MAX_NAME_BYTES = 1_024;

  private static final String CHECKPOINT_PREFIX = "nara/checkpoint/";
  private static final String NEWSPAPER_PREFIX = "nara/newspaper/";
  private static final String LEDGER_PREFIX = "nara/ledger/";

  private Topics() {}

  /** Where a nara receives requests for events; the name must have no {@link #nameError}. */
  public static String request(String name) {
    return LEDGER_PREFIX + requireValid(name) + "/request";
  }

  /** Where a nara receives the responses; the name must have no {@link #nameError}. */
  public static String response(String name) {
    return LEDGER_PREFIX + requireValid(name) + "/response";
  }

  /** Where a nara publishes its status; the name must have no {@link #nameError}. */
  public static String newspaper(String name) {
    return NEWSPAPER_PREFIX + requireValid(name);
  }

  /** The publisher's name in a newspaper's topic; empty for other topics. */
  public static Optional<String> publisherOf(String topic) {
    return topic.startsWith(NEWSPAPER_PREFIX)
        ? Optional.of(topic.substring(NEWSPAPER_PREFIX.length()))
            .filter(name -> nameError(name).isEmpty())
        : Optional.empty();
  }

  /** Why a name is not allowed in a topic; empty when it is. */
  public static Optional<String> nameError(String name) {
    if (name.isEmpty()) {
      return Optional.of("an empty name is not allowed in a topic");
    }
    if (name.length() > MAX_NAME_BYTES || name.getBytes(UTF_8).length > MAX_NAME_BYTES) {
      return Optional.of("a name of over " + MAX_NAME_BYTES + " bytes is too long for a topic");
    }
    for (int c : name.codePoints().toArray()) {
      if (c == '/' || c == '+' || c == '#') {
        return Optional.of("a name with '" + (char) c + "' is not allowed in a topic");
      }
      if (Character.isISOControl(c) || c == 0xFFFE || c == 0xFFFF) {
        return Optional.of("a name with a control character is not allowed in a topic");
      }
      if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
        return Optional.of("a name with half a surrogate pair is not allowed in a topic");
      }
    }
    return Optional.empty();
  }

  /**
   * The topics that a node subscribes to; without those of requests, votes and journeys if it only
   * reads.
   */
  public static List<String> subscriptionsOf(String name, boolean readOnly) {
    List<String> filters =
        new ArrayList<>(List.of(HEY_THERE, CHAU, HOWDY, SOCIAL, NEWSPAPERS, CHECKPOINT_FINAL));
    if (!readOnly) {
      filters.add(JOURNEY_COMPLETE);
      filters.add(CHECKPOINT_PROPOSE);
      filters.add(CHECKPOINT_VOTE);
    }
    if (!readOnly && nameError(name).isEmpty()) {
      filters.add(request(name));
      filters.add(response(name));
    }
    return List.copyOf(filters);
  }

  /** The QoS of a topic: 1 for checkpoints, 0 for the rest. */
  public static int qosOf(String topic) {
    return topic.startsWith(CHECKPOINT_PREFIX) ? 1 : 0;
  }

  /** The topic of a checkpoint message. */
  public static String forCheckpoint(CheckpointMessage message) {
    return switch (message) {
      case CheckpointMessage.Proposed proposed -> CHECKPOINT_PROPOSE;
      case CheckpointMessage.Voted voted -> CHECKPOINT_VOTE;
      case CheckpointMessage.Agreed agreed -> CHECKPOINT_FINAL;
    };
  }

  /** The topic of a message about a journey. */
  public static String forJourney(JourneyMessage message) {
    return switch (message) {
      case JourneyMessage.JourneyCompleted completed -> JOURNEY_COMPLETE;
    };
  }

  private static String requireValid(String name) {
    Optional<String> error = nameError(name);
    if (error.isPresent()) {
      throw new IllegalArgumentException(error.get());
    }
    return name;
  }
}
