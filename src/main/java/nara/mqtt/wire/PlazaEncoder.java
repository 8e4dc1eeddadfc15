package nara.mqtt.wire;

import java.nio.charset.StandardCharsets;
import java.util.List;
import nara.event.Chau;
import nara.event.HeyThere;
import nara.event.json.EventWriter;
import nara.identity.Identity;

/** What this node says on the plaza, signed. Pure: time, address and status are given. */
public final class PlazaEncoder {
  private final Identity me;

  public PlazaEncoder(Identity me) {
    this.me = me;
  }

  /**
   * An announcement, as a signed hey-there event.
   *
   * @param ts Unix nanoseconds
   * @param meshAddress where the mesh reaches this node, or empty
   */
  public byte[] heyThere(long ts, String meshAddress) {
    String key = me.keys().publicKey().encoded();
    return EventWriter.writeSigned(me, ts, new HeyThere(me.name(), key, meshAddress, me.id(), ""));
  }

  /** A goodbye, as a signed chau event. */
  public byte[] chau(long ts) {
    return EventWriter.writeSigned(
        me, ts, new Chau(me.name(), me.keys().publicKey().encoded(), me.id(), ""));
  }

  /** The answer to somebody's announcement. */
  public byte[] howdy(
      String to,
      long seq,
      HowdyObservation observation,
      List<HowdyMessage.HowdyNeighbour> neighbours,
      Status status) {
    String text = HowdyMessage.signedText(me.name(), to, seq);
    String signature = signature(text);
    return new HowdyMessage(
            me.name(), to, seq, observation, neighbours, status.json(), status, signature)
        .json();
  }

  /** A status for everybody, signed over exactly the bytes that stand in the message. */
  public byte[] newspaper(Status status) {
    String json = status.json();
    return new Newspaper(me.name(), json, status, signature(json)).json();
  }

  private String signature(String text) {
    return me.keys().signBase64(text.getBytes(StandardCharsets.UTF_8));
  }
}
