package nara.web.reference;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Request;
import nara.bus.Timeouts;
import nara.discovery.DiscoveryRequest;
import nara.discovery.DiscoveryRequest.NeighbourList;
import nara.discovery.Neighbour;
import nara.gossip.GossipRequest;
import nara.gossip.GossipRequest.ContactTimes;
import nara.identity.Personality;
import nara.identity.PublicKey;
import nara.ledger.InspectionRequest;
import nara.ledger.InspectionRequest.SubjectDescription;
import nara.opinion.OpinionRequest;
import nara.opinion.OpinionRequest.OwnHistory;
import nara.profile.EventStore;
import nara.profile.HostStats;
import nara.profile.Status;
import nara.social.SocialRequest;
import nara.social.SocialRequest.CurrentStatus;
import nara.social.SocialRequest.StatusList;
import nara.status.NodeFacts;

/**
 * Reads what this node knows of all naras from the parts of the node. Readers of all naras at the
 * same time share one read. Parts that do not reply count as knowing nothing.
 */
public final class NetworkReader {
  /** Naras in one response: those online first. Strangers can announce any number. */
  public static final int MAX_NARAS = 1_000;

  private final Bus bus;
  private final NodeFacts facts;
  private Future<List<KnownNara>> running = Future.succeededFuture();

  public NetworkReader(Vertx vertx, NodeFacts facts) {
    this.bus = Bus.of(vertx);
    this.facts = facts;
  }

  /** The naras by name, and this node last. */
  Future<List<KnownNara>> all() {
    if (running.isComplete()) {
      running = read(Optional.empty());
    }
    return running;
  }

  /** One nara; empty when it is not known. */
  Future<Optional<KnownNara>> find(String name) {
    return read(Optional.of(name)).map(found -> found.stream().findFirst());
  }

  /** The names of naras, this node first, then those that are online. */
  public Future<List<String>> names() {
    return parts().map(parts -> parts.names(facts.name()));
  }

  /** The ledger's facts about naras, asked in portions, so that others get their turn. */
  public Future<Map<String, SubjectDescription>> describe(List<String> names) {
    return describe(names, 0, new HashMap<>());
  }

  private Future<Map<String, SubjectDescription>> describe(
      List<String> names, int from, Map<String, SubjectDescription> found) {
    if (from >= names.size()) {
      return Future.succeededFuture(found);
    }
    int to = Math.min(names.size(), from + InspectionRequest.MAX_SUBJECTS);
    return bus.request(
            InspectionRequest.ADDRESS,
            new InspectionRequest.DescribeSubjects(List.copyOf(names.subList(from, to)), now()),
            Timeouts.STATUS)
        .compose(
            part -> {
              found.putAll(part.bySubject());
              return describe(names, to, found);
            });
  }

  private Future<List<KnownNara>> read(Optional<String> only) {
    return parts()
        .compose(
            parts -> {
              List<String> names =
                  parts.names(facts.name()).stream()
                      .filter(name -> only.isEmpty() || only.get().equals(name))
                      .toList();
              return describe(names)
                  .otherwise(Map.of())
                  .map(described -> naras(parts, names, described));
            });
  }

  private List<KnownNara> naras(
      Parts parts, List<String> names, Map<String, SubjectDescription> described) {
    List<KnownNara> naras = new ArrayList<>();
    names.stream()
        .sorted(
            Comparator.comparing((String name) -> name.equals(facts.name()))
                .thenComparing(Comparator.naturalOrder()))
        .forEach(
            name ->
                naras.add(
                    name.equals(facts.name())
                        ? self(parts)
                        : other(name, parts, described.get(name))));
    return naras;
  }

  private KnownNara self(Parts parts) {
    OwnHistory history =
        parts.ownHistory.orElseGet(
            () -> {
              long started = facts.startedAt().getEpochSecond();
              return new OwnHistory(started, 0, started, 0);
            });
    return new KnownNara(
        facts.name(),
        true,
        parts
            .own
            .map(CurrentStatus::status)
            .orElseGet(() -> unpublished(facts.version(), "", facts.id(), "")),
        "ONLINE",
        now(),
        history.lastRestart(),
        history.startTime(),
        history.restarts());
  }

  private static KnownNara other(String name, Parts parts, SubjectDescription description) {
    Neighbour neighbour = parts.byName.get(name);
    Status status = parts.statuses.map(StatusList::byName).orElse(Map.of()).get(name);
    boolean reported = description != null && description.lastReport().isPresent();
    boolean answers = neighbour != null && neighbour.online();
    long contact = parts.contacts.map(times -> times.lastContact(name)).orElse(0L);
    long report =
        reported ? Math.floorDiv(description.lastReport().get().atNanos(), 1_000_000_000L) : 0;
    return new KnownNara(
        name,
        false,
        status == null ? unpublished(neighbour) : status,
        reported ? description.summary().status() : answers ? "ONLINE" : "",
        Math.max(contact, report),
        description == null ? 0 : description.summary().opinion().lastRestart(),
        description == null ? 0 : description.summary().opinion().startTime(),
        description == null ? 0 : description.summary().opinion().restarts());
  }

  /** What is known of a nara without a newspaper. */
  private static Status unpublished(Neighbour neighbour) {
    return unpublished(
        "",
        neighbour.key().map(PublicKey::encoded).orElse(""),
        neighbour.id(),
        neighbour.address());
  }

  private static Status unpublished(String version, String key, String id, String address) {
    return new Status(
        Status.Look.NONE,
        HostStats.NONE,
        0,
        0,
        new Personality(0, 0, 0),
        version,
        "",
        key,
        id,
        !address.isEmpty(),
        address,
        Optional.empty(),
        "",
        EventStore.NONE,
        Status.Memory.NONE,
        Status.StashCounts.NONE);
  }

  /** The replies of the parts. */
  private record Parts(
      Map<String, Neighbour> byName,
      Optional<CurrentStatus> own,
      Optional<StatusList> statuses,
      Optional<ContactTimes> contacts,
      Optional<OwnHistory> ownHistory) {
    List<String> names(String self) {
      Set<String> names = new LinkedHashSet<>();
      names.add(self);
      byName.values().stream()
          .sorted(Comparator.comparing((Neighbour n) -> !n.online()).thenComparing(Neighbour::name))
          .map(Neighbour::name)
          .forEach(names::add);
      names.addAll(statuses.map(StatusList::byName).orElse(Map.of()).keySet());
      return names.stream().limit(MAX_NARAS).toList();
    }
  }

  private Future<Parts> parts() {
    Future<Optional<NeighbourList>> neighbours =
        ask(DiscoveryRequest.ADDRESS, new DiscoveryRequest.ListNeighbours());
    Future<Optional<CurrentStatus>> own =
        ask(SocialRequest.ADDRESS, new SocialRequest.GetOwnStatus());
    Future<Optional<StatusList>> statuses =
        ask(SocialRequest.ADDRESS, new SocialRequest.ListStatuses());
    Future<Optional<ContactTimes>> contacts =
        ask(GossipRequest.ADDRESS, new GossipRequest.GetContactTimes());
    Future<Optional<OwnHistory>> history =
        ask(OpinionRequest.ADDRESS, new OpinionRequest.GetOwnHistory());
    return Future.join(neighbours, own, statuses, contacts, history)
        .map(
            all ->
                new Parts(
                    neighbours.result().map(NeighbourList::byName).orElseGet(LinkedHashMap::new),
                    own.result(),
                    statuses.result(),
                    contacts.result(),
                    history.result()));
  }

  private <R extends BusMessage> Future<Optional<R>> ask(String address, Request<R> request) {
    return bus.request(address, request, Timeouts.STATUS)
        .map(Optional::of)
        .otherwise(Optional.empty());
  }

  private long now() {
    return facts.clock().instant().getEpochSecond();
  }
}
