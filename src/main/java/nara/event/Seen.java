package nara.event;

import java.util.Optional;

/**
 * One nara noticed that another one is online.
 *
 * @param via how: zine, mesh, ping, sync …
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
