package nara.simulation.adversary;

import java.util.LinkedHashMap;
import java.util.Map;
import nara.mesh.wire.Body;
import nara.mesh.wire.ResponseSignature;
import nara.mesh.wire.SignatureHeaders;

/** An answer as it goes over the wire; each part may be changed. */
public final class WireAnswer {
  /** How the bytes are sent. */
  public enum Delivery {
    WHOLE,
    /** Nothing is ever sent. */
    NEVER,
    /** A byte a second. */
    TRICKLED,
    /** The connection ends after nine tenths. */
    CUT,
    /** The connection ends before the first byte. */
    HANG_UP
  }

  private final String path;
  private int status;
  private byte[] body;
  private final Map<String, String> headers = new LinkedHashMap<>();
  private Delivery delivery = Delivery.WHOLE;

  WireAnswer(String path, int status, byte[] body) {
    this.path = path;
    this.status = status;
    this.body = body;
  }

  WireAnswer signedBy(SignatureHeaders signature) {
    headers.put(SignatureHeaders.NAME, signature.name());
    headers.put(SignatureHeaders.TIMESTAMP, signature.timestamp());
    headers.put(SignatureHeaders.SIGNATURE, signature.signature());
    return this;
  }

  /** The path of the request. */
  public String path() {
    return path;
  }

  public boolean isPing() {
    return path.equals("/ping");
  }

  public int status() {
    return status;
  }

  public byte[] body() {
    return body;
  }

  public Map<String, String> headers() {
    return headers;
  }

  public Delivery delivery() {
    return delivery;
  }

  public void set(int newStatus, byte[] newBody) {
    status = newStatus;
    body = newBody;
  }

  /** Signs the changed body as an honest peer would. */
  public void signAgain(HostilePeer me) {
    signedBy(ResponseSignature.sign(me.identity(), me.now(), Body.of(body)));
  }

  public void deliver(Delivery how) {
    delivery = how;
  }
}
