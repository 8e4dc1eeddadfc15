package nara.ledger.retention;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import nara.event.Chau;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.HeyThere;
import nara.event.Observation;
import nara.event.Ping;
import nara.event.Seen;
import nara.event.Social;
import nara.identity.Standing;
import nara.ledger.index.Backing;
import nara.ledger.index.SortedIndex;
import nara.ledger.index.StoredEvent;
import nara.ledger.retention.PairObservations.Key;
import nara.ledger.retention.Share.Group;
import nara.ledger.retention.Share.Kind;

/**
 * Decides which events stay: the limits of pings and of observations, the maximum number and the
 * maximum size. A flood costs its sender, not the others.
 *
 * <p>Every event belongs to a {@link Share} of the nara that acted. The observations that an
 * established nara made of others that are not established are a share of their own. While the
 * ledger is full, the first of these that applies loses its lowest event:
 *
 * <ol>
 *   <li>the pings, beyond {@link #PING_PART} of the room;
 *   <li>naras without a known key, beyond {@link #UNKNOWN_PART}: names are free;
 *   <li>naras of at most one voucher, beyond {@link #UNSUPPORTED_PART} for all of them: keys are
 *       free, too;
 *   <li>naras that are not established and what established ones observed of them, beyond {@link
 *       #NOT_ESTABLISHED_PART} for all of these: honest peers pass on the announcement of any key,
 *       and so vouch for it. Vouched naras lose beyond {@link #VOUCHED_PART}, then observations
 *       beyond {@link #OBSERVED_PART}, then vouched naras;
 *   <li>this node itself, beyond {@link #OWN_PART};
 *   <li>the established naras.
 * </ol>
 *
 * Within such a group, each nara that stands on its own has a fair share, and so has each peer for
 * all naras that only this peer vouches for: otherwise one peer could multiply its share by making
 * keys. The shares of such naras are a voucher set. The voucher set with the most events loses
 * first; within it, the nara with the most events. The number counts only above {@link #FAIR_FROM}:
 * if all have fewer, the lowest event of the group goes.
 *
 * <p>{@link EventRanks} orders the events of a share; of equal ranks the oldest goes first.
 * First-seen and restarts that an established nara signed, and checkpoints, may exceed the maximum,
 * up to a hard limit and up to {@link #FAIR_FROM} of one voucher set.
 *
 * <p>A ledger of at most {@link #FAIR_FROM} events has no large share. It follows the reference:
 * the priority decides before the signature, and unsigned first-seen and restarts may exceed the
 * maximum as well.
 *
 * <p>The result is a function of the set of offered events, the standings and the vouchers, never
 * of the order of arrival. For that, the limits are nested: a pair's observations within the share
 * of the observer, a target's pings within all pings. An event that one limit removes has enough
 * events above it to be removed in any other order too. Exceptions: the hard limit and the maximum
 * size, where restarts beyond a pair's {@value PairObservations#MAX_KEPT} count as well (unsigned
 * ones go before all other events) and where one large event may take the room of several; and ids
 * with more forms than {@code EventVariants.MAX_FORMS}.
 *
 * <p>Retention asks for standing and voucher when an event arrives and again when the event is
 * about to go. So a key or a second voucher that is learned later helps the events that are still
 * stored. When the standing of a nara has changed, its observations get their share anew: restored
 * ones are there before the first ping.
 */
public final class Retention {
  private static final int PINGS_PER_TARGET = 5;

  /** Of the room for pings, one part in 64: a ping counts only until the next ones. */
  static final int PING_PART = 64;

  /**
   * Of the room for naras without a known key, one part in 20. Honest ones are there only until
   * their hey-there arrives, usually within the same recovery.
   */
  static final int UNKNOWN_PART = 20;

  /** Of the room for naras of at most one voucher, with or without a key: a quarter. */
  static final int UNSUPPORTED_PART = 4;

  /**
   * Of the room for all naras that are not established: a half. Offline naras, whose history a
   * recovery brings back, are among them. The other half is for those that respond: hosts are not
   * free.
   */
  static final int NOT_ESTABLISHED_PART = 2;

  /** Within that half, vouched naras lose events first beyond this part: a quarter of the room. */
  static final int VOUCHED_PART = 4;

  /**
   * The part of the room in that half that observations always keep: an eighth, or a quarter while
   * naras of at most one voucher leave theirs free.
   */
  static final int OBSERVED_PART = 8;

  /** Of the room for this node's own events that a flood cannot take: a quarter. */
  static final int OWN_PART = 4;

  /** A voucher set of no more events does not count as large: its events go by rank alone. */
  public static final int FAIR_FROM = 100;

  /** The least distance of the hard limit from the maximum. */
  private static final int HEADROOM = 20_000;

  private final int maxEvents;

  /** Whether the actor's signature decides before the priority. */
  private final boolean authorsFirst;

  private final long hardLimit;
  private final long maxBytes;
  private final String owner;
  private final Standing.Lookup standings;
  private final Backing backing;
  private final EventRanks ranks;
  private final Consumer<StoredEvent> onEvicted;

  private final Map<Share.Key, Share> shares = new HashMap<>();
  private final RoomUse counts = new RoomUse();
  private final RoomUse bytes = new RoomUse();
  private final ShareQueue byCount;
  private final ShareQueue byBytes = new ShareQueue(1, Share::bytes, 0);

  private final SortedIndex pings = new SortedIndex(Share.ORDER);
  private final Map<String, List<StoredEvent>> pingsByTarget = new HashMap<>();
  private final Map<Key, PairObservations> pairs = new HashMap<>();

  private final SurplusRestarts surplus = new SurplusRestarts();

  /** The latest time of any checkpoint of established voters offered so far, by subject. */
  private final Map<String, Long> coveredUntil = new HashMap<>();

  private final long[] pruned = new long[PruneReason.values().length];

  private int storedCount;

  /**
   * Rules for an empty ledger.
   *
   * @param maxEvents the maximum, which protected events may exceed
   * @param maxBytes of the JSON of all events
   * @param owner the name of this node
   * @param fairFrom usually {@link #FAIR_FROM}
   * @param onEvicted receives each stored event that has to go
   */
  public Retention(
      int maxEvents,
      long maxBytes,
      String owner,
      int fairFrom,
      Standing.Lookup standings,
      Consumer<StoredEvent> onEvicted) {
    this.maxEvents = maxEvents;
    this.authorsFirst = maxEvents > fairFrom;
    this.hardLimit = hardLimit(maxEvents);
    this.maxBytes = maxBytes;
    this.owner = owner;
    this.standings = standings;
    this.backing = new Backing(standings);
    this.ranks = new EventRanks(authorsFirst, owner, standings, backing);
    this.onEvicted = onEvicted;
    this.byCount = new ShareQueue(2, Share::counted, fairFrom);
  }

  /** The most events that a ledger with this maximum ever stores. */
  public static long hardLimit(int maxEvents) {
    return (long) maxEvents + Math.max(maxEvents, HEADROOM);
  }

  /** Adds an event under the limits of its kind; returns whether it stays. Costs O(log n). */
  public boolean admit(StoredEvent stored) {
    add(stored);
    return switch (stored.event().payload()) {
      case Ping ping -> trimPings(ping.target(), stored);
      case Observation observation -> trim(pairs.get(Key.of(observation)), stored);
      case Social social -> true;
      case HeyThere there -> true;
      case Chau chau -> true;
      case Seen seen -> true;
      case Checkpoint checkpoint -> true;
    };
  }

  /** Replaces the bytes of a stored event, by which its rank may rise. */
  public void replace(StoredEvent stored, Runnable replacement) {
    remove(stored);
    replacement.run();
    add(stored);
    if (stored.event().payload() instanceof Observation observation) {
      trim(pairs.get(Key.of(observation)), null);
    }
  }

  private void add(StoredEvent stored) {
    Event event = stored.event();
    storedCount++;
    stored.retentionRank = (byte) ranks.rankOf(stored);
    if (event.payload() instanceof Ping ping) {
      pings.add(stored);
      counts.addPings(1);
      bytes.addPings(event.json().length);
      pingsByTarget
          .computeIfAbsent(ping.target(), t -> new ArrayList<>(PINGS_PER_TARGET + 1))
          .add(stored);
      return;
    }
    if (event.payload() instanceof Observation observation) {
      PairObservations pair =
          pairs.computeIfAbsent(
              Key.of(observation), key -> new PairObservations(key, shareOf(key)));
      Share share = shares.computeIfAbsent(pair.share(), this::newShare);
      change(share, () -> share.add(stored));
      updatePair(share, pair, () -> pair.add(stored));
    } else {
      Share share = shares.computeIfAbsent(Share.Key.of(event), this::newShare);
      change(share, () -> share.add(stored));
    }
  }

  /** Forgets a stored event. */
  public void remove(StoredEvent stored) {
    Event event = stored.event();
    storedCount--;
    if (event.payload() instanceof Ping ping) {
      pings.remove(stored);
      counts.addPings(-1);
      bytes.addPings(-event.json().length);
      List<StoredEvent> ofTarget = pingsByTarget.get(ping.target());
      ofTarget.remove(stored);
      if (ofTarget.isEmpty()) {
        pingsByTarget.remove(ping.target());
      }
      return;
    }
    Share share;
    if (event.payload() instanceof Observation observation) {
      PairObservations pair = pairs.get(Key.of(observation));
      share = shares.get(pair.share());
      updatePair(share, pair, () -> pair.remove(stored));
      if (pair.isEmpty()) {
        pairs.remove(pair.key());
      }
    } else {
      share = shares.get(Share.Key.of(event));
    }
    change(share, () -> share.remove(stored));
    if (share.isEmpty()) {
      shares.remove(share.key());
    }
  }

  private Share newShare(Share.Key key) {
    Share share = new Share(key);
    share.group = groupOf(key);
    share.voucher = voucherOf(key);
    return share;
  }

  private Share.Key shareOf(Key pair) {
    boolean ofLower = isEstablished(pair.observer()) && !isEstablished(pair.subject());
    return new Share.Key(pair.observer(), ofLower ? Kind.OBSERVATIONS : Kind.ACTS);
  }

  private boolean isEstablished(String name) {
    return name.equals(owner) || standings.standing(name) == Standing.ESTABLISHED;
  }

  private Group groupOf(Share.Key key) {
    if (key.kind() == Kind.OBSERVATIONS) {
      return Group.OBSERVED;
    }
    return isOwn(key) ? Group.OWN : Group.of(standings.standing(key.name()));
  }

  private String voucherOf(Share.Key key) {
    return isOwn(key) ? "" : standings.voucher(key.name());
  }

  private boolean isOwn(Share.Key key) {
    return key.name().equals(owner) && key.kind() != Kind.CHECKPOINTS;
  }

  /** Changes a share and updates what its group uses. */
  private void change(Share share, Runnable change) {
    int countBefore = share.counted();
    long bytesBefore = share.bytes();
    change.run();
    counts.add(share.group, share.counted() - countBefore);
    bytes.add(share.group, share.bytes() - bytesBefore);
    byCount.onChanged(share);
    byBytes.onChanged(share);
  }

  /** Changes a pair and updates what is counted of its surplus restarts. */
  private void updatePair(Share share, PairObservations pair, Runnable change) {
    int before = pair.surplus();
    surplus.beforeChange(pair);
    change.run();
    surplus.afterChange(pair, before);
    int after = pair.surplus();
    if (before != after) {
      change(share, () -> share.surplusRestarts += after - before);
    }
  }

  private boolean trimPings(String target, StoredEvent newcomer) {
    List<StoredEvent> ofTarget = pingsByTarget.get(target);
    if (ofTarget.size() <= PINGS_PER_TARGET) {
      return true;
    }
    // A copy, because an event whose rank changes leaves the list and returns.
    List.copyOf(ofTarget).forEach(this::updateRank);
    StoredEvent lowest =
        Collections.min(
            ofTarget,
            (a, b) ->
                a.retentionRank != b.retentionRank
                    ? Integer.compare(a.retentionRank, b.retentionRank)
                    : Share.ORDER.ties().compare(a, b));
    return !evict(lowest, newcomer, PruneReason.KIND_LIMIT);
  }

  /** Brings a pair within its limit; returns whether the newcomer stays. */
  private boolean trim(PairObservations pair, StoredEvent newcomer) {
    boolean stays = true;
    long until = coveredUntil.getOrDefault(pair.key().subject(), Long.MIN_VALUE);
    StoredEvent excess;
    while ((excess = pair.nextToEvict(until)) != null) {
      stays &= !evict(excess, newcomer, PruneReason.KIND_LIMIT);
    }
    return stays;
  }

  /** Removes an event. Returns whether it is the newcomer, which the ledger does not store yet. */
  private boolean evict(StoredEvent stored, StoredEvent newcomer, PruneReason reason) {
    pruned[reason.ordinal()]++;
    remove(stored);
    if (stored != newcomer) {
      onEvicted.accept(stored);
    }
    return stored == newcomer;
  }

  /**
   * Lets an offered checkpoint cover the restarts before its time, when its voters are established.
   */
  public void applyCheckpoint(StoredEvent offered) {
    Checkpoint checkpoint = (Checkpoint) offered.event().payload();
    String subject = checkpoint.subject();
    Long before = coveredUntil.get(subject);
    if ((before == null || before < checkpoint.asOfTime()) && backing.isEstablished(offered)) {
      coveredUntil.put(subject, checkpoint.asOfTime());
      surplus.pairsOf(subject).forEach(pair -> trim(pair, null));
    }
  }

  /** The events that limits removed so far, or kept out. */
  public Map<PruneReason, Long> pruned() {
    Map<PruneReason, Long> byReason = new EnumMap<>(PruneReason.class);
    for (PruneReason reason : PruneReason.values()) {
      byReason.put(reason, pruned[reason.ordinal()]);
    }
    return byReason;
  }

  /** Brings the ledger down to its limits, in amortised O(log n) for each removed event. */
  public void prune() {
    while (true) {
      StoredEvent lowest;
      if (counts.total() >= maxEvents
          && (lowest = lowestByCount()) != null
          && (counts.total() > maxEvents || isSurplus(lowest))) {
        evict(lowest, null, PruneReason.MAX_EVENTS);
      } else if (bytes.total() > maxBytes || storedCount > hardLimit) {
        StoredEvent unsigned = surplus.lowestUnsigned();
        evict(unsigned == null ? lowestByBytes() : unsigned, null, PruneReason.MAX_BYTES);
      } else {
        return;
      }
    }
  }

  /**
   * Whether the lowest event of a share is a restart that does not count. A full ledger does not
   * keep it: had it arrived earlier, it would have gone before a higher event that is gone by now.
   */
  private boolean isSurplus(StoredEvent lowest) {
    return lowest.event().payload() instanceof Observation observation
        && pairs.get(Key.of(observation)).surplus() > 0;
  }

  /** The next event to remove from a ledger over its maximum; null when all are protected. */
  private StoredEvent lowestByCount() {
    if (counts.pings() > maxEvents / PING_PART) {
      return lowestPing();
    }
    ShareQueue.Place first = firstToPrune(byCount, counts, maxEvents);
    boolean mayExceed =
        first == null
            || first.group() == Group.ESTABLISHED
                && first.size() == 0
                && ranks.isProtected(first.lowestRank());
    return mayExceed ? null : first.share().lowest();
  }

  private StoredEvent lowestByBytes() {
    // Above the hard limit, the events may be small.
    long room = Math.min(maxBytes, bytes.total());
    if (bytes.pings() > room / PING_PART) {
      return lowestPing();
    }
    return firstToPrune(byBytes, bytes, room).share().lowest();
  }

  /**
   * The first group that uses more than its part of the room. Without one, the established naras
   * use what is left, which is more than nothing.
   */
  private static Group groupToPrune(RoomUse used, long room) {
    long unknown = used.of(Group.UNKNOWN);
    if (unknown > room / UNKNOWN_PART) {
      return Group.UNKNOWN;
    }
    long unsupported = unknown + used.of(Group.KNOWN);
    if (unsupported > room / UNSUPPORTED_PART) {
      return Group.KNOWN;
    }
    long vouched = used.of(Group.VOUCHED);
    long observed = used.of(Group.OBSERVED);
    if (unsupported + vouched + observed > room / NOT_ESTABLISHED_PART) {
      boolean vouchedFirst = vouched > room / VOUCHED_PART || observed <= room / OBSERVED_PART;
      return vouchedFirst ? Group.VOUCHED : Group.OBSERVED;
    }
    return used.of(Group.OWN) > room / OWN_PART ? Group.OWN : Group.ESTABLISHED;
  }

  /**
   * The share to prune, once its standing, its voucher and the rank of its lowest event are up to
   * date.
   */
  private ShareQueue.Place firstToPrune(ShareQueue queue, RoomUse used, long room) {
    while (true) {
      ShareQueue.Place first = queue.first(groupToPrune(used, room), shares.values());
      if (first == null || isUpToDate(first.share())) {
        return first;
      }
    }
  }

  private boolean isUpToDate(Share share) {
    Group now = groupOf(share.key());
    String voucher = voucherOf(share.key());
    if (now == share.group && voucher.equals(share.voucher)) {
      return !updateRank(share.lowest());
    }
    boolean regrouped = now != share.group;
    counts.add(share.group, -share.counted());
    bytes.add(share.group, -share.bytes());
    share.group = now;
    share.voucher = voucher;
    counts.add(now, share.counted());
    bytes.add(now, share.bytes());
    byCount.onChanged(share);
    byBytes.onChanged(share);
    if (regrouped) {
      share.observedPairs().forEach(pair -> assignToShare(pairs.get(pair)));
    }
    return false;
  }

  /** Moves the observations of a pair into the share where they belong by the standings of now. */
  private boolean assignToShare(PairObservations pair) {
    if (pair.share().equals(shareOf(pair.key()))) {
      return false;
    }
    List<StoredEvent> all = pair.all();
    all.forEach(this::remove);
    all.forEach(this::add);
    return true;
  }

  private StoredEvent lowestPing() {
    StoredEvent lowest = pings.first();
    while (updateRank(lowest)) {
      lowest = pings.first();
    }
    return lowest;
  }

  /**
   * Ranks a stored event by the standings of now, and assigns an observation to its share; returns
   * whether anything has changed.
   */
  private boolean updateRank(StoredEvent stored) {
    if (stored.event().payload() instanceof Observation observation
        && assignToShare(pairs.get(Key.of(observation)))) {
      return true;
    }
    if (stored.retentionRank == ranks.rankOf(stored)) {
      return false;
    }
    remove(stored);
    add(stored);
    return true;
  }

  /**
   * The time, Unix nanoseconds, before which a full ledger accepts few events other than those
   * above social ones: it prunes the largest share from there on. {@link Long#MIN_VALUE} while the
   * ledger is not full or still stores lower events, such as unsigned ones.
   */
  public long horizon() {
    if (counts.total() < maxEvents) {
      return Long.MIN_VALUE;
    }
    StoredEvent lowest = lowestByCount();
    return lowest != null
            && EventRanks.priority(lowest.event()) == EventRanks.Priority.SOCIAL
            && (lowest.isAuthored() || !authorsFirst)
        ? lowest.event().ts()
        : Long.MIN_VALUE;
  }

  /**
   * The number of observations that an observation's observer made of its subject in a span, both
   * ends included, Unix nanoseconds.
   */
  public int observationsWithin(Observation observation, long from, long to) {
    PairObservations pair = pairs.get(Key.of(observation));
    return pair == null ? 0 : pair.countWithin(from, to);
  }
}
