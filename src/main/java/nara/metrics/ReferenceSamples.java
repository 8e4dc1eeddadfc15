package nara.metrics;

import static nara.metrics.Family.REFERENCE_ALLOC;
import static nara.metrics.Family.REFERENCE_BUZZ;
import static nara.metrics.Family.REFERENCE_CHATTINESS;
import static nara.metrics.Family.REFERENCE_COLLECTIONS;
import static nara.metrics.Family.REFERENCE_EVENTS;
import static nara.metrics.Family.REFERENCE_GOROUTINES;
import static nara.metrics.Family.REFERENCE_HEAP;
import static nara.metrics.Family.REFERENCE_JOURNEYS;
import static nara.metrics.Family.REFERENCE_LAST_RESTART;
import static nara.metrics.Family.REFERENCE_LAST_SEEN;
import static nara.metrics.Family.REFERENCE_ONLINE;
import static nara.metrics.Family.REFERENCE_PERSONALITY;
import static nara.metrics.Family.REFERENCE_RESTARTS;
import static nara.metrics.Family.REFERENCE_STACK;
import static nara.metrics.Family.REFERENCE_START_TIME;
import static nara.metrics.Family.REFERENCE_SYS;
import static nara.metrics.Family.REFERENCE_TEASES_GIVEN;
import static nara.metrics.Family.REFERENCE_TEASES_RECEIVED;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nara.bounds.SafeText;
import nara.discovery.DiscoveryRequest.NeighbourList;
import nara.discovery.Neighbour;
import nara.event.Service;
import nara.ledger.InspectionRequest.TeaseCounts;
import nara.ledger.LedgerRequest.LedgerStats;
import nara.opinion.OpinionRequest.OwnHistory;
import nara.profile.HostStats;
import nara.profile.Status;
import nara.social.SocialRequest.StatusList;
import nara.status.NodeStatus;
import nara.status.SocialState;

/**
 * The samples of the families that the reference has, for its dashboards: this node, and its
 * neighbours up to a bound. All come from what the node holds in memory; a restart count of another
 * nara would need its events, so there is only this node's own.
 */
final class ReferenceSamples {
  private final NodeStatus status;
  private final SocialState social;
  private final Samples samples;
  private final Map<String, Integer> given;
  private final Map<String, Integer> received;

  private ReferenceSamples(NodeStatus status, SocialState social, Samples samples) {
    this.status = status;
    this.social = social;
    this.samples = samples;
    this.given = social.teases().map(TeaseCounts::byActor).orElse(Map.of());
    this.received = social.teases().map(TeaseCounts::byTarget).orElse(Map.of());
  }

  static void add(NodeStatus status, SocialState social, Samples samples) {
    ReferenceSamples all = new ReferenceSamples(status, social, samples);
    all.addSelf();
    all.addNeighbours();
  }

  private void addSelf() {
    String me = status.facts().name();
    samples.set(REFERENCE_ONLINE, 1, me);
    samples.set(REFERENCE_LAST_SEEN, status.at().getEpochSecond(), me);
    long started = status.facts().startedAt().getEpochSecond();
    OwnHistory history = social.history().orElseGet(() -> new OwnHistory(started, 0, started, 0));
    samples.set(REFERENCE_START_TIME, history.startTime(), me);
    samples.set(REFERENCE_LAST_RESTART, history.lastRestart(), me);
    samples.set(REFERENCE_RESTARTS, history.restarts(), me);
    // Without a status of its own yet, zeros: all families exist from the first second.
    addStatus(me, social.own().map(own -> own.status()).orElse(Status.unknown()));
    addTeases(me, me);
    Map<Service, Integer> events = status.ledger().map(LedgerStats::byService).orElse(Map.of());
    for (Service service : Service.values()) {
      samples.set(REFERENCE_EVENTS, events.getOrDefault(service, 0), service.wireName());
    }
    samples.set(
        REFERENCE_JOURNEYS,
        social.journeys().map(all -> all.counts().getOrDefault("journey_complete", 0L)).orElse(0L));
  }

  private void addNeighbours() {
    Map<String, Status> statuses = social.statuses().map(StatusList::byName).orElse(Map.of());
    List<Neighbour> neighbours =
        status.neighbours().map(NeighbourList::neighbours).orElse(List.of()).stream()
            .sorted(
                Comparator.comparing((Neighbour n) -> !n.online())
                    .thenComparing(n -> !statuses.containsKey(n.name()))
                    .thenComparing(Neighbour::name))
            .limit(PeerSamples.MAX_PEERS)
            .toList();
    Set<String> labels = new HashSet<>(Set.of(status.facts().name()));
    for (Neighbour neighbour : neighbours) {
      String name = neighbour.name();
      String label = SafeText.excerpt(name);
      if (!labels.add(label)) {
        continue;
      }
      samples.set(REFERENCE_ONLINE, neighbour.online(), label);
      long seen = status.contacts().map(times -> times.lastContact(name)).orElse(0L);
      if (seen > 0) {
        samples.set(REFERENCE_LAST_SEEN, seen, label);
      }
      if (statuses.containsKey(name)) {
        addStatus(label, statuses.get(name));
      }
      addTeases(label, name);
    }
  }

  private void addStatus(String label, Status of) {
    samples.set(REFERENCE_BUZZ, of.buzz(), label);
    samples.set(REFERENCE_CHATTINESS, of.chattiness(), label);
    samples.set(REFERENCE_PERSONALITY, of.personality().agreeableness(), label, "agreeableness");
    samples.set(REFERENCE_PERSONALITY, of.personality().sociability(), label, "sociability");
    samples.set(REFERENCE_PERSONALITY, of.personality().chill(), label, "chill");
    HostStats host = of.host();
    samples.set(REFERENCE_ALLOC, host.memAllocMb(), label);
    samples.set(REFERENCE_SYS, host.memSysMb(), label);
    samples.set(REFERENCE_HEAP, host.memHeapMb(), label);
    samples.set(REFERENCE_STACK, host.memStackMb(), label);
    samples.set(REFERENCE_GOROUTINES, host.goroutines(), label);
    samples.set(REFERENCE_COLLECTIONS, Math.max(0, host.collections()), label);
  }

  private void addTeases(String label, String name) {
    samples.set(REFERENCE_TEASES_GIVEN, given.getOrDefault(name, 0), label);
    samples.set(REFERENCE_TEASES_RECEIVED, received.getOrDefault(name, 0), label);
  }
}
