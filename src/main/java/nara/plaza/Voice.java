package nara.plaza;

import java.nio.charset.StandardCharsets;
import java.util.List;
import nara.event.Chau;
import nara.event.Event;
import nara.event.EventWriter;
import nara.event.HeyThere;
import nara.event.Payload;
import nara.identity.Identity;

/** What this node says on the plaza, signed. Pure: time and address are given. */
final class Voice {
  private final Identity me;
  private final String version;

  Voice(Identity me, String version) {
    this.me = me;
    this.version = version;
  }

  /**
   * An announcement, as a signed hey-there event.
   *
   * @param ts Unix nanoseconds
   * @param meshAddress where the mesh reaches this node, or empty
   */
  byte[] heyThere(long ts, String meshAddress) {
    String key = me.keys().publicKey().encoded();
    return signed(ts, new HeyThere(me.name(), key, meshAddress, me.id(), ""));
  }

  /** A goodbye, as a signed chau event. */
  byte[] chau(long ts) {
    return signed(ts, new Chau(me.name(), me.keys().publicKey().encoded(), me.id(), ""));
  }

  private byte[] signed(long ts, Payload payload) {
    String id = Event.idOf(ts, payload.service(), payload.content()).toString();
    byte[] hash = Event.signedHash(id, ts, payload.service(), me.name(), payload.content());
    return EventWriter.write(id, ts, me.name(), me.id(), me.keys().signBase64(hash), payload);
  }

  /** The answer to somebody's announcement. */
  byte[] howdy(
      String to,
      long seq,
      Standing you,
      List<HowdyMessage.Acquaintance> neighbours,
      String meshAddress) {
    String text = HowdyMessage.signedText(me.name(), to, seq);
    String signature = me.keys().signBase64(text.getBytes(StandardCharsets.UTF_8));
    Status status = Status.of(me, version, meshAddress);
    return new HowdyMessage(me.name(), to, seq, you, neighbours, status.json(), status, signature)
        .json();
  }
}
