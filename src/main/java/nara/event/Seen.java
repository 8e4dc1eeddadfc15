package nara.event;

import java.util.Optional;

/**
 * That one nara noticed another to be there.
 *
 * @param observer the name of who noticed
 * @param observerId its nara id, or empty; not under the signature
 * @param subject the name of who was there
 * @param subjectId its nara id, or empty; not under the signature
 * @param via how it was noticed: zine, mesh, ping, sync …
 */
public record Seen(String observer, String observerId, String subject, String subjectId, String via)
    implements Payload {

  @Override
  public Service service() {
    return Service.SEEN;
  }

  @Override
  public String content() {
    return "seen:" + observer + ':' + subject + ':' + via;
  }

  @Override
  public Optional<String> validationError() {
    return Payload.firstMissing("observer", observer, "subject", subject, "via", via);
  }

  @Override
  public String actor() {
    return observer;
  }

  @Override
  public String target() {
    return subject;
  }
}
