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
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.stream.IntStream;
import nara.bounds.SafeText;
import nara.event.Chau;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.HeyThere;
import nara.event.ReadResult;
import nara.event.ReadResult.ParsedEvent;
import nara.event.Signatures;
import nara.event.Verdict;
import nara.identity.KeyLookup;
import nara.identity.KeyLookup.Known;
import nara.identity.KeyLookup.Mismatch;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.trust.verifier.SignatureCheck;
import nara.trust.verifier.SignatureVerifier;

/**
 * Gives each event its verdict.
 *
 * <p>All signatures of a batch go to the signature verifier in two calls: first those of the
 * hey-theres, because their keys are learned before the other events are verified, then all others.
 * The verdicts of a batch do not depend on the order of its events.
 *
 * <p>Safe for concurrent use.
 */
public final class EventVerifier {
  /** How far an event may be ahead of this node's clock. */
  public static final Duration MAX_CLOCK_SKEW = Duration.ofMinutes(10);

  /** Distinct voters whose signatures back a checkpoint. */
  public static final int MIN_VOTERS = 2;

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

  /** Learns the keys of a batch, then verifies it: one result for each event, in order. */
  public List<VerificationResult> verify(List<ReadResult> batch) {
    long maxTimestamp = maxTimestamp();
    VerificationResult[] results = new VerificationResult[batch.size()];
    for (int i = 0; i < results.length; i++) {
      results[i] = checkStructure(batch.get(i), maxTimestamp);
    }
    if (containsHeyThere(batch)) {
      verifySignatures(batch, results, true);
      learnKeys(batch, results);
    }
    verifySignatures(batch, results, false);
    return Arrays.asList(results);
  }

  /** Only learns the keys of the valid hey-theres of a batch. */
  public void learnKeys(List<ReadResult> batch) {
    verify(batch.stream().filter(EventVerifier::isHeyThere).toList());
  }

  private static boolean isHeyThere(ReadResult result) {
    return result instanceof ParsedEvent parsed && parsed.event().payload() instanceof HeyThere;
  }

  /** Whether the batch may bring keys that decide about its other events. */
  static boolean containsHeyThere(List<ReadResult> batch) {
    return batch.stream().anyMatch(EventVerifier::isHeyThere);
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
    if (event.isSigned() || event.payload() instanceof Checkpoint) {
      return null;
    }
    String reason =
        event.isSignatureMissing()
            ? "names the emitter " + SafeText.excerpt(event.emitter()) + " but carries no signature"
            : "";
    return VerificationResult.of(parsed, Verdict.UNSIGNED, reason);
  }

  /**
   * Learns the keys of the valid hey-theres; of two keys for one name the older hey-there's wins.
   *
   * @param results without a valid event yet, except hey-theres
   */
  private void learnKeys(List<ReadResult> batch, VerificationResult[] results) {
    IntStream.range(0, results.length)
        .filter(i -> results[i] != null && results[i].verdict() == Verdict.VALID)
        .boxed()
        .sorted(Comparator.comparing(i -> results[i].event(), BY_TIME))
        .forEach(
            i -> {
              HeyThere hey = (HeyThere) results[i].event().payload();
              PublicKey carried = PublicKey.parse(hey.publicKey()).orElseThrow();
              keys.learn(hey.from(), hey.id(), carried, Origin.HEY_THERE);
              keyConflict(carried, hey.from())
                  .map(error -> VerificationResult.of(batch.get(i), Verdict.BAD_SIGNATURE, error))
                  .ifPresent(rejected -> results[i] = rejected);
            });
  }

  private Optional<String> keyConflict(PublicKey carried, String name) {
    return keys.byName(name)
        .filter(known -> !known.equals(carried))
        .map(known -> "carries another key than the first one of " + SafeText.excerpt(name));
  }

  /** Completes the results that are still null: those of hey-theres only, or all. */
  private void verifySignatures(
      List<ReadResult> batch, VerificationResult[] results, boolean heyTheresOnly) {
    int[] indexes =
        IntStream.range(0, results.length)
            .filter(i -> results[i] == null && (!heyTheresOnly || isHeyThere(batch.get(i))))
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
        results[i] = orWaiting(vote.result(parsed, accepted, check), parsed, tripReason);
        check += vote.voters().size();
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
      case KeyLookup.Unknown unknown ->
          new VerificationResult(
              parsed,
              Verdict.UNKNOWN_EMITTER,
              "the key of " + SafeText.excerpt(event.emitter()) + " is not known",
              Set.of(event.emitter()));
      case Known known -> {
        Optional<byte[]> signature = event.signature();
        if (signature.isEmpty()) {
          yield VerificationResult.of(
              parsed, Verdict.BAD_SIGNATURE, "the signature is not Base64 of 64 bytes");
        }
        checks.add(new SignatureCheck(known.key(), parsed.signedHash(), signature.get()));
        yield null;
      }
    };
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
    return switch (event.payload()) {
      // The keyring reports a conflict with a known key when it learns the carried one.
      case HeyThere hey -> parseCarriedKey(hey.publicKey());
      case Chau chau -> chauKey(chau);
      default -> keys.lookup(event.emitter(), event.emitterId());
    };
  }

  private KeyLookup chauKey(Chau chau) {
    KeyLookup carried = parseCarriedKey(chau.publicKey());
    return carried instanceof Known known
        ? keyConflict(known.key(), chau.from()).<KeyLookup>map(Mismatch::new).orElse(carried)
        : carried;
  }

  private static KeyLookup parseCarriedKey(String publicKey) {
    return PublicKey.parse(publicKey)
        .<KeyLookup>map(Known::new)
        .orElse(new Mismatch("carries no public key of 32 bytes"));
  }

  /** Unix nanoseconds. */
  private long maxTimestamp() {
    long millis = clock.instant().plus(MAX_CLOCK_SKEW).toEpochMilli();
    return millis > Long.MAX_VALUE / 1_000_000 ? Long.MAX_VALUE : millis * 1_000_000;
  }

  /**
   * The voters of one checkpoint whose signatures are checked. A voter is a key, not an id: no
   * signature covers an id, and several ids may be claimed for one key.
   *
   * @param voters in the order of their checks, which follow each other in the batch
   * @param missingKeys ids of voters whose key is not known
   */
  private record VoteChecks(List<PublicKey> voters, Set<String> missingKeys) {

    static VoteChecks add(Checkpoint checkpoint, Keyring keys, List<SignatureCheck> checks) {
      List<PublicKey> voters = new ArrayList<>();
      Set<String> missingKeys = new LinkedHashSet<>();
      for (int v = 0; v < checkpoint.voterIds().size(); v++) {
        String voter = checkpoint.voterIds().get(v);
        Optional<PublicKey> key = keys.byId(voter);
        Optional<byte[]> signature = Signatures.decode(checkpoint.signatures().get(v));
        if (key.isEmpty()) {
          missingKeys.add(voter);
        } else if (signature.isPresent()) {
          byte[] text = checkpoint.attestation(voter).getBytes(StandardCharsets.UTF_8);
          checks.add(new SignatureCheck(key.get(), text, signature.get()));
          voters.add(key.get());
        }
      }
      return new VoteChecks(voters, missingKeys);
    }

    VerificationResult result(ParsedEvent parsed, boolean[] accepted, int firstCheck) {
      Set<PublicKey> valid = new HashSet<>();
      for (int v = 0; v < voters.size(); v++) {
        if (accepted[firstCheck + v]) {
          valid.add(voters.get(v));
        }
      }
      if (valid.size() >= MIN_VOTERS) {
        return VerificationResult.of(parsed, Verdict.VALID, "");
      }
      String found = valid.size() + " valid distinct voters, " + MIN_VOTERS + " are needed";
      return missingKeys.isEmpty()
          ? VerificationResult.of(parsed, Verdict.UNBACKED_CHECKPOINT, found)
          : new VerificationResult(
              parsed,
              Verdict.UNKNOWN_EMITTER,
              found + "; the keys of " + missingKeys.size() + " voters are not known",
              missingKeys);
    }
  }
}
