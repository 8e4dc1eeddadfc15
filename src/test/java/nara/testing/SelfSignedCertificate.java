package nara.testing;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

/**
 * A certificate for 127.0.0.1 and localhost that is its own authority.
 *
 * @param folder of its files
 */
public record SelfSignedCertificate(Path folder) {
  static final String STORE_PASSWORD = "changeit";
  private static final String ALIAS = "own";

  /** Makes one in an empty folder. */
  public static SelfSignedCertificate make(Path folder) throws IOException {
    SelfSignedCertificate made = new SelfSignedCertificate(folder);
    Mosquitto.run(
        Path.of(System.getProperty("java.home"), "bin", "keytool"),
        "-genkeypair",
        "-keystore",
        made.trustStore().toString(),
        "-storetype",
        "PKCS12",
        "-storepass",
        STORE_PASSWORD,
        "-alias",
        ALIAS,
        "-keyalg",
        "EC",
        "-dname",
        "CN=127.0.0.1",
        "-ext",
        "SAN=IP:127.0.0.1,DNS:localhost");
    char[] password = STORE_PASSWORD.toCharArray();
    try {
      KeyStore keys = KeyStore.getInstance(made.trustStore().toFile(), password);
      byte[] certificate = keys.getCertificate(ALIAS).getEncoded();
      byte[] key = keys.getKey(ALIAS, password).getEncoded();
      Files.writeString(made.certificate(), pem("CERTIFICATE", certificate));
      Files.writeString(made.key(), pem("PRIVATE KEY", key));
      // A certificate beside its own key is not trusted; on its own it is.
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, password);
      trusted.setCertificateEntry(ALIAS, keys.getCertificate(ALIAS));
      try (OutputStream out = Files.newOutputStream(made.trustStore())) {
        trusted.store(out, password);
      }
    } catch (GeneralSecurityException broken) {
      throw new IllegalStateException(broken);
    }
    return made;
  }

  /** A key store (PKCS #12) with the certificate. */
  public Path trustStore() {
    return folder.resolve("keys.p12");
  }

  /** A PEM file with the certificate. */
  public Path certificate() {
    return folder.resolve("certificate.pem");
  }

  /** A PEM file with its private key. */
  public Path key() {
    return folder.resolve("key.pem");
  }

  private static String pem(String what, byte[] content) {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return "-----BEGIN " + what + "-----\n" + base64 + "\n-----END " + what + "-----\n";
  }
}
