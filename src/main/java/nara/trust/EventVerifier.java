package nara.trust;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import nara.bounds.SafeText;
import nara.event.Chau;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.HeyThere;
import nara.event.ReadResult;
import nara.event.Signatures;
import nara.event.Verdict;
import nara.identity.KeyLookup;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.trust.verifier.SignatureCheck;
import nara.trust.verifier.SignatureVerifier;

/**
 * Gives each event its verdict.
 *
 * <p>All signatures of a batch go to the verifier in two calls: first those of the hey-there
 * events, because the keys they carry are learned before the rest is judged, then all others. A
 * batch's verdicts do not depend on the order of its events.
 *
 * <p>Safe for many threads at once.
 */
public final class EventVerifier {
  /** How far an event may be ahead of this node's clock. */
  public static final Duration MAX_CLOCK_SKEW = Duration.ofMinutes(10);

  /** Distinct voters whose signatures back a checkpoint. */
  public static final int MIN_VOTERS = 2;

  private final SignatureVerifier signatureVerifier;
  private final Keyring keys;
  private final InstantSource clock;

  /**
   * A judge who believes those keys.
   *
   * @param keys read, and added to when a hey-there brings a new one
   */
  public EventVerifier(SignatureVerifier signatureVerifier, Keyring keys, InstantSource clock) {
    this.signatureVerifier = signatureVerifier;
    this.keys = keys;
    this.clock = clock;
  }

  /** Learns the keys of a batch, then judges it: one judgement for each reading, in its order. */
  public List<VerificationResult> verify(List<ReadResult> readResults) {
    VerificationResult[] results = new VerificationResult[readResults.size()];
    long maxTimestamp = maxTimestamp();
    IndexList announcements = new IndexList(results.length);
    IndexList rest = new IndexList(results.length);
    for (int i = 0; i < results.length; i++) {
      results[i] = checkStructure(readResults.get(i), maxTimestamp);
      if (results[i] == null) {
        Event event = ((ReadResult.ParsedEvent) readResults.get(i)).event();
        (event.payload() instanceof HeyThere ? announcements : rest).add(i);
      }
    }
    verifyAnnouncements(readResults, announcements, results);
    verifySignatures(readResults, rest, results);
    return Arrays.asList(results);
  }

  /** Only learns the keys that the valid hey-there events of a batch carry. */
  public void learnKeys(List<ReadResult> readResults) {
    verify(readResults.stream().filter(EventVerifier::isHeyThere).toList());
  }

  private static boolean isHeyThere(ReadResult readResult) {
    return readResult instanceof ReadResult.ParsedEvent parsedEvent
        && parsedEvent.event().payload() instanceof HeyThere;
  }

  /** Whether any of them may bring a key, by which others are judged. */
  static boolean containsHeyThere(List<ReadResult> readResults) {
    return readResults.stream().anyMatch(EventVerifier::isHeyThere);
  }

  /** What can be said without any key; null when it takes one. */
  private static VerificationResult checkStructure(ReadResult readResult, long maxTimestamp) {
    Optional<String> fault = readResult.validationError();
    if (fault.isPresent()) {
      return VerificationResult.of(readResult, Verdict.MALFORMED, fault.get());
    }
    return switch (readResult) {
      case ReadResult.Unreadable unreadable ->
          VerificationResult.of(unreadable, Verdict.MALFORMED, unreadable.reason());
      case ReadResult.ParsedEvent parsedEvent -> {
        if (!parsedEvent.idMatches()) {
          yield VerificationResult.of(
              parsedEvent, Verdict.BAD_ID, "the content's id is " + parsedEvent.event().id());
        }
        if (parsedEvent.event().ts() > maxTimestamp) {
          yield VerificationResult.of(
              parsedEvent, Verdict.FROM_THE_FUTURE, "more than 10 minutes ahead of the clock");
        }
        boolean checkpoint = parsedEvent.event().payload() instanceof Checkpoint;
        if (!checkpoint && !parsedEvent.event().isSigned()) {
          String reason =
              parsedEvent.event().isSignatureMissing()
                  ? "names the emitter "
                      + SafeText.excerpt(parsedEvent.event().emitter())
                      + " but carries no signature"
                  : "";
          yield VerificationResult.of(parsedEvent, Verdict.UNSIGNED, reason);
        }
        yield null;
      }
    };
  }

  /** Judges hey-theres by the key they carry; of two for one name the older one's key is taken. */
  private void verifyAnnouncements(
      List<ReadResult> readResults, IndexList announcements, VerificationResult[] results) {
    verifySignatures(readResults, announcements, results);
    announcements.stream()
        .filter(i -> results[i].verdict() == Verdict.VALID)
        .boxed()
        .sorted(Comparator.comparing(i -> event(readResults, i), BY_TIME))
        .forEach(i -> learnKey(readResults.get(i), event(readResults, i), i, results));
  }

  private static final Comparator<Event> BY_TIME =
      Comparator.comparingLong(Event::ts).thenComparing(Event::id);

  private void learnKey(ReadResult readResult, Event event, int i, VerificationResult[] results) {
    HeyThere hey = (HeyThere) event.payload();
    PublicKey carried = PublicKey.parse(hey.publicKey()).orElseThrow();
    keys.learn(hey.from(), hey.id(), carried, Origin.HEY_THERE);
    Optional<String> impostor = keyConflict(carried, hey.from());
    if (impostor.isPresent()) {
      results[i] = VerificationResult.of(readResult, Verdict.BAD_SIGNATURE, impostor.get());
    }
  }

  private Optional<String> keyConflict(PublicKey carried, String name) {
    return keys.byName(name)
        .filter(known -> !known.equals(carried))
        .map(known -> "carries another key than the first one of " + SafeText.excerpt(name));
  }

  private void verifySignatures(
      List<ReadResult> readResults, IndexList indexes, VerificationResult[] results) {
    List<SignatureCheck> checks = new ArrayList<>(indexes.size());
    Map<Integer, VoteChecks> votes = new HashMap<>();
    // Whose signature was checked, and the number of its check: voters' checks lie between.
    IndexList eventIndexes = new IndexList(indexes.size());
    IndexList checkIndexes = new IndexList(indexes.size());
    for (int k = 0; k < indexes.size(); k++) {
      int i = indexes.get(k);
      ReadResult.ParsedEvent parsedEvent = (ReadResult.ParsedEvent) readResults.get(i);
      if (parsedEvent.event().payload() instanceof Checkpoint checkpoint) {
        votes.put(i, VoteChecks.of(checkpoint, keys, checks));
        continue;
      }
      switch (signerKey(parsedEvent.event())) {
        case KeyLookup.Mismatch mismatch ->
            results[i] =
                VerificationResult.of(parsedEvent, Verdict.BAD_SIGNATURE, mismatch.reason());
        case KeyLookup.Unknown unknown ->
            results[i] =
                new VerificationResult(
                    parsedEvent,
                    Verdict.UNKNOWN_EMITTER,
                    "nobody told the key of " + SafeText.excerpt(parsedEvent.event().emitter()),
                    Set.of(parsedEvent.event().emitter()));
        case KeyLookup.Known known -> {
          Optional<byte[]> signature = parsedEvent.event().signature();
          if (signature.isEmpty()) {
            results[i] =
                VerificationResult.of(
                    parsedEvent, Verdict.BAD_SIGNATURE, "the signature is not Base64 of 64 bytes");
          } else {
            eventIndexes.add(i);
            checkIndexes.add(checks.size());
            checks.add(new SignatureCheck(known.key(), parsedEvent.signedHash(), signature.get()));
          }
        }
      }
    }
    boolean[] accepted = signatureVerifier.verify(checks);
    for (int k = 0; k < eventIndexes.size(); k++) {
      int i = eventIndexes.get(k);
      results[i] =
          accepted[checkIndexes.get(k)]
              ? VerificationResult.of(readResults.get(i), Verdict.VALID, "")
              : VerificationResult.of(
                  readResults.get(i),
                  Verdict.BAD_SIGNATURE,
                  "not the signature of "
                      + SafeText.excerpt(event(readResults, i).emitter())
                      + " over this content");
    }
    votes.forEach((i, v) -> results[i] = v.result(readResults.get(i), accepted));
  }

  /** Whose key decides: the carried one for hey-there and chau, else the emitter's. */
  private KeyLookup signerKey(Event event) {
    return switch (event.payload()) {
      // Another key than the known one is found when it is learned, so that it is reported.
      case HeyThere hey -> parseCarriedKey(hey.publicKey());
      case Chau chau -> chauKey(chau);
      default -> keys.lookup(event.emitter(), event.emitterId());
    };
  }

  private KeyLookup chauKey(Chau chau) {
    KeyLookup carried = parseCarriedKey(chau.publicKey());
    return carried instanceof KeyLookup.Known known
        ? keyConflict(known.key(), chau.from())
            .<KeyLookup>map(KeyLookup.Mismatch::new)
            .orElse(carried)
        : carried;
  }

  private static KeyLookup parseCarriedKey(String publicKey) {
    return PublicKey.parse(publicKey)
        .<KeyLookup>map(KeyLookup.Known::new)
        .orElse(new KeyLookup.Mismatch("carries no key of 32 bytes to judge it by"));
  }

  private long maxTimestamp() {
    long millis = clock.instant().plus(MAX_CLOCK_SKEW).toEpochMilli();
    return millis > Long.MAX_VALUE / 1_000_000 ? Long.MAX_VALUE : millis * 1_000_000;
  }

  private static Event event(List<ReadResult> readResults, int i) {
    return ((ReadResult.ParsedEvent) readResults.get(i)).event();
  }

  /** Numbers of events in a batch, or of checks, in ascending order; never more than its room. */
  private static final class IndexList {
    private final int[] numbers;
    private int size;

    IndexList(int room) {
      numbers = new int[room];
    }

    void add(int number) {
      numbers[size++] = number;
    }

    int get(int k) {
      return numbers[k];
    }

    int size() {
      return size;
    }

    IntStream stream() {
      return Arrays.stream(numbers, 0, size);
    }
  }

  /**
   * The votes of one checkpoint: which check of the batch is whose. A voter is a key: ids are
   * somebody's word, and one key may be told under several.
   */
  private record VoteChecks(List<PublicKey> voters, int firstCheck, Set<String> missingKeys) {

    static VoteChecks of(Checkpoint checkpoint, Keyring keys, List<SignatureCheck> checks) {
      int first = checks.size();
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
      return new VoteChecks(voters, first, missingKeys);
    }

    VerificationResult result(ReadResult readResult, boolean[] accepted) {
      Set<PublicKey> valid = new HashSet<>();
      for (int v = 0; v < voters.size(); v++) {
        if (accepted[firstCheck + v]) {
          valid.add(voters.get(v));
        }
      }
      if (valid.size() >= MIN_VOTERS) {
        return VerificationResult.of(readResult, Verdict.VALID, "");
      }
      String found = valid.size() + " valid distinct voters where 2 are needed";
      return missingKeys.isEmpty()
          ? VerificationResult.of(readResult, Verdict.UNBACKED_CHECKPOINT, found)
          : new VerificationResult(
              readResult,
              Verdict.UNKNOWN_EMITTER,
              found + ", and " + missingKeys.size() + " voters' keys are not known",
              missingKeys);
    }
  }
}
