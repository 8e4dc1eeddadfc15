package nara.metrics;

import static nara.metrics.Family.PEERS;
import static nara.metrics.Family.PEER_BYTES;
import static nara.metrics.Family.PEER_CONTACT;
import static nara.metrics.Family.PEER_ROUND_TRIP;
import static nara.metrics.Family.PEER_SCORE;
import static nara.metrics.Family.PEER_UP;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import nara.bounds.SafeText;
import nara.discovery.DiscoveryRequest.NeighbourList;
import nara.discovery.Neighbour;
import nara.discovery.Neighbour.Source;
import nara.liveness.LivenessRequest.RoundTripTimes;
import nara.recovery.report.Report.NeighbourTotals;
import nara.status.NodeStatus;

/** The samples of the neighbours: each has its own up to a bound, the others share one. */
final class PeerSamples {
  /** Labels of peers: strangers can announce any number of naras. */
  static final int MAX_PEERS = 200;

  /** What all tables of a dashboard together know of one neighbour; NaN where nothing is known. */
  private record Peer(
      boolean online, double score, double roundTrip, double contact, double bytes) {}

  private PeerSamples() {}

  static void add(NodeStatus status, Samples samples) {
    List<Neighbour> neighbours =
        status.neighbours().map(NeighbourList::neighbours).orElse(List.of()).stream()
            .sorted(
                Comparator.comparing((Neighbour n) -> !n.sources().contains(Source.CONFIGURED))
                    .thenComparing(Neighbour::isHearsay)
                    .thenComparing(n -> !n.online())
                    .thenComparing(Neighbour::name))
            .toList();
    samples.set(PEERS, neighbours.stream().filter(Neighbour::online).count(), "online");
    samples.set(
        PEERS, neighbours.stream().filter(n -> !n.online() && !n.isHearsay()).count(), "offline");
    samples.set(
        PEERS, neighbours.stream().filter(n -> !n.online() && n.isHearsay()).count(), "hearsay");
    Map<String, Double> millis =
        status.roundTrips().map(RoundTripTimes::averageByTarget).orElse(Map.of());
    Map<String, NeighbourTotals> totals =
        status.recovery().stream()
            .flatMap(current -> current.report().neighbours().stream())
            .collect(Collectors.toMap(NeighbourTotals::name, n -> n, (one, same) -> one));
    Set<String> labels = new HashSet<>();
    List<Peer> others = new ArrayList<>();
    for (Neighbour neighbour : neighbours) {
      NeighbourTotals served = totals.get(neighbour.name());
      Peer peer =
          new Peer(
              neighbour.online(),
              served == null ? Double.NaN : served.score(),
              millis.getOrDefault(neighbour.name(), Double.NaN) / 1e3,
              lastContact(status, neighbour.name()),
              served == null ? Double.NaN : served.bytes());
      String label = SafeText.excerpt(neighbour.name());
      if (labels.size() < MAX_PEERS && !label.equals(NodeMetrics.OTHER) && labels.add(label)) {
        samples.set(PEER_UP, peer.online(), label);
        setKnown(samples, PEER_SCORE, peer.score(), label);
        setKnown(samples, PEER_ROUND_TRIP, peer.roundTrip(), label);
        setKnown(samples, PEER_CONTACT, peer.contact(), label);
        setKnown(samples, PEER_BYTES, peer.bytes(), label);
      } else {
        others.add(peer);
      }
    }
    samples.set(PEER_UP, others.stream().filter(Peer::online).count(), NodeMetrics.OTHER);
    samples.set(PEER_SCORE, mean(others, Peer::score).orElse(0), NodeMetrics.OTHER);
    samples.set(PEER_ROUND_TRIP, mean(others, Peer::roundTrip).orElse(0), NodeMetrics.OTHER);
    double contact =
        others.stream().mapToDouble(Peer::contact).filter(n -> !Double.isNaN(n)).max().orElse(0);
    samples.set(PEER_CONTACT, contact, NodeMetrics.OTHER);
    double bytes = others.stream().mapToDouble(Peer::bytes).filter(n -> !Double.isNaN(n)).sum();
    samples.set(PEER_BYTES, bytes, NodeMetrics.OTHER);
  }

  private static double lastContact(NodeStatus status, String name) {
    long seconds = status.contacts().map(times -> times.lastContact(name)).orElse(0L);
    return seconds == 0 ? Double.NaN : seconds;
  }

  private static void setKnown(Samples samples, Family family, double value, String label) {
    if (!Double.isNaN(value)) {
      samples.set(family, value, label);
    }
  }

  private static OptionalDouble mean(List<Peer> peers, ToDoubleFunction<Peer> value) {
    return peers.stream().mapToDouble(value).filter(n -> !Double.isNaN(n)).average();
  }
}
