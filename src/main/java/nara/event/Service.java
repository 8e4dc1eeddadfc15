package nara.event;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The kinds of event, with their names on the wire. */
public enum Service {
  SOCIAL("social"),
  PING("ping"),
  OBSERVATION("observation"),
  HEY_THERE("hey-there"),
  CHAU("chau"),
  SEEN("seen"),
  CHECKPOINT("checkpoint");

  private static final Map<String, Service> BY_WIRE_NAME =
      Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(Service::wireName, s -> s));

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

  /** Whether its events carry the key of the nara that says hello or goodbye. */
  public boolean isAnnouncement() {
    return this == HEY_THERE || this == CHAU;
  }

  /** The service of that name on the wire, exactly as it is written there. */
  public static Optional<Service> named(String wireName) {
    return Optional.ofNullable(ofWireName(wireName));
  }

  /** The same, or null: for the parser's hot path. */
  public static Service ofWireName(String wireName) {
    return BY_WIRE_NAME.get(wireName);
  }
}
