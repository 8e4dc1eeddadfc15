package nara.event;

import java.util.Optional;

/**
 * A nara announces itself and its key.
 *
 * @param publicKey Base64
 * @param meshIp the mesh address, perhaps with a port, or empty
 * @param signature of an older format, Base64
 */
public record HeyThere(String from, String publicKey, String meshIp, String id, String signature)
    implements Payload {

  @Override
  public Service service() {
    return Service.HEY_THERE;
  }

  @Override
  public String content() {
    return "hey_there:" + from + ':' + publicKey + ':' + meshIp;
  }

  @Override
  public Optional<String> validationError() {
    return Payload.firstMissing("From", from, "PublicKey", publicKey);
  }

  @Override
  public String actor() {
    return from;
  }
}
