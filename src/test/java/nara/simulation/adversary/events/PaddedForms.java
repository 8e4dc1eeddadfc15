package nara.simulation.adversary.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;

/** Gives honest events with white space between their tokens, in all ways that JSON allows. */
public final class PaddedForms implements Misbehaviour {
  @Override
  public void stock(HostilePeer me, List<byte[]> events) {
    for (int i = 0; i < events.size(); i++) {
      String json = new String(events.get(i), UTF_8);
      String pad = PADS[me.random().nextInt(PADS.length)];
      String padded =
          i % 2 == 0 ? '{' + pad + json.substring(1) : json.replace("\",\"", "\"," + pad + '"');
      events.set(i, padded.getBytes(UTF_8));
    }
  }

  private static final String[] PADS = {"\t", " ", "\n", "\r\n", "          "};
}
