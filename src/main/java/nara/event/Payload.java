package nara.event;

import java.util.Optional;

/**
 * The content of an event: one record per service, with components named and ordered as on the
 * wire. An absent field is an empty string or zero, as the reference reads it.
 *
 * <p>The signature does not cover nara ids, except those in a checkpoint; an id may be empty.
 */
public sealed interface Payload
    permits Social, Ping, Observation, HeyThere, Chau, Seen, Checkpoint {

  /** The service whose events carry this payload. */
  Service service();

  /** The text under the event's id and signature. */
  String content();

  /** The validity rule of the wire contract that the payload breaks; empty when it is valid. */
  Optional<String> validationError();

  /** The name of the nara that acts, for subject filters; may be empty. */
  String actor();

  /** The name of the nara that the payload is about, for subject filters. */
  default String target() {
    return actor();
  }

  /** An error for the first empty value of the required fields: name, value, name, value … */
  static Optional<String> firstMissing(String... namesAndValues) {
    for (int i = 0; i < namesAndValues.length; i += 2) {
      if (namesAndValues[i + 1].isEmpty()) {
        return Optional.of("no " + namesAndValues[i]);
      }
    }
    return Optional.empty();
  }
}
