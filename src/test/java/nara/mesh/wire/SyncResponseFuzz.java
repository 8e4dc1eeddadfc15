package nara.mesh.wire;

import static nara.mesh.wire.EventListFuzz.BART;
import static nara.mesh.wire.EventListFuzz.MAX_EVENTS;
import static nara.mesh.wire.EventListFuzz.utf8;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nara.event.Event;
import nara.event.json.EventReader;
import nara.event.json.JsonWriter;
import nara.fuzz.FuzzTarget;
import nara.fuzz.Property;
import nara.testing.Citizen;
import nara.testing.Vectors;

/** Arbitrary bytes as a peer's response: events, checkpoints, a key, a ping, compressed or not. */
public final class SyncResponseFuzz implements FuzzTarget {
  private static final int MAX_UNPACKED = 1 << 16;

  private final EventReader reader = new EventReader();

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    List<Event> events =
        List.of(
            Citizen.read(BART.tease(5, "lisa")).event(),
            Citizen.read(BART.heyThere(6, "10.0.0.1")).event());
    Body response = SyncResponse.write(BART.identity(), events, Optional.of(6L), 1_800_000_000);
    seeds.add(response.bytes());
    seeds.add(Gzip.compress(response));
    seeds.add(CheckpointList.write("bart", events, 7, 0, 2).bytes());
    for (JsonNode exchange : Vectors.json("http.json").get("exchanges")) {
      seeds.add(utf8(exchange.get("response").path("body").asText()));
    }
    return seeds;
  }

  @Override
  public void run(byte[] input) {
    byte[] body = unpack(input);
    readEvents(body);
    readCheckpoints(body);
    try {
      PingResponse ping = PingResponse.read(body);
      Property.holds(!ping.from().isEmpty(), "a ping names its sender");
      Property.equal(
          PeerQueryResponse.read(
              new PeerQueryResponse(ping.from(), ping.key(), ping.meshIp()).write(), ping.from()),
          new PeerQueryResponse(ping.from(), ping.key(), ping.meshIp()),
          "a key that is told on");
    } catch (MeshException refusal) {
      EventListFuzz.refused(refusal);
    }
  }

  private static byte[] unpack(byte[] input) {
    try {
      byte[] body = Gzip.decompress(input, MAX_UNPACKED);
      Property.holds(body.length <= MAX_UNPACKED, "no more bytes than allowed are unpacked");
      return body;
    } catch (MeshException notPacked) {
      EventListFuzz.refused(notPacked);
      return input;
    }
  }

  private void readEvents(byte[] body) {
    try {
      SyncResponse response = SyncResponse.read(body, MAX_EVENTS);
      EventListFuzz.check(body, response.events(), reader);
      EventListFuzz.compare(body, response.from(), "events", response.events());
      EventListFuzz.fault(response.fault("bart", BART.key(), EventListFuzz.VERIFIER));
      checkWrittenAgain(response);
    } catch (MeshException refusal) {
      EventListFuzz.refused(refusal);
    }
  }

  private static void checkWrittenAgain(SyncResponse response) throws MeshException {
    JsonWriter out = JsonWriter.begin().text("from", response.from());
    out.optional("next_cursor", response.nextCursor().map(String::valueOf).orElse(""));
    byte[] written = out.number("ts", response.ts()).text("sig", response.sig()).end().toBytes();
    SyncResponse again = SyncResponse.read(written, 0);
    Property.equal(again.from(), response.from(), "from");
    Property.equal(again.nextCursor(), response.nextCursor(), "cursor");
    Property.equal(again.ts(), response.ts(), "ts");
    Property.equal(again.sig(), response.sig(), "sig");
  }

  private void readCheckpoints(byte[] body) {
    try {
      CheckpointList list = CheckpointList.read(body);
      Property.holds(
          list.checkpoints().size() <= MeshLimits.CHECKPOINTS, "checkpoints are bounded");
      for (int i = 0; i < Math.min(list.checkpoints().size(), MAX_EVENTS); i++) {
        list.checkpoints().read(i, reader).validationError().ifPresent(Property::printable);
      }
    } catch (MeshException refusal) {
      EventListFuzz.refused(refusal);
    }
  }
}
