package nara.mesh.wire;

import static nara.mesh.wire.EventListFuzz.utf8;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import nara.fuzz.FuzzTarget;
import nara.fuzz.Property;
import nara.ledger.Query;
import nara.negentropy.ItemId;
import nara.testing.Vectors;

/** Arbitrary bytes as a request for events, or for events by their hashes. */
public final class SyncRequestFuzz implements FuzzTarget {
  private static final long NOW = 1_800_000_000;

  @Override
  public List<byte[]> seeds() {
    Query.Filter filter = new Query.Filter(Set.of("ping", "seen"), Set.of("lisa"));
    List<byte[]> seeds = new ArrayList<>();
    for (Query query :
        List.of(
            new Query.Page(-5, 5_000, filter),
            new Query.Recent(7, filter),
            new Query.Sample(9, "bart", NOW, Query.Filter.ALL),
            new Query.Slice(3, 1, 4, 500, filter))) {
      seeds.add(SyncRequest.of("bart", query).write());
    }
    seeds.add(HashList.write(List.of(ItemId.sha256(new byte[1]), ItemId.sha256(new byte[2]))));
    for (JsonNode exchange : Vectors.json("http.json").get("exchanges")) {
      seeds.add(utf8(exchange.get("request").path("body").asText()));
    }
    return seeds;
  }

  @Override
  public void run(byte[] body) {
    readHashes(body);
    try {
      SyncRequest request = SyncRequest.read(body);
      Property.holds(request.services().size() <= MeshLimits.FILTER_NAMES, "services are bounded");
      Property.holds(request.subjects().size() <= MeshLimits.FILTER_NAMES, "subjects are bounded");
      Property.equal(SyncRequest.read(request.write()), request, "a request that is written again");
      Query query = request.toQuery("bart", NOW);
      checkBounds(query);
      Query again = SyncRequest.read(SyncRequest.of("bart", query).write()).toQuery("bart", NOW);
      Property.equal(again, query, "a query that is sent on");
    } catch (MeshException refusal) {
      EventListFuzz.refused(refusal);
    }
  }

  private static void checkBounds(Query query) {
    int most =
        switch (query) {
          case Query.Sample sample -> sample.size();
          case Query.Page page -> page.size();
          case Query.Recent recent -> recent.limit();
          case Query.Slice slice -> slice.maxEvents();
        };
    Property.holds(most >= 1 && most <= Query.MAX_EVENTS, "a query is for 1 to 5,000: " + most);
  }

  private static void readHashes(byte[] body) {
    try {
      List<ItemId> hashes = HashList.read(body);
      Property.holds(hashes.size() <= MeshLimits.FETCH_HASHES, "hashes are bounded");
      Property.holds(java.util.Arrays.equals(HashList.write(hashes), body), "hashes are all read");
    } catch (MeshException refusal) {
      EventListFuzz.refused(refusal);
    }
  }
}
