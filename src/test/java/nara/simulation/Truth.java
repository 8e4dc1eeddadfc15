package nara.simulation;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nara.event.Chau;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.HeyThere;
import nara.event.ReadResult.ParsedEvent;
import nara.event.Signatures;
import nara.event.Verdict;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.simulation.machine.SimulatedHost;
import nara.testing.Citizen;
import nara.trust.EventVerifier;
import nara.trust.verifier.SignatureCheck;
import nara.trust.verifier.SignatureVerifier;

/** The true keys of all honest naras: they decide what is forged, whatever a node believes. */
final class Truth {
  private final Map<String, PublicKey> keyByName = new HashMap<>();
  private final Map<String, PublicKey> keyById = new HashMap<>();
  private final SignatureVerifier verifier;
  private final EventVerifier eventVerifier;

  Truth(List<Identity> honest, SignatureVerifier verifier) {
    this.verifier = verifier;
    Keyring keys = new Keyring();
    for (Identity nara : honest) {
      PublicKey key = nara.keys().publicKey();
      keyByName.put(nara.name(), key);
      keyById.put(nara.id(), key);
      keys.learn(nara.name(), nara.id(), key, Origin.CONFIG);
    }
    eventVerifier =
        new EventVerifier(verifier, keys, () -> SimulatedHost.START.plus(Duration.ofDays(36_500)));
  }

  /** Whether the event speaks for an honest nara that has not signed it. */
  boolean isForged(Event event) {
    return switch (event.payload()) {
      case HeyThere hey -> isForged(hey.from(), hey.publicKey());
      case Chau chau -> isForged(chau.from(), chau.publicKey());
      case Checkpoint checkpoint -> isForged(checkpoint);
      default -> keyByName.containsKey(event.emitter()) && verdict(event) == Verdict.BAD_SIGNATURE;
    };
  }

  private boolean isForged(String name, String key) {
    PublicKey trueKey = keyByName.get(name);
    return trueKey != null && !trueKey.encoded().equals(key);
  }

  private Verdict verdict(Event event) {
    ParsedEvent parsed = Citizen.read(event.json());
    return eventVerifier.verify(List.of(parsed)).getFirst().verdict();
  }

  /** Whether an honest voter is named that has not voted so, and too few have that did. */
  private boolean isForged(Checkpoint checkpoint) {
    Set<PublicKey> honestVoters = new HashSet<>();
    int strangers = 0;
    for (int i = 0; i < checkpoint.voterIds().size(); i++) {
      String id = checkpoint.voterIds().get(i);
      PublicKey key = keyById.get(id);
      Optional<byte[]> signature = Signatures.decode(checkpoint.signatures().get(i));
      if (key == null) {
        strangers++;
      } else if (signature.isPresent()
          && signed(checkpoint.attestation(id), key, signature.get())) {
        honestVoters.add(key);
      }
    }
    return honestVoters.size() + strangers < EventVerifier.MIN_VOTERS;
  }

  private boolean signed(String text, PublicKey key, byte[] signature) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return verifier.verify(List.of(new SignatureCheck(key, bytes, signature)))[0];
  }
}
