package nara.event;

import java.util.Optional;

/**
 * A nara says goodbye.
 *
 * @param publicKey Base64, or empty
 * @param signature of an older format, Base64
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
}
