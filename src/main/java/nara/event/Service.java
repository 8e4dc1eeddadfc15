package nara.event;

import java.util.Optional;

/** The kinds of event, with their names on the wire. */
public enum Service {
  SOCIAL("social"),
  PING("ping"),
  OBSERVATION("observation"),
  HEY_THERE("hey-there"),
  CHAU("chau"),
  SEEN("seen"),
  CHECKPOINT("checkpoint");

  private final String wireName;
  private final String payloadField;

  Service(String wireName) {
    this.wireName = wireName;
    this.payloadField = wireName.replace('-', '_');
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

  /** The same, or null: for the parser's hot path. */
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
