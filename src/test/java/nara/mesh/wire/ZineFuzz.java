package nara.mesh.wire;

import static nara.mesh.wire.EventListFuzz.BART;
import static nara.mesh.wire.EventListFuzz.MAX_EVENTS;
import static nara.mesh.wire.EventListFuzz.utf8;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import nara.event.Event;
import nara.event.ReadResult.ParsedEvent;
import nara.event.json.EventReader;
import nara.fuzz.FuzzTarget;
import nara.fuzz.Property;
import nara.testing.Citizen;
import nara.testing.Vectors;

/** Arbitrary bytes as a zine. */
public final class ZineFuzz implements FuzzTarget {
  private static final byte[] GENUINE =
      Zine.write(
          BART.identity(),
          List.of(Citizen.read(BART.tease(5, "lisa")).event(), Citizen.read(BART.chau(6)).event()),
          1_800_000_000);

  private final EventReader reader = new EventReader();
  private final List<String> genuineIds;

  public ZineFuzz() {
    try {
      genuineIds = claimedIds(Zine.read(GENUINE, MAX_EVENTS));
    } catch (MeshException impossible) {
      throw new AssertionError(impossible);
    }
  }

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    seeds.add(GENUINE);
    seeds.add(Zine.write(BART.identity(), List.<Event>of(), 1_800_000_000));
    for (JsonNode exchange : Vectors.json("http.json").get("exchanges")) {
      if (exchange.get("request").path("path").asText().contains("gossip")) {
        seeds.add(utf8(exchange.get("request").path("body").asText()));
      }
    }
    return seeds;
  }

  @Override
  public void run(byte[] body) {
    try {
      Zine zine = Zine.read(body, MAX_EVENTS);
      EventListFuzz.check(body, zine.events(), reader);
      EventListFuzz.compare(body, zine.from(), "events", zine.events());
      Optional<String> fault = zine.fault("bart", BART.key(), EventListFuzz.VERIFIER);
      EventListFuzz.fault(fault);
      // The fuzzer has no key: what it can read of what passes was signed.
      if (fault.isEmpty()) {
        Property.holds(
            genuineIds.containsAll(claimedIds(zine)),
            "only signed lists of ids are accepted: " + claimedIds(zine));
      }
      checkWrittenAgain(zine);
    } catch (MeshException refusal) {
      EventListFuzz.refused(refusal);
    }
  }

  private List<String> claimedIds(Zine zine) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < zine.events().size(); i++) {
      if (zine.events().read(i, reader) instanceof ParsedEvent parsed) {
        ids.add(parsed.claimedId());
      }
    }
    return ids;
  }

  /** The events of a zine, in a zine of ours: the same bytes, signed by us. */
  private void checkWrittenAgain(Zine zine) throws MeshException {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < zine.events().size(); i++) {
      if (zine.events().read(i, reader) instanceof ParsedEvent parsed) {
        events.add(parsed.event());
      }
    }
    Zine ours = Zine.read(Zine.write(BART.identity(), events, zine.createdAt()), MAX_EVENTS);
    Property.equal(ours.events().size(), events.size(), "events that are relayed");
    for (int i = 0; i < events.size(); i++) {
      Property.holds(ours.events().isSame(i, events.get(i).json()), "relayed bytes are the same");
      Property.holds(Arrays.equals(events.get(i).json(), bytes(ours, i)), "and are cut alike");
    }
    EventListFuzz.fault(ours.fault("bart", BART.key(), EventListFuzz.VERIFIER));
    Property.equal(
        ours.fault("bart", BART.key(), EventListFuzz.VERIFIER), Optional.empty(), "our signature");
  }

  private static byte[] bytes(Zine zine, int i) {
    var span = zine.events().spans().get(i);
    return Arrays.copyOfRange(zine.events().json(), span.offset(), span.offset() + span.length());
  }
}
