package nara.trust;

import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nara.bus.BusMessage;
import nara.bus.Request;
import nara.event.Verdict;
import nara.event.json.JsonSpans;
import nara.identity.Keyring;

/**
 * What the trust verticle is asked. It is the one door into the ledger: bytes come in; known events
 * are left aside, the rest is read, judged on all cores, merged by the policy, and counted.
 *
 * @param <R> the type of the answer
 */
public sealed interface TrustRequest<R extends BusMessage> extends Request<R> {
  /** Where the trust verticle is asked. */
  String ADDRESS = "nara.trust";

  /**
   * Events as they came, to be judged and merged. The answer comes when they are merged, so whoever
   * waits for it has back-pressure.
   *
   * @param source who sent them, for the report
   * @param json the bytes that hold them; not copied and not changed by anybody
   * @param events where each event's JSON object stands in the bytes
   * @param includeHeld whether these are known to differ in their bytes from what is held, so that
   *     one whose id is held as valid is looked at all the same: the smaller bytes stay
   */
  record OfferEvents(String source, byte[] json, List<JsonSpans.Span> events, boolean includeHeld)
      implements TrustRequest<OfferResult> {
    /** Events of which nothing is known yet. */
    public OfferEvents(String source, byte[] json, List<JsonSpans.Span> events) {
      this(source, json, events, false);
    }
  }

  /**
   * Events that this node judged valid before and has had under its own seal since: read and merged
   * by the policy, with no signature verified. Never for what a peer says.
   *
   * @param json the bytes that hold them; not copied and not changed by anybody
   * @param events where each event's JSON object stands in the bytes
   */
  record RestoreEvents(byte[] json, List<JsonSpans.Span> events)
      implements TrustRequest<OfferResult> {}

  /**
   * What became of offered events.
   *
   * @param received how many were offered
   * @param added new in the ledger
   * @param duplicate held already, or twice in the batch
   * @param dropped well judged, but not kept by the ledger's limits
   * @param pruned how many of those because the ledger is full
   * @param quarantined waiting for their emitter's key
   * @param rejected refused by the policy
   * @param verdicts how many got each verdict; those held already as valid are not judged again
   * @param unknownEmitters names of emitters and ids of voters whose keys are missing
   */
  record OfferResult(
      int received,
      int added,
      int duplicate,
      int dropped,
      int pruned,
      int quarantined,
      int rejected,
      Map<Verdict, Integer> verdicts,
      Set<String> unknownEmitters)
      implements BusMessage {
    /** What became of them in a ledger that has room. */
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
          received, added, duplicate, dropped, 0, quarantined, rejected, verdicts, unknownEmitters);
    }

    /** What became of no events. */
    public static final OfferResult NONE = new OfferResult(0, 0, 0, 0, 0, 0, Map.of(), Set.of());

    /**
     * Events that were not held before, or only without their signature: whatever is judged valid
     * was not held as valid, since it would not have been judged again.
     */
    public int newlyHeld() {
      return Math.max(added, verdicts.getOrDefault(Verdict.VALID, 0) - dropped);
    }

    /** What became of these events and those. */
    public OfferResult plus(OfferResult other) {
      Map<Verdict, Integer> all = new EnumMap<>(Verdict.class);
      all.putAll(verdicts);
      other.verdicts.forEach((verdict, count) -> all.merge(verdict, count, Integer::sum));
      Set<String> unknown = new LinkedHashSet<>(unknownEmitters);
      unknown.addAll(other.unknownEmitters);
      return new OfferResult(
          received + other.received,
          added + other.added,
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
   * Judges again all that waits for keys. The answer also counts those that were judged again since
   * the last such request because their key had come.
   */
  record VerifyQuarantined() implements TrustRequest<OfferResult> {}

  /** Who is waited for. */
  record ListUnknownEmitters() implements TrustRequest<UnknownEmitters> {}

  /**
   * The answer to {@link ListUnknownEmitters}.
   *
   * @param quarantinedByName how many events wait for each emitter's key
   */
  record UnknownEmitters(Map<String, Integer> quarantinedByName) implements BusMessage {}

  /** Lists the contradictory key claims that this node has received. */
  record ListKeyConflicts() implements TrustRequest<KeyConflicts> {}

  /** The reply to {@link ListKeyConflicts}: see {@link Keyring#conflicts}. */
  record KeyConflicts(List<Keyring.Conflict> conflicts) implements BusMessage {}
}
