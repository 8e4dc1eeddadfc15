package nara.journey;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import nara.event.Signatures;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.identity.Identity;
import nara.identity.PublicKey;
import nara.trust.verifier.SignatureCheck;
import nara.trust.verifier.SignatureVerifier;

/** Makes journeys as hostile naras do, and tells which of their hops are false. */
public final class JourneyForgery {
  private JourneyForgery() {}

  /** The journey with the hop of somebody. */
  public static Journey sign(Journey journey, Identity who, long seconds) {
    return HopSignatures.sign(journey, who, seconds);
  }

  /** The same with other hops. */
  public static Journey withHops(Journey journey, List<Hop> hops) {
    return new Journey(journey.id(), journey.message(), journey.originator(), hops);
  }

  /** What the originator would publish. */
  public static byte[] completion(Journey journey) {
    return new JourneyCompletion(journey, journey.originator()).json();
  }

  /** The journey of a message on the plaza; empty when it is none. */
  public static Optional<Journey> completed(byte[] json) {
    try {
      return Optional.of(JourneyCompletion.read(json).journey());
    } catch (MalformedJsonException malformed) {
      return Optional.empty();
    }
  }

  /**
   * The names of hops that these naras have not signed so.
   *
   * @param keyOf the true keys; a hop of somebody else says nothing
   */
  public static List<String> falseHops(
      Journey journey, Function<String, Optional<PublicKey>> keyOf, SignatureVerifier verifier) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < journey.hops().size(); i++) {
      Hop hop = journey.hops().get(i);
      Optional<PublicKey> key = keyOf.apply(hop.nara());
      if (key.isPresent()) {
        byte[] hash = HopSignatures.signedHash(journey, i);
        boolean signed =
            Signatures.decode(hop.signature())
                .map(s -> verifier.verify(List.of(new SignatureCheck(key.get(), hash, s)))[0])
                .orElse(false);
        if (!signed) {
          names.add(hop.nara());
        }
      }
    }
    return names;
  }
}
