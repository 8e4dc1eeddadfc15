package nara.simulation.adversary.events;

import java.util.List;
import nara.event.Social;
import nara.identity.Identity;
import nara.simulation.adversary.Forger;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;

/** Gives more bytes than a small memory has, in few events, of itself and of other keys it made. */
public final class FatFlood implements Misbehaviour {
  private static final int EVENTS = 30;

  /** 60 KB: the limit of an event is 64 KB. */
  private static final String REASON = "fat! ".repeat(12_000);

  private final int keys;

  public FatFlood(int keys) {
    this.keys = keys;
  }

  @Override
  public void stock(HostilePeer me, List<byte[]> events) {
    for (int i = 0; i < EVENTS; i++) {
      Identity signer = i % keys == 0 ? me.identity() : Forger.impostor("fat-" + i % keys);
      long ts = me.surroundings().secondsAgo(900L * i + 5);
      events.add(Forger.heyThere(signer, ts - 1, me.address()));
      events.add(
          Forger.sign(
              signer,
              ts,
              new Social("tease", signer.name(), signer.id(), "t" + i, "", REASON, "")));
    }
  }

  @Override
  public String label() {
    return "FatFlood of " + keys;
  }
}
