package nara.simulation.adversary;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import nara.event.HeyThere;
import nara.event.Payload;
import nara.event.json.EventWriter;
import nara.identity.Identity;
import nara.testing.Citizen;

/**
 * Signs events with keys that hostile peers made themselves. All hostile peers share these keys:
 * they work together. Each event is signed once in a process.
 */
public final class Forger {
  private static final int MAX_CACHED = 50_000;
  private static final Map<Draft, byte[]> SIGNED = new ConcurrentHashMap<>();
  private static final Map<String, Identity> IMPOSTORS = new ConcurrentHashMap<>();

  private Forger() {}

  private record Draft(String key, String emitter, long ts, Payload payload) {}

  /** Somebody who uses a name, with a key of its own. */
  public static Identity impostor(String name) {
    return IMPOSTORS.computeIfAbsent(name, each -> Citizen.impostor(each).identity());
  }

  /** The signed JSON of an event. */
  public static byte[] sign(Identity signer, long ts, Payload payload) {
    if (SIGNED.size() > MAX_CACHED) {
      SIGNED.clear();
    }
    return SIGNED.computeIfAbsent(
        new Draft(signer.keys().publicKey().encoded(), signer.name(), ts, payload),
        draft -> EventWriter.writeSigned(signer, ts, payload));
  }

  /** The announcement of a key. */
  public static byte[] heyThere(Identity who, long ts, String address) {
    return sign(
        who, ts, new HeyThere(who.name(), who.keys().publicKey().encoded(), address, who.id(), ""));
  }
}
