package nara.mesh.wire;

import java.net.http.HttpRequest;
import java.time.Instant;
import nara.testing.Citizen;

/** Signs requests of tests and benches that use the JDK's client. */
public final class TestRequestSigning {
  private TestRequestSigning() {}

  /** Puts the three headers on a request. */
  public static void sign(Citizen who, String method, String path, HttpRequest.Builder request) {
    SignatureHeaders headers = RequestSignature.sign(who.identity(), Instant.now(), method, path);
    request
        .header(SignatureHeaders.NAME, headers.name())
        .header(SignatureHeaders.TIMESTAMP, headers.timestamp())
        .header(SignatureHeaders.SIGNATURE, headers.signature());
  }
}
