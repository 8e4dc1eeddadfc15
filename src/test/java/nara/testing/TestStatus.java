package nara.testing;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import nara.discovery.DiscoveryRequest.NeighbourList;
import nara.discovery.Neighbour;
import nara.status.NodeFacts;
import nara.status.NodeStatus;
import nara.status.RecoveryCounts;
import nara.trust.verifier.MeasuredVerifier.SignatureCounts;

/** States of a node, for tests of what shows them. */
public final class TestStatus {
  private TestStatus() {}

  /** A node that knows these neighbours; no other part has replied. */
  public static NodeStatus of(NodeFacts facts, List<Neighbour> neighbours) {
    return new NodeStatus(
        facts,
        Instant.now(),
        Optional.empty(),
        new RecoveryCounts(0, 0, OptionalLong.empty(), Map.of(), 0, 0, 0, 0, Map.of()),
        Optional.of(new NeighbourList(neighbours, List.of())),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        new SignatureCounts(0, 0, 0),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }
}
