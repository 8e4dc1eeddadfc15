package nara.checkpoint.consensus;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import nara.event.Signatures;
import nara.identity.Keyring;
import nara.identity.PublicKey;
import nara.trust.verifier.SignatureCheck;
import nara.trust.verifier.SignatureVerifier;

/**
 * Verifies attestations. The key is the one of the attester's id. No signature covers the
 * attester's name, so the name must not be known as another nara's.
 */
final class AttestationVerifier {
  private final Keyring keys;
  private final SignatureVerifier signatureVerifier;

  AttestationVerifier(Keyring keys, SignatureVerifier verifier) {
    this.keys = keys;
    this.signatureVerifier = verifier;
  }

  /**
   * Verifies an attestation, the signature on a worker thread: that takes some hundred
   * microseconds.
   *
   * @param check a cheaper check, made before the signature's
   * @return the attester's key; fails with a {@link RejectedException}
   */
  Future<PublicKey> verify(
      Vertx vertx, Attestation attestation, Function<PublicKey, Optional<RejectReason>> check) {
    // Read once: another thread may change the keyring.
    Optional<PublicKey> found = keyOf(attestation);
    if (found.isEmpty()) {
      return Future.failedFuture(new RejectedException(RejectReason.UNKNOWN_KEY));
    }
    PublicKey key = found.get();
    return RejectedException.check(
            isOtherName(attestation, key) ? Optional.of(RejectReason.OTHER_NAME) : check.apply(key))
        .compose(checked -> vertx.executeBlocking(() -> hasValidSignature(attestation, key)))
        .compose(
            valid ->
                valid
                    ? Future.succeededFuture(key)
                    : Future.failedFuture(new RejectedException(RejectReason.BAD_SIGNATURE)));
  }

  /** Of an id with several claimants, the key of the attester's name. */
  private Optional<PublicKey> keyOf(Attestation attestation) {
    return keys.byName(attestation.attester())
        .filter(keys.keysOfId(attestation.attesterId())::contains)
        .or(() -> keys.byId(attestation.attesterId()));
  }

  private boolean isOtherName(Attestation attestation, PublicKey key) {
    String name = attestation.attester();
    return !nameOf(attestation.attesterId()).orElse(name).equals(name)
        || !keys.byName(name).orElse(key).equals(key);
  }

  Optional<String> nameOf(String id) {
    return keys.nameOf(id);
  }

  boolean hasValidSignature(Attestation attestation, PublicKey key) {
    return Signatures.decode(attestation.signature())
        .map(signature -> new SignatureCheck(key, attestation.signedBytes(), signature))
        .filter(check -> signatureVerifier.verify(List.of(check))[0])
        .isPresent();
  }
}
