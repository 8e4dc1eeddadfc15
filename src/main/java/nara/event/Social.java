package nara.event;

import java.util.Optional;
import java.util.Set;
import nara.bounds.SafeText;

/**
 * A social event between two naras: a tease, a piece of gossip.
 *
 * @param type tease, observed, gossip, observation or service
 * @param reason may be empty
 * @param witness the name of a nara that saw it, or empty
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
    return TYPES.contains(type)
        ? Payload.firstMissing("actor", actor, "target", target)
        : Optional.of("unknown social type '" + SafeText.excerpt(type) + "'");
  }
}
