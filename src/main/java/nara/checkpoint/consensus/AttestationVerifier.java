package nara.checkpoint.consensus;

import java.util.List;
import java.util.Optional;
import nara.event.Signatures;
import nara.identity.Keyring;
import nara.identity.PublicKey;
import nara.trust.verifier.SignatureCheck;
import nara.trust.verifier.SignatureVerifier;

/**
 * Whether who an attestation says has signed it. The key is that of the attester's id; the name,
 * which no signature covers, must not be known to be somebody else's.
 */
final class AttestationVerifier {
  private final Keyring keys;
  private final SignatureVerifier signatureVerifier;

  AttestationVerifier(Keyring keys, SignatureVerifier signatureVerifier) {
    this.keys = keys;
    this.signatureVerifier = signatureVerifier;
  }

  /** The key that it must be signed with; empty when nobody told it. */
  Optional<PublicKey> keyOf(Attestation attestation) {
    return keys.byId(attestation.attesterId());
  }

  /**
   * Why nothing that this attester signs is taken; empty when it depends on the signature.
   *
   * @param key what {@link #keyOf} has just said: it may say otherwise the next time
   */
  Optional<RejectReason> rejectReason(Attestation attestation, Optional<PublicKey> key) {
    if (key.isEmpty()) {
      return Optional.of(RejectReason.UNKNOWN_KEY);
    }
    String name = attestation.attester();
    boolean otherOwner =
        keys.nameOf(attestation.attesterId()).filter(owner -> !owner.equals(name)).isPresent();
    boolean otherKey = keys.byName(name).filter(known -> !known.equals(key.get())).isPresent();
    return otherOwner || otherKey ? Optional.of(RejectReason.OTHER_NAME) : Optional.empty();
  }

  /** Whether the signature is that key's. Takes some hundred microseconds: on a worker thread. */
  boolean hasValidSignature(Attestation attestation, PublicKey key) {
    return Signatures.decode(attestation.signature())
        .filter(
            signature ->
                signatureVerifier
                    .verify(List.of(new SignatureCheck(key, attestation.signedBytes(), signature)))[
                    0])
        .isPresent();
  }
}
