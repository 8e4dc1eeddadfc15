package nara.checkpoint;

import java.util.List;
import java.util.Optional;
import nara.event.Signatures;
import nara.identity.Keyring;
import nara.identity.PublicKey;
import nara.trust.SignatureCheck;
import nara.trust.Verifier;

/**
 * Whether who an attestation says has signed it. The key is that of the attester's id; the name,
 * which no signature covers, must not be known to be somebody else's.
 */
final class Signers {
  private final Keyring keys;
  private final Verifier verifier;

  Signers(Keyring keys, Verifier verifier) {
    this.keys = keys;
    this.verifier = verifier;
  }

  /** The key that it must be signed with; empty when nobody told it. */
  Optional<PublicKey> key(Attestation attestation) {
    return keys.byId(attestation.attesterId());
  }

  /**
   * Why nothing that this attester signs is taken; empty when it depends on the signature.
   *
   * @param key what {@link #key} has just said: it may say otherwise the next time
   */
  Optional<Refusal> refusal(Attestation attestation, Optional<PublicKey> key) {
    if (key.isEmpty()) {
      return Optional.of(Refusal.UNKNOWN_KEY);
    }
    String name = attestation.attester();
    boolean otherOwner =
        keys.nameOf(attestation.attesterId()).filter(owner -> !owner.equals(name)).isPresent();
    boolean otherKey = keys.byName(name).filter(known -> !known.equals(key.get())).isPresent();
    return otherOwner || otherKey ? Optional.of(Refusal.OTHER_NAME) : Optional.empty();
  }

  /** Whether the signature is that key's. Takes some hundred microseconds: on a worker thread. */
  boolean signed(Attestation attestation, PublicKey key) {
    return Signatures.decode(attestation.signature())
        .filter(
            signature ->
                verifier
                    .verify(List.of(new SignatureCheck(key, attestation.signedBytes(), signature)))[
                    0])
        .isPresent();
  }
}
