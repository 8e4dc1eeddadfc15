package nara.trust;

import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import nara.bus.BusMessage;
import nara.bus.Done;
import nara.bus.Request;
import nara.event.EventId;
import nara.event.Verdict;
import nara.event.json.RawEvents;
import nara.identity.Keyring;
import nara.identity.PublicKey;
import nara.identity.Witness;

/**
 * Requests to the trust verticle. All events enter the ledger through it: it skips events that are
 * held, parses and verifies the others on all cores, and merges what the policy accepts.
 *
 * @param <R> the type of the response
 */
public sealed interface TrustRequest<R extends BusMessage> extends Request<R> {
  /** The bus address of the trust verticle. */
  String ADDRESS = "nara.trust";

  /**
   * Verifies and merges events from anywhere. The response comes after the merge, so a sender that
   * waits for it has back-pressure.
   *
   * @param source from where the events come
   * @param witness where that peer is, as support for the keys that the events carry
   * @param events not parsed; nobody changes their bytes
   * @param includeHeld also verifies events whose id is held as valid: the sender knows that their
   *     bytes differ from the held ones, and the ledger keeps the better form
   */
  record OfferEvents(OfferSource source, Witness witness, RawEvents events, boolean includeHeld)
      implements TrustRequest<OfferResult> {
    /** An offer without a witness that skips events held as valid. */
    public OfferEvents(OfferSource source, RawEvents events) {
      this(source, Witness.NONE, events, false);
    }
  }

  /**
   * Merges events that this node verified before and kept under its own seal. Only those of naras
   * for which another key holds now, or none, are verified again. So this request is never for
   * events from a peer.
   *
   * @param events the JSON of each; nobody changes the bytes, which the ledger keeps
   * @param verifiedWith the key that verified the events of each name
   */
  record RestoreEvents(List<byte[]> events, Map<String, PublicKey> verifiedWith)
      implements TrustRequest<OfferResult> {}

  /**
   * The outcome of offered events.
   *
   * @param received events offered
   * @param added new in the ledger
   * @param improved held already, but in a worse form, such as without a signature; they count as
   *     duplicates, too
   * @param duplicate held already, or twice in the batch
   * @param dropped accepted by the policy, but not kept by the ledger's limits
   * @param pruned how many of the dropped ones were pruned because the ledger is full
   * @param quarantined waiting for their emitter's key
   * @param rejected refused by the policy
   * @param verdicts events by verdict; an event that was skipped as held has none
   * @param unknownEmitters names of emitters and ids of voters whose keys are missing
   */
  record OfferResult(
      int received,
      int added,
      int improved,
      int duplicate,
      int dropped,
      int pruned,
      int quarantined,
      int rejected,
      Map<Verdict, Integer> verdicts,
      Set<String> unknownEmitters)
      implements BusMessage {
    /** The outcome in a ledger that is not full and held none of the events in a worse form. */
    public OfferResult(
        int received,
        int added,
        int duplicate,
        int dropped,
        int quarantined,
        int rejected,
        Map<Verdict, Integer> verdicts,
        Set<String> unknownEmitters) {
      this(
          received,
          added,
          0,
          duplicate,
          dropped,
          0,
          quarantined,
          rejected,
          verdicts,
          unknownEmitters);
    }

    /** The outcome of no events. */
    public static final OfferResult NONE = new OfferResult(0, 0, 0, 0, 0, 0, Map.of(), Set.of());

    /** Events that were not held before, or were held in a worse form. */
    public int newlyHeld() {
      return added + improved;
    }

    /** The same without the events that wait, which count when they are verified again. */
    OfferResult withoutWaiting() {
      Map<Verdict, Integer> others = new EnumMap<>(Verdict.class);
      others.putAll(verdicts);
      others.remove(Verdict.UNKNOWN_EMITTER);
      return new OfferResult(
          received - quarantined,
          added,
          improved,
          duplicate,
          dropped,
          pruned,
          0,
          rejected,
          others,
          unknownEmitters);
    }

    /** The outcome of both batches. */
    public OfferResult plus(OfferResult other) {
      Map<Verdict, Integer> all = new EnumMap<>(Verdict.class);
      all.putAll(verdicts);
      other.verdicts.forEach((verdict, count) -> all.merge(verdict, count, Integer::sum));
      Set<String> unknown = new LinkedHashSet<>(unknownEmitters);
      unknown.addAll(other.unknownEmitters);
      return new OfferResult(
          received + other.received,
          added + other.added,
          improved + other.improved,
          duplicate + other.duplicate,
          dropped + other.dropped,
          pruned + other.pruned,
          quarantined + other.quarantined,
          rejected + other.rejected,
          Map.copyOf(all),
          Set.copyOf(unknown));
    }
  }

  /**
   * Verifies all quarantined events again. The response also counts the events that {@link
   * VerifyReleased} or an offer verified since the last such request. Events that left the ledger
   * have negative numbers: all of them as added, and those that wait now as received.
   */
  record VerifyQuarantined() implements TrustRequest<OfferResult> {}

  /**
   * Verifies the quarantined events whose missing key is known by now. Every offer does the same;
   * this request is for keys that were learned without an offer.
   */
  record VerifyReleased() implements TrustRequest<Done> {}

  /** Lists the emitters whose keys quarantined events wait for. */
  record ListUnknownEmitters() implements TrustRequest<UnknownEmitters> {}

  /**
   * The response to {@link ListUnknownEmitters}.
   *
   * @param quarantinedByName quarantined events by the emitter's name or the voter's id
   * @param contested those of these names for which several keys are claimed with equal evidence,
   *     or that are disputed: see {@link Keyring#isDisputed}
   * @param keyless those of these names for which no key is known; for the others another key holds
   */
  record UnknownEmitters(
      Map<String, Integer> quarantinedByName, Set<String> contested, Set<String> keyless)
      implements BusMessage {
    /** The events that wait because their emitter's key is contested or disputed. */
    public Map<String, Integer> contestedByName() {
      Map<String, Integer> events = new TreeMap<>(quarantinedByName);
      events.keySet().retainAll(contested);
      return events;
    }

    /** The events that wait because nobody gave a key of their emitter. */
    public Map<String, Integer> keylessByName() {
      Map<String, Integer> events = new TreeMap<>(quarantinedByName);
      events.keySet().retainAll(keyless);
      return events;
    }
  }

  /** Lists the contradictory key claims that this node has received. */
  record ListKeyConflicts() implements TrustRequest<KeyConflicts> {}

  /**
   * The response to {@link ListKeyConflicts}: see {@link Keyring#conflicts}.
   *
   * @param waiting quarantined events by name
   */
  record KeyConflicts(List<Keyring.Conflict> conflicts, Map<String, Integer> waiting)
      implements BusMessage {}

  /** A recovery begins: see {@link Keyring#openClaims}. */
  record OpenKeyClaims() implements TrustRequest<Done> {}

  /** A recovery ended: see {@link Keyring#settleClaims}. */
  record SettleKeyClaims() implements TrustRequest<Done> {}

  /** Asks from where an event came. */
  record FindArrival(EventId id) implements TrustRequest<FoundArrival> {}

  /**
   * The response to {@link FindArrival}.
   *
   * @param arrival empty if newer events displaced it, if the event waited for a key, or if another
   *     member of the cluster received it
   */
  record FoundArrival(Optional<Arrival> arrival) implements BusMessage {}

  /**
   * The oldest arrival of an event that the node remembers. The ledger may have held the event
   * before.
   */
  record Arrival(OfferSource source, Instant at) {}

  /** Asks for the sums of all offers since the start. */
  record ReadTrustTotals() implements TrustRequest<TrustTotals> {}

  /**
   * The sums of all offers since the start, and the quarantine now. An event that waited counts
   * again when it is verified again.
   *
   * @param verdicts judged events by verdict; an event that was skipped as held has none
   * @param duplicate held already, or twice in a batch
   * @param dropped accepted by the policy, but not kept by the ledger's limits; the pruned included
   * @param waitingEvents in the quarantine
   * @param waitingBytes in the quarantine
   * @param waitingKeys for which they wait
   */
  record TrustTotals(
      Map<Verdict, Long> verdicts,
      long received,
      long added,
      long duplicate,
      long dropped,
      long rejected,
      int waitingEvents,
      long waitingBytes,
      int waitingKeys)
      implements BusMessage {}
}
