package nara.event;

import java.util.Optional;

/** The kinds of event, with their names on the wire. */
public enum Service {
  SOCIAL("social", "social"),
  PING("ping", "ping"),
  OBSERVATION("observation", "observation"),
  HEY_THERE("hey-there", "hey_there"),
  CHAU("chau", "chau"),
  SEEN("seen", "seen"),
  CHECKPOINT("checkpoint", "checkpoint");

  private final String wireName;
  private final String payloadField;

  Service(String wireName, String payloadField) {
    this.wireName = wireName;
    this.payloadField = payloadField;
  }

  /** The value of {@code svc}: with a hyphen in {@code hey-there}. */
  public String wireName() {
    return wireName;
  }

  /** The JSON field that carries the payload: with an underscore in {@code hey_there}. */
  public String payloadField() {
    return payloadField;
  }

  /** The service of that name on the wire, exactly as it is written there. */
  public static Optional<Service> named(String wireName) {
    return Optional.ofNullable(ofWireName(wireName));
  }

  public static Service ofWireName(String wireName) {
    return switch (wireName) {
      case "social" -> SOCIAL;
      case "ping" -> PING;
      case "observation" -> OBSERVATION;
      case "hey-there" -> HEY_THERE;
      case "chau" -> CHAU;
      case "seen" -> SEEN;
      case "checkpoint" -> CHECKPOINT;
      default -> null;
    };
  }
}
