package nara.event;

import java.util.Optional;

/**
 * A nara's announcement of itself, with the key that its events are verified by.
 *
 * @param from its name
 * @param publicKey its key as Base64
 * @param meshIp its mesh address, perhaps with a port, or empty
 * @param id its nara id, or empty; not under the signature
 * @param signature the announcement's own signature of an older format, as Base64
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

  @Override
  public String target() {
    return from;
  }
}
