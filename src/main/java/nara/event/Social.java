package nara.event;

import java.util.Optional;
import java.util.Set;
import nara.bounds.SafeText;

/**
 * Something social between two naras: a tease, a piece of gossip.
 *
 * @param type tease, observed, gossip, observation or service
 * @param actor the name of who did it
 * @param actorId the actor's nara id, or empty; not under the signature
 * @param target the name of whom it was done to
 * @param targetId the target's nara id, or empty; not under the signature
 * @param reason why, or empty
 * @param witness who saw it, or empty
 */
public record Social(
    String type,
    String actor,
    String actorId,
    String target,
    String targetId,
    String reason,
    String witness)
    implements Payload {
  private static final Set<String> TYPES =
      Set.of("tease", "observed", "gossip", "observation", "service");

  @Override
  public Service service() {
    return Service.SOCIAL;
  }

  @Override
  public String content() {
    return type + ':' + actor + ':' + target + ':' + reason + ':' + witness;
  }

  @Override
  public Optional<String> validationError() {
    if (!TYPES.contains(type)) {
      return Optional.of("unknown social type '" + SafeText.excerpt(type) + "'");
    }
    return Payload.firstMissing("actor", actor, "target", target);
  }
}
