package nara.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nara.cluster.ClusterConfig.Tls;

/**
 * Checks that the files of {@link ClusterConfig.Tls} match. With wrong files the event bus starts
 * but reaches no member, which looks like a broken network.
 */
final class TlsFiles {
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN PRIVATE KEY-----([^-]+)-----END PRIVATE KEY-----");

  private static final String NO_CERTIFICATE = " contains no PEM certificate";

  private TlsFiles() {}

  /** The first problem, for the operator. */
  static Optional<String> problem(Tls tls, Instant now) {
    List<X509Certificate> chain = certificates(tls.certificate());
    if (chain.isEmpty()) {
      return Optional.of("cluster.tls.certificate: " + tls.certificate() + NO_CERTIFICATE);
    }
    List<X509Certificate> authorities = certificates(tls.authority());
    if (authorities.isEmpty()) {
      return Optional.of("cluster.tls.authority: " + tls.authority() + NO_CERTIFICATE);
    }
    X509Certificate mine = chain.get(0);
    if (mine.getNotAfter().before(Date.from(now)) || mine.getNotBefore().after(Date.from(now))) {
      return Optional.of(
          "cluster.tls.certificate: %s is valid from %s to %s, not now; replace it"
              .formatted(
                  tls.certificate(),
                  mine.getNotBefore().toInstant(),
                  mine.getNotAfter().toInstant()));
    }
    if (chain.stream()
        .noneMatch(one -> authorities.stream().anyMatch(authority -> isSignedBy(one, authority)))) {
      return Optional.of(
          "cluster.tls.certificate: %s is not signed by the authority in %s"
              .formatted(tls.certificate(), tls.authority()));
    }
    return keyProblem(tls, mine);
  }

  private static Optional<String> keyProblem(Tls tls, X509Certificate mine) {
    try {
      Matcher pem = KEY.matcher(Files.readString(tls.key(), StandardCharsets.ISO_8859_1));
      if (!pem.find()) {
        return Optional.of(
            "cluster.tls.key: %s contains no PEM private key in PKCS 8 (BEGIN PRIVATE KEY)"
                .formatted(tls.key()));
      }
      byte[] encoded = Base64.getMimeDecoder().decode(pem.group(1));
      String algorithm = mine.getPublicKey().getAlgorithm();
      PrivateKey key =
          KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
      return isKeyPair(key, mine, signatureAlgorithm(algorithm))
          ? Optional.empty()
          : keyMismatch(tls);
    } catch (GeneralSecurityException | IllegalArgumentException mismatch) {
      return keyMismatch(tls);
    } catch (IOException unreadable) {
      return Optional.of("cluster.tls.key: %s cannot be read".formatted(tls.key()));
    }
  }

  private static Optional<String> keyMismatch(Tls tls) {
    return Optional.of(
        "cluster.tls.key: %s does not match the certificate in %s"
            .formatted(tls.key(), tls.certificate()));
  }

  private static boolean isKeyPair(PrivateKey key, X509Certificate mine, String algorithm)
      throws GeneralSecurityException {
    byte[] message = "nara".getBytes(StandardCharsets.UTF_8);
    Signature signer = Signature.getInstance(algorithm);
    signer.initSign(key);
    signer.update(message);
    Signature verifier = Signature.getInstance(algorithm);
    verifier.initVerify(mine.getPublicKey());
    verifier.update(message);
    return verifier.verify(signer.sign());
  }

  private static String signatureAlgorithm(String algorithm) {
    return switch (algorithm) {
      case "EC" -> "SHA256withECDSA";
      case "RSA" -> "SHA256withRSA";
      default -> algorithm;
    };
  }

  private static boolean isSignedBy(X509Certificate one, X509Certificate authority) {
    try {
      one.verify(authority.getPublicKey());
      return true;
    } catch (GeneralSecurityException otherSigner) {
      return one.equals(authority);
    }
  }

  private static List<X509Certificate> certificates(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      Collection<?> all = CertificateFactory.getInstance("X.509").generateCertificates(in);
      return all.stream().map(X509Certificate.class::cast).toList();
    } catch (IOException | CertificateException unreadable) {
      return List.of();
    }
  }
}
