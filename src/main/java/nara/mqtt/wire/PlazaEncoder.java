package nara.mqtt.wire;

import java.nio.charset.StandardCharsets;
import java.util.List;
import nara.identity.Identity;
import nara.profile.Status;

/** Encodes and signs this node's messages on the plaza. */
public final class PlazaEncoder {
  private final Identity me;

  public PlazaEncoder(Identity me) {
    this.me = me;
  }

  /** The response to an announcement. */
  public byte[] howdy(
      String to,
      long seq,
      HowdyObservation observation,
      List<HowdyMessage.HowdyNeighbour> neighbours,
      Status status) {
    String signature = signature(HowdyMessage.signedText(me.name(), to, seq));
    return new HowdyMessage(
            me.name(), to, seq, observation, neighbours, status.json(), status, signature)
        .json();
  }

  /** A status for everybody, signed over exactly its bytes in the message. */
  public byte[] newspaper(Status status) {
    String json = status.json();
    return new Newspaper(me.name(), json, status, signature(json)).json();
  }

  private String signature(String text) {
    return me.keys().signBase64(text.getBytes(StandardCharsets.UTF_8));
  }
}
