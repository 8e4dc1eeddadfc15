package nara.event;

import java.util.Optional;

/**
 * What an event says. Seven kinds, one record each, named and ordered as on the wire; an absent
 * field is an empty string or zero, as the reference reads it.
 */
public sealed interface Payload
    permits Social, Ping, Observation, HeyThere, Chau, Seen, Checkpoint {

  /** The service whose events carry this payload. */
  Service service();

  /** The text that id and signature are computed over. */
  String content();

  /** Why the payload breaks the wire contract's validity rules; empty when it is valid. */
  Optional<String> validationError();

  /** Who acts: the name that a subject filter compares; empty when nobody does. */
  String actor();

  /** Whom it is about: the other name that a subject filter compares. */
  String target();

  /** A fault when a required text is empty. */
  private static Optional<String> missing(String field, String value) {
    return value.isEmpty() ? Optional.of("no " + field) : Optional.empty();
  }

  /** The first missing one of the required fields, given as name, value, name, value … */
  static Optional<String> firstMissing(String... namesAndValues) {
    for (int i = 0; i < namesAndValues.length; i += 2) {
      Optional<String> fault = missing(namesAndValues[i], namesAndValues[i + 1]);
      if (fault.isPresent()) {
        return fault;
      }
    }
    return Optional.empty();
  }
}
