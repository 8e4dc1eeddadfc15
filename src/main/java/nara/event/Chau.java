package nara.event;

import java.util.Optional;

/**
 * A nara's goodbye.
 *
 * @param from its name
 * @param publicKey its key as Base64, or empty
 * @param id its nara id, or empty; not under the signature
 * @param signature the goodbye's own signature of an older format, as Base64
 */
public record Chau(String from, String publicKey, String id, String signature) implements Payload {

  @Override
  public Service service() {
    return Service.CHAU;
  }

  @Override
  public String content() {
    return "chau:" + from + ':' + publicKey;
  }

  @Override
  public Optional<String> validationError() {
    return Payload.firstMissing("From", from);
  }

  @Override
  public String actor() {
    return from;
  }

  @Override
  public String target() {
    return from;
  }
}
