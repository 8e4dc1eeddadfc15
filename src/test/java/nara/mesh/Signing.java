package nara.mesh;

import java.net.http.HttpRequest;
import java.time.Instant;
import nara.testing.Citizen;

/** Signs requests of tests and benches that use the JDK's client. */
public final class Signing {
  private Signing() {}

  /** Puts the three headers on a request. */
  public static void sign(Citizen who, String method, String path, HttpRequest.Builder request) {
    SignedHeaders headers = RequestSignature.sign(who.identity(), Instant.now(), method, path);
    request
        .header(SignedHeaders.NAME, headers.name())
        .header(SignedHeaders.TIMESTAMP, headers.timestamp())
        .header(SignedHeaders.SIGNATURE, headers.signature());
  }
}
