package nara.ledger.retention;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.EventId;
import nara.event.Observation;
import nara.event.Ping;
import nara.event.Social;
import nara.event.Verdict;
import nara.event.Voters;
import nara.identity.PublicKey;
import nara.identity.Standing;
import nara.ledger.LedgerConfig;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.ledger.PersonalityFilter;
import nara.ledger.index.EventVariants;
import nara.ledger.index.FormOrder;
import nara.ledger.index.StoredEvent;
import nara.ledger.retention.EventRanks.Priority;

/** The retention rules applied naively: to all events at once, by sorting and cutting. */
public final class ReferenceRetention {
  private final LedgerConfig config;
  private final int fairFrom;
  private final Standing.Lookup standings;
  private final FormOrder order;

  public ReferenceRetention(LedgerConfig config, int fairFrom, Standing.Lookup standings) {
    this.config = config;
    this.fairFrom = fairFrom;
    this.standings = standings;
    this.order = new FormOrder(config.owner(), standings);
  }

  public List<String> content(List<JudgedEvent> offered) {
    List<StoredEvent> kept = distinctVariants(offered);
    Map<String, Long> covered = new HashMap<>();
    for (StoredEvent storedEvent : acceptable(offered)) {
      if (storedEvent.event().payload() instanceof Checkpoint c
          && isBacked(storedEvent, Standing.ESTABLISHED)) {
        covered.merge(c.subject(), c.asOfTime(), Math::max);
      }
    }
    kept.sort(lowestFirst().reversed());
    Set<StoredEvent> gone = new HashSet<>();
    for (List<StoredEvent> pings :
        groups(kept, h -> h.event().payload() instanceof Ping p ? p.target() : null)) {
      gone.addAll(pings.subList(Math.min(5, pings.size()), pings.size()));
    }
    Set<StoredEvent> surplus = new HashSet<>();
    for (List<StoredEvent> pair :
        groups(
            kept,
            h ->
                h.event().payload() instanceof Observation o ? PairObservations.Key.of(o) : null)) {
      for (StoredEvent beyond : pair.subList(Math.min(20, pair.size()), pair.size())) {
        Observation o = (Observation) beyond.event().payload();
        boolean stays =
            o.type().equals(Observation.RESTART)
                && o.startTime() > covered.getOrDefault(o.subject(), Long.MIN_VALUE);
        (stays ? surplus : gone).add(beyond);
      }
    }
    kept.removeAll(gone);
    prune(kept, surplus);

    Map<EventId, StoredEvent> visible = new LinkedHashMap<>();
    for (StoredEvent storedEvent : kept) {
      visible.merge(
          storedEvent.event().id(), storedEvent, (a, b) -> compareVariants(a, b) <= 0 ? a : b);
    }
    return visible.values().stream()
        .map(StoredEvent::event)
        .sorted(StoredEvent::compare)
        .map(e -> new String(e.json(), StandardCharsets.UTF_8))
        .toList();
  }

  private List<StoredEvent> acceptable(List<JudgedEvent> offered) {
    List<StoredEvent> forms = new ArrayList<>();
    for (JudgedEvent judgedEvent : offered) {
      Event e = judgedEvent.event();
      boolean bad = e.payload() instanceof Checkpoint c && c.isKnownBad();
      if (e.payload().validationError().isEmpty()
          && !bad
          && new PersonalityFilter(config).accepts(e)) {
        forms.add(StoredEvent.of(e, judgedEvent.verdict(), judgedEvent.voters()));
      }
    }
    return forms;
  }

  private boolean isBacked(StoredEvent checkpoint, Standing least) {
    Set<PublicKey> keys = new HashSet<>();
    for (Voters.Voter voter : checkpoint.voters().valid()) {
      if (standings.standing(voter.name()).compareTo(least) >= 0) {
        keys.add(voter.key());
      }
    }
    return !checkpoint.voters().examined() || keys.size() > 1;
  }

  private List<StoredEvent> distinctVariants(List<JudgedEvent> offered) {
    List<StoredEvent> forms = acceptable(offered);
    // The order of forms means nothing between different ids.
    forms.sort(
        Comparator.comparing((StoredEvent form) -> form.event().id())
            .thenComparing(this::compareVariants));
    List<StoredEvent> distinct = new ArrayList<>();
    Map<EventId, List<StoredEvent>> byId = new HashMap<>();
    for (StoredEvent form : forms) {
      List<StoredEvent> same = byId.computeIfAbsent(form.event().id(), id -> new ArrayList<>());
      if (same.stream().noneMatch(s -> EventVariants.isSameVariant(s.event(), form.event()))) {
        same.add(form);
        distinct.add(form);
      }
    }
    return distinct;
  }

  /**
   * Removes one event after another, as the rules say.
   *
   * @param kept highest first
   */
  private void prune(List<StoredEvent> kept, Set<StoredEvent> surplus) {
    int max = config.maxEvents();
    int total;
    while ((total = kept.size() - count(kept, surplus::contains)) >= max) {
      Predicate<StoredEvent> counted = h -> !surplus.contains(h);
      int unknown = count(kept, counted.and(h -> isOf(h, Standing.UNKNOWN)));
      int known = count(kept, counted.and(h -> isOf(h, Standing.KNOWN)));
      int vouched = count(kept, counted.and(h -> isOf(h, Standing.VOUCHED)));
      int observed = count(kept, counted.and(this::isOfLower));
      StoredEvent lowest;
      if (count(kept, ReferenceRetention::isPing) > max / 64) {
        lowest = kept.reversed().stream().filter(ReferenceRetention::isPing).findFirst().get();
      } else if (unknown > max / 20) {
        lowest = lowest(kept, surplus, h -> isOf(h, Standing.UNKNOWN));
      } else if (unknown + known > max / 4) {
        lowest = lowest(kept, surplus, h -> isOf(h, Standing.KNOWN));
      } else if (unknown + known + vouched + observed > max / 2) {
        lowest =
            vouched > max / 4 || observed <= max / 8
                ? lowest(kept, surplus, h -> isOf(h, Standing.VOUCHED))
                : lowest(kept, surplus, this::isOfLower);
      } else if (count(kept, counted.and(this::isOwn)) > max / 4) {
        lowest = lowest(kept, surplus, this::isOwn);
      } else {
        lowest = lowest(kept, surplus, h -> isOf(h, Standing.ESTABLISHED));
        boolean isProtected =
            rank(lowest) >= (authorsFirst() ? 200 : 100)
                && priority(lowest).compareTo(Priority.FIRST_SEEN) >= 0;
        if (isProtected && excess(kept, surplus, inHouseOf(lowest)) == 0) {
          return;
        }
      }
      if (total == max && !surplus.contains(lowest)) {
        return;
      }
      kept.remove(lowest);
    }
  }

  /** The lowest event of the largest share of the largest voucher set. */
  private StoredEvent lowest(
      List<StoredEvent> kept, Set<StoredEvent> surplus, Predicate<StoredEvent> group) {
    Comparator<StoredEvent> lowest =
        Comparator.<StoredEvent>comparingInt(this::rank)
            .thenComparingLong(Share::retentionTime)
            .thenComparing(h -> shareOf(h));
    List<StoredEvent> lowestOfHouses = new ArrayList<>();
    for (List<StoredEvent> set : groups(kept, h -> group.test(h) ? voucherSet(h) : null)) {
      List<StoredEvent> lowestOfShares =
          groups(set, h -> shareOf(h)).stream().map(List::getLast).toList();
      ToIntFunction<StoredEvent> size = h -> excess(kept, surplus, inShareOf(h));
      lowestOfHouses.add(
          Collections.min(
              lowestOfShares, Comparator.comparingInt(size).reversed().thenComparing(lowest)));
    }
    ToIntFunction<StoredEvent> size = h -> excess(kept, surplus, inHouseOf(h));
    return Collections.min(
        lowestOfHouses,
        Comparator.comparingInt(size)
            .reversed()
            .thenComparing((a, b) -> size.applyAsInt(a) > 0 ? 0 : lowest.compare(a, b))
            .thenComparing(this::voucher)
            .thenComparing(h -> shareOf(h)));
  }

  /** The events of a share or a voucher set beyond the fair number. */
  private int excess(
      List<StoredEvent> kept, Set<StoredEvent> surplus, Predicate<StoredEvent> part) {
    return Math.max(0, count(kept, part.and(h -> !isPing(h) && !surplus.contains(h))) - fairFrom);
  }

  private Predicate<StoredEvent> inShareOf(StoredEvent stored) {
    return h -> shareOf(h).equals(shareOf(stored));
  }

  private Predicate<StoredEvent> inHouseOf(StoredEvent stored) {
    return h -> voucherSet(h).equals(voucherSet(stored));
  }

  private Share.Key shareOf(StoredEvent stored) {
    return isOfLower(stored)
        ? new Share.Key(stored.event().actor(), Share.Kind.OBSERVATIONS)
        : Share.Key.of(stored.event());
  }

  /** What an established nara observed of one that is not established. */
  private boolean isOfLower(StoredEvent stored) {
    return stored.event().payload() instanceof Observation o
        && isEstablished(o.observer())
        && !isEstablished(o.subject());
  }

  private boolean isEstablished(String name) {
    return name.equals(config.owner()) || standings.standing(name) == Standing.ESTABLISHED;
  }

  /** The standing and the voucher, or the share of a nara without a voucher. */
  private Object voucherSet(StoredEvent stored) {
    Share.Key share = shareOf(stored);
    String voucher = voucher(stored);
    Object group = isOfLower(stored) ? "observed" : standings.standing(share.name());
    return voucher.isEmpty() ? share : List.of(group, voucher);
  }

  private String voucher(StoredEvent stored) {
    return isActor(stored, config.owner()) ? "" : standings.voucher(shareOf(stored).name());
  }

  private static int count(List<StoredEvent> events, Predicate<StoredEvent> which) {
    return (int) events.stream().filter(which).count();
  }

  private static boolean isPing(StoredEvent stored) {
    return stored.event().payload() instanceof Ping;
  }

  private boolean isOwn(StoredEvent stored) {
    return !isPing(stored)
        && isActor(stored, config.owner())
        && shareOf(stored).kind() == Share.Kind.ACTS;
  }

  private static boolean isActor(StoredEvent stored, String name) {
    return !name.isEmpty() && stored.event().actor().equals(name);
  }

  private boolean isOf(StoredEvent stored, Standing standing) {
    String name =
        stored.event().actor().isEmpty() ? stored.event().target() : stored.event().actor();
    return !isPing(stored)
        && !isOwn(stored)
        && !isOfLower(stored)
        && standings.standing(name) == standing;
  }

  private int compareVariants(StoredEvent a, StoredEvent b) {
    return order.compare(a, b);
  }

  private Comparator<StoredEvent> lowestFirst() {
    return Comparator.<StoredEvent>comparingInt(this::rank)
        .thenComparingLong(Share::retentionTime)
        .thenComparing(StoredEvent::event, StoredEvent::compare);
  }

  private static Priority priority(StoredEvent stored) {
    return EventRanks.priority(stored.event());
  }

  private int rank(StoredEvent stored) {
    Event event = stored.event();
    boolean authored =
        stored.verdict() == Verdict.VALID
            && !event.emitter().isEmpty()
            && event.emitter().equals(event.actor());
    if (event.payload() instanceof Ping ping) {
      return (isSupported(ping.observer()) && isSupported(ping.target())
              ? 20
              : isUnknown(ping.observer()) || isUnknown(ping.target()) ? 0 : 10)
          + (authored ? 1 : 0);
    }
    boolean trusted =
        authored
            || event.payload() instanceof Checkpoint && isBacked(stored, Standing.VOUCHED)
            || (event.target().equals(event.actor()) || isSupported(event.target()))
                && (!(event.payload() instanceof Social social)
                    || social.witness().isEmpty()
                    || isSupported(social.witness()));
    boolean signed =
        authored || event.payload() instanceof Checkpoint && isBacked(stored, Standing.VOUCHED);
    return (trusted ? 100 : 0)
        + (authorsFirst() && signed ? 100 : 0)
        + 2 * priority(stored).ordinal()
        + (authored ? 1 : 0);
  }

  private boolean authorsFirst() {
    return config.maxEvents() > fairFrom;
  }

  private boolean isUnknown(String name) {
    return !name.equals(config.owner()) && standings.standing(name) == Standing.UNKNOWN;
  }

  private boolean isSupported(String name) {
    return name.equals(config.owner()) || standings.standing(name).isSupported();
  }

  private static <K> Collection<List<StoredEvent>> groups(
      List<StoredEvent> held, Function<StoredEvent, K> key) {
    return held.stream()
        .filter(h -> key.apply(h) != null)
        .collect(Collectors.groupingBy(key))
        .values();
  }
}
