package nara.simulation.adversary.events;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.Misbehaviour;
import nara.testing.Altered;

/** Gives honest events with another id, another text, a missing field, or as no JSON object. */
public final class BrokenEvents implements Misbehaviour {
  private static final String NO_OBJECT = "[1,2]";

  @Override
  public void stock(HostilePeer me, List<byte[]> events) {
    int size = events.size();
    for (int i = 0; i < Math.min(40, size); i++) {
      String json = new String(events.get(me.random().nextInt(size)), UTF_8);
      if (json.equals(NO_OBJECT)) {
        // The peer draws misbehaviours, and may have drawn this one twice.
        continue;
      }
      String broken =
          switch (i % 5) {
            case 0 -> Altered.id(json);
            case 1 -> json.replace("\"ts\":1", "\"ts\":2");
            case 2 -> json.replace("\"svc\":", "\"svx\":");
            case 3 -> NO_OBJECT;
            default -> json.replace("\"emitter\":\"", "\"emitter\":\"x");
          };
      events.add(broken.getBytes(UTF_8));
    }
  }
}
