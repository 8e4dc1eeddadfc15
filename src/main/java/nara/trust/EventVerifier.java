package nara.trust;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.stream.IntStream;
import nara.bounds.SafeText;
import nara.event.Chau;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.HeyThere;
import nara.event.Observation;
import nara.event.Ping;
import nara.event.ReadResult;
import nara.event.ReadResult.ParsedEvent;
import nara.event.Seen;
import nara.event.Signatures;
import nara.event.Social;
import nara.event.Verdict;
import nara.event.Voters;
import nara.event.Voters.Voter;
import nara.identity.KeyLookup;
import nara.identity.KeyLookup.Contested;
import nara.identity.KeyLookup.Known;
import nara.identity.KeyLookup.Mismatch;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.identity.Witness;
import nara.trust.verifier.SignatureCheck;
import nara.trust.verifier.SignatureVerifier;

/**
 * Gives each event its verdict.
 *
 * <p>The signatures of hey-theres and chaus are verified first, because their keys are learned
 * before the other events are verified. The verdicts of a batch do not depend on the order of its
 * events.
 *
 * <p>An event that only the key of another claimant signed is not bad: it waits as {@link
 * Verdict#UNKNOWN_EMITTER} while evidence may still decide for that key.
 *
 * <p>Safe for concurrent use.
 */
public final class EventVerifier {
  /** How far an event may be ahead of this node's clock. */
  public static final Duration MAX_CLOCK_SKEW = Duration.ofMinutes(10);

  /** Distinct voters whose signatures back a checkpoint. */
  public static final int MIN_VOTERS = Voters.MIN;

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  private static final Comparator<Event> BY_TIME =
      Comparator.comparingLong(Event::ts).thenComparing(Event::id);

  private final SignatureVerifier signatureVerifier;
  private final Keyring keys;
  private final InstantSource clock;

  /**
   * @param keys the known keys; valid hey-theres add theirs
   */
  public EventVerifier(SignatureVerifier verifier, Keyring keys, InstantSource clock) {
    this.signatureVerifier = verifier;
    this.keys = keys;
    this.clock = clock;
  }

  /** Verifies a batch that no peer in particular served. */
  public List<VerificationResult> verify(List<ReadResult> batch) {
    return verify(batch, Witness.NONE);
  }

  /**
   * Learns the keys of a batch, then verifies it: one result for each event, in order.
   *
   * @param witness who served the batch, as support for the keys that its announcements carry
   */
  public List<VerificationResult> verify(List<ReadResult> batch, Witness witness) {
    long maxTimestamp = maxTimestamp();
    VerificationResult[] results = new VerificationResult[batch.size()];
    for (int i = 0; i < results.length; i++) {
      results[i] = checkStructure(batch.get(i), maxTimestamp);
    }
    if (containsAnnouncement(batch)) {
      verifySignatures(batch, results, true);
      learnKeys(results, witness);
    }
    verifySignatures(batch, results, false);
    tryRivals(results);
    markUsed(Arrays.asList(results));
    return Arrays.asList(results);
  }

  /** Notes which names have valid events, so that a stranger cannot take over their history. */
  void markUsed(List<VerificationResult> results) {
    for (VerificationResult result : results) {
      if (result.verdict() == Verdict.VALID && !isAnnouncement(result.readResult())) {
        keys.markUsed(result.event().emitter());
      }
    }
  }

  /**
   * Whether the key that verified an event before a restart still holds. The votes of a checkpoint
   * depend on no single name, so it stays.
   */
  boolean stillHolds(ReadResult result, Map<String, PublicKey> verifiedWith) {
    if (!(result instanceof ParsedEvent parsed)) {
      return false;
    }
    Event event = parsed.event();
    if (event.payload() instanceof Checkpoint) {
      return true;
    }
    String name = announcer(event);
    PublicKey before = verifiedWith.get(name);
    return before != null && keys.byName(name).filter(before::equals).isPresent();
  }

  /** Only learns the keys of the valid announcements of a batch. */
  public void learnKeys(List<ReadResult> batch) {
    verify(batch.stream().filter(EventVerifier::isAnnouncement).toList());
  }

  /**
   * Counts a peer's support for the keys of announcements that are held already, without verifying
   * them again. A key that nobody has verified gains nothing.
   */
  void support(ReadResult announcement, Witness witness) {
    if (announcement instanceof ParsedEvent parsed) {
      carriedKey(parsed.event())
          .ifPresent(carried -> keys.support(announcer(parsed.event()), carried, witness));
    }
  }

  private static boolean isAnnouncement(ReadResult result) {
    return result instanceof ParsedEvent parsed && parsed.event().service().isAnnouncement();
  }

  /** Whether the batch may bring keys that decide about its other events. */
  static boolean containsAnnouncement(List<ReadResult> batch) {
    return batch.stream().anyMatch(EventVerifier::isAnnouncement);
  }

  /** The key in an announcement; empty when it carries none. */
  private static Optional<PublicKey> carriedKey(Event event) {
    return switch (event.payload()) {
      case HeyThere hey -> PublicKey.parse(hey.publicKey());
      case Chau chau -> PublicKey.parse(chau.publicKey());
      case Social social -> Optional.empty();
      case Ping ping -> Optional.empty();
      case Observation observation -> Optional.empty();
      case Seen seen -> Optional.empty();
      case Checkpoint checkpoint -> Optional.empty();
    };
  }

  /** The nara that an announcement is about. */
  private static String announcer(Event event) {
    return switch (event.payload()) {
      case HeyThere hey -> hey.from();
      case Chau chau -> chau.from();
      case Social social -> event.emitter();
      case Ping ping -> event.emitter();
      case Observation observation -> event.emitter();
      case Seen seen -> event.emitter();
      case Checkpoint checkpoint -> event.emitter();
    };
  }

  /** The verdict, if no signature is needed for it; else null. */
  private static VerificationResult checkStructure(ReadResult result, long maxTimestamp) {
    Optional<String> error = result.validationError();
    if (error.isPresent() || !(result instanceof ParsedEvent parsed)) {
      return VerificationResult.of(result, Verdict.MALFORMED, error.orElse(""));
    }
    Event event = parsed.event();
    if (!parsed.idMatches()) {
      return VerificationResult.of(parsed, Verdict.BAD_ID, "its content has the id " + event.id());
    }
    if (event.ts() > maxTimestamp) {
      return VerificationResult.of(
          parsed, Verdict.FROM_THE_FUTURE, "more than 10 minutes ahead of this node's clock");
    }
    if (latestSeconds(event) > maxTimestamp / NANOS_PER_SECOND) {
      return VerificationResult.of(
          parsed,
          Verdict.FROM_THE_FUTURE,
          "states a time more than 10 minutes ahead of this node's clock");
    }
    if (event.isSigned() || event.payload() instanceof Checkpoint) {
      return null;
    }
    if (event.service().isAnnouncement()) {
      // It says that a nara came or left. A nara always signs that.
      return VerificationResult.of(
          parsed, Verdict.BAD_SIGNATURE, "announces a nara but carries no signature");
    }
    String reason =
        event.isSignatureMissing()
            ? "names the emitter " + SafeText.excerpt(event.emitter()) + " but carries no signature"
            : "";
    return VerificationResult.of(parsed, Verdict.UNSIGNED, reason);
  }

  /**
   * The latest time inside the payload that makes it outrank later events, Unix seconds. A
   * checkpoint or a restart that lies far ahead would be the latest one for ever.
   */
  private static long latestSeconds(Event event) {
    return switch (event.payload()) {
      case Checkpoint checkpoint -> checkpoint.asOfTime();
      case Observation observation -> Math.max(observation.startTime(), observation.lastRestart());
      case Social social -> Long.MIN_VALUE;
      case Ping ping -> Long.MIN_VALUE;
      case HeyThere there -> Long.MIN_VALUE;
      case Chau chau -> Long.MIN_VALUE;
      case Seen seen -> Long.MIN_VALUE;
    };
  }

  /**
   * Learns the keys of the valid announcements, the oldest first, and then judges these
   * announcements by the keys that hold.
   *
   * @param results without a valid event yet, except announcements
   */
  private void learnKeys(VerificationResult[] results, Witness witness) {
    int[] valid =
        IntStream.range(0, results.length)
            .filter(i -> results[i] != null && results[i].verdict() == Verdict.VALID)
            .toArray();
    Arrays.stream(valid)
        .mapToObj(i -> results[i].event())
        .sorted(BY_TIME)
        .forEach(
            event ->
                keys.learn(
                    announcer(event),
                    event.payload() instanceof HeyThere hey
                        ? hey.id()
                        : ((Chau) event.payload()).id(),
                    carriedKey(event).orElseThrow(),
                    Origin.HEY_THERE,
                    witness));
    for (int i : valid) {
      results[i] = judgeAnnouncement(results[i]);
    }
  }

  /** The result for a well signed announcement, by the key that holds for its name. */
  private VerificationResult judgeAnnouncement(VerificationResult result) {
    String name = announcer(result.event());
    PublicKey carried = carriedKey(result.event()).orElseThrow();
    KeyLookup holds = keys.lookup(name, "");
    if (holds instanceof Contested) {
      return contested(result.readResult(), name);
    }
    if (!(holds instanceof Known known) || known.key().equals(carried)) {
      return result;
    }
    return keys.isDecided(name)
        ? VerificationResult.of(
            result.readResult(),
            Verdict.BAD_SIGNATURE,
            "carries another key than the one of " + SafeText.excerpt(name) + " that holds")
        : outweighed(result.readResult(), name);
  }

  private static VerificationResult contested(ReadResult event, String name) {
    return new VerificationResult(
        event,
        Verdict.UNKNOWN_EMITTER,
        "the key of " + SafeText.excerpt(name) + " is contested",
        Set.of(name));
  }

  private static VerificationResult outweighed(ReadResult event, String name) {
    return new VerificationResult(
        event,
        Verdict.UNKNOWN_EMITTER,
        "is signed by a key of %s for which there is less evidence"
            .formatted(SafeText.excerpt(name)),
        Set.of(name));
  }

  /**
   * Lets those events wait that the key of their emitter did not sign, but another key that is
   * claimed for it.
   */
  private void tryRivals(VerificationResult[] results) {
    List<SignatureCheck> checks = new ArrayList<>();
    List<Integer> owners = new ArrayList<>();
    for (int i = 0; i < results.length; i++) {
      if (results[i].verdict() == Verdict.BAD_SIGNATURE
          && !isAnnouncement(results[i].readResult())) {
        ParsedEvent parsed = (ParsedEvent) results[i].readResult();
        Event event = parsed.event();
        Optional<byte[]> signature = event.signature();
        if (signature.isPresent()
            && keys.lookup(event.emitter(), event.emitterId()) instanceof Known known) {
          for (PublicKey rival : known.rivals()) {
            checks.add(new SignatureCheck(rival, parsed.signableHash(), signature.get()));
            owners.add(i);
          }
        }
      }
    }
    boolean[] accepted = checks.isEmpty() ? new boolean[0] : signatureVerifier.verify(checks);
    for (int c = 0; c < accepted.length; c++) {
      if (accepted[c]) {
        VerificationResult result = results[owners.get(c)];
        results[owners.get(c)] = outweighed(result.readResult(), result.event().emitter());
      }
    }
  }

  /** Completes the results that are still null: those of announcements only, or all. */
  private void verifySignatures(
      List<ReadResult> batch, VerificationResult[] results, boolean announcementsOnly) {
    int[] indexes =
        IntStream.range(0, results.length)
            .filter(i -> results[i] == null && (!announcementsOnly || isAnnouncement(batch.get(i))))
            .toArray();
    List<SignatureCheck> checks = new ArrayList<>(indexes.length);
    Queue<VoteChecks> votes = new ArrayDeque<>();
    for (int i : indexes) {
      ParsedEvent parsed = (ParsedEvent) batch.get(i);
      if (parsed.event().payload() instanceof Checkpoint checkpoint) {
        votes.add(VoteChecks.add(checkpoint, keys, checks));
      } else {
        results[i] = addCheck(parsed, checks);
      }
    }
    boolean[] accepted = checks.isEmpty() ? new boolean[0] : signatureVerifier.verify(checks);
    Optional<String> tripReason = signatureVerifier.tripReason();
    int check = 0;
    for (int i : indexes) {
      ParsedEvent parsed = (ParsedEvent) batch.get(i);
      if (parsed.event().payload() instanceof Checkpoint) {
        VoteChecks vote = votes.remove();
        results[i] = orWaiting(vote.result(parsed, keys, accepted, check), parsed, tripReason);
        check += vote.keys().size();
      } else if (results[i] == null) {
        results[i] = orWaiting(signatureResult(parsed, accepted[check++]), parsed, tripReason);
      }
    }
  }

  /** A verifier that refuses everything decides nothing: the event waits in quarantine. */
  private static VerificationResult orWaiting(
      VerificationResult result, ParsedEvent parsed, Optional<String> tripReason) {
    return tripReason.isEmpty() || result.verdict() == Verdict.VALID
        ? result
        : new VerificationResult(
            parsed, Verdict.UNKNOWN_EMITTER, "this node cannot verify signatures", Set.of());
  }

  /** Adds the check of the event's signature, or returns the verdict where none can decide. */
  private VerificationResult addCheck(ParsedEvent parsed, List<SignatureCheck> checks) {
    Event event = parsed.event();
    return switch (signerKey(event)) {
      case Mismatch mismatch ->
          VerificationResult.of(parsed, Verdict.BAD_SIGNATURE, mismatch.reason());
      case Contested contested -> contested(parsed, event.emitter());
      case KeyLookup.Unknown unknown ->
          new VerificationResult(
              parsed,
              Verdict.UNKNOWN_EMITTER,
              "the key of " + SafeText.excerpt(event.emitter()) + " is not known",
              Set.of(event.emitter()));
      case Known known -> addCheck(parsed, known.key(), checks);
    };
  }

  /** The same with the signer's key; null when the check decides. */
  private static VerificationResult addCheck(
      ParsedEvent parsed, PublicKey key, List<SignatureCheck> checks) {
    Optional<byte[]> signature = parsed.event().signature();
    if (signature.isEmpty()) {
      return VerificationResult.of(
          parsed, Verdict.BAD_SIGNATURE, "the signature is not Base64 of 64 bytes");
    }
    checks.add(new SignatureCheck(key, parsed.signableHash(), signature.get()));
    return null;
  }

  private static VerificationResult signatureResult(ParsedEvent parsed, boolean accepted) {
    if (accepted) {
      return VerificationResult.of(parsed, Verdict.VALID, "");
    }
    String emitter = SafeText.excerpt(parsed.event().emitter());
    return VerificationResult.of(
        parsed, Verdict.BAD_SIGNATURE, "the key of " + emitter + " did not sign this content");
  }

  /** The key that decides: the carried key for hey-there and chau, else the emitter's. */
  private KeyLookup signerKey(Event event) {
    if (!event.service().isAnnouncement()) {
      return keys.lookup(event.emitter(), event.emitterId());
    }
    // Whether the carried key holds is judged when it is learned.
    return carriedKey(event)
        .<KeyLookup>map(Known::new)
        .orElseGet(() -> new Mismatch("carries no public key of 32 bytes"));
  }

  /** Unix nanoseconds. */
  private long maxTimestamp() {
    long millis = clock.instant().plus(MAX_CLOCK_SKEW).toEpochMilli();
    return millis > Long.MAX_VALUE / 1_000_000 ? Long.MAX_VALUE : millis * 1_000_000;
  }

  /**
   * The votes of one checkpoint that are checked. A voter is a key, not an id: no signature covers
   * an id, so an id may have several claimants, and several ids may be claimed for one key. A vote
   * is checked with the key of each claimant; as only distinct keys count, that is safe.
   *
   * <p>A vote that fails with the keys of all claimants stays open: the voter's own key may still
   * come, and until then a thief's may be the only one. It is no longer open once the key of the id
   * is decided.
   *
   * @param keys the key of each check; the checks follow each other in the batch
   * @param voters the voter's id of each check
   * @param openIds ids of voters for which another key may come
   */
  private record VoteChecks(List<PublicKey> keys, List<String> voters, Set<String> openIds) {

    static VoteChecks add(Checkpoint checkpoint, Keyring keyring, List<SignatureCheck> all) {
      VoteChecks votes =
          new VoteChecks(new ArrayList<>(), new ArrayList<>(), new LinkedHashSet<>());
      for (int v = 0; v < checkpoint.voterIds().size(); v++) {
        String voter = checkpoint.voterIds().get(v);
        Optional<byte[]> signature = Signatures.decode(checkpoint.signatures().get(v));
        if (signature.isPresent()) {
          byte[] text = checkpoint.attestation(voter).getBytes(StandardCharsets.UTF_8);
          for (PublicKey key : keyring.keysOfId(voter)) {
            all.add(new SignatureCheck(key, text, signature.get()));
            votes.keys.add(key);
            votes.voters.add(voter);
          }
          if (!keyring.isIdDecided(voter)) {
            votes.openIds.add(voter);
          }
        }
      }
      return votes;
    }

    VerificationResult result(
        ParsedEvent parsed, Keyring keyring, boolean[] accepted, int firstCheck) {
      Set<PublicKey> valid = new HashSet<>();
      Set<Voter> names = new LinkedHashSet<>();
      Set<String> open = new LinkedHashSet<>(openIds);
      for (int c = 0; c < keys.size(); c++) {
        if (accepted[firstCheck + c]) {
          valid.add(keys.get(c));
          open.remove(voters.get(c));
          PublicKey key = keys.get(c);
          for (String name : keyring.claimantsOfId(voters.get(c), key)) {
            names.add(new Voter(name, key));
          }
        }
      }
      if (valid.size() >= MIN_VOTERS) {
        return new VerificationResult(
            parsed, Verdict.VALID, "", Set.of(), Voters.of(List.copyOf(names)));
      }
      String found = valid.size() + " valid distinct voters, " + MIN_VOTERS + " are needed";
      return valid.size() + open.size() < MIN_VOTERS
          ? new VerificationResult(
              parsed, Verdict.UNBACKED_CHECKPOINT, found, Set.of(), Voters.of(List.copyOf(names)))
          : new VerificationResult(
              parsed,
              Verdict.UNKNOWN_EMITTER,
              found + "; the keys of " + open.size() + " voters are not known for certain",
              open,
              Voters.of(List.copyOf(names)));
    }
  }
}
