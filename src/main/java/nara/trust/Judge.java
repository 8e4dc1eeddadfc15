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
import nara.event.Chau;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.HeyThere;
import nara.event.Reading;
import nara.event.Signatures;
import nara.event.Verdict;
import nara.identity.Keyring;
import nara.identity.Lookup;
import nara.identity.Origin;
import nara.identity.PublicKey;

/**
 * Gives each event its verdict.
 *
 * <p>All signatures of a batch go to the verifier in two calls: first those of the hey-there
 * events, because the keys they carry are learned before the rest is judged, then all others. A
 * batch's verdicts do not depend on the order of its events.
 *
 * <p>Safe for many threads at once.
 */
public final class Judge {
  /** How far an event may be ahead of this node's clock. */
  public static final Duration FUTURE_ALLOWED = Duration.ofMinutes(10);

  /** Distinct voters whose signatures back a checkpoint. */
  public static final int VOTERS_NEEDED = 2;

  private final Verifier verifier;
  private final Keyring keys;
  private final InstantSource clock;

  /**
   * A judge who believes those keys.
   *
   * @param keys read, and added to when a hey-there brings a new one
   */
  public Judge(Verifier verifier, Keyring keys, InstantSource clock) {
    this.verifier = verifier;
    this.keys = keys;
    this.clock = clock;
  }

  /** Learns the keys of a batch, then judges it: one judgement for each reading, in its order. */
  public List<Judgement> judge(List<Reading> readings) {
    Judgement[] judgements = new Judgement[readings.size()];
    long latest = latestAllowed();
    Places announcements = new Places(judgements.length);
    Places rest = new Places(judgements.length);
    for (int i = 0; i < judgements.length; i++) {
      judgements[i] = structural(readings.get(i), latest);
      if (judgements[i] == null) {
        Event event = ((Reading.Read) readings.get(i)).event();
        (event.payload() instanceof HeyThere ? announcements : rest).add(i);
      }
    }
    announce(readings, announcements, judgements);
    judgeSignatures(readings, rest, judgements);
    return Arrays.asList(judgements);
  }

  /** Only learns the keys that the valid hey-there events of a batch carry. */
  public void learnKeys(List<Reading> readings) {
    judge(readings.stream().filter(Judge::isHeyThere).toList());
  }

  private static boolean isHeyThere(Reading reading) {
    return reading instanceof Reading.Read read && read.event().payload() instanceof HeyThere;
  }

  /** Whether any of them may bring a key, by which others are judged. */
  static boolean bringsKeys(List<Reading> readings) {
    return readings.stream().anyMatch(Judge::isHeyThere);
  }

  /** What can be said without any key; null when it takes one. */
  private static Judgement structural(Reading reading, long latest) {
    Optional<String> fault = reading.fault();
    if (fault.isPresent()) {
      return Judgement.of(reading, Verdict.MALFORMED, fault.get());
    }
    return switch (reading) {
      case Reading.Unreadable unreadable ->
          Judgement.of(unreadable, Verdict.MALFORMED, unreadable.reason());
      case Reading.Read read -> {
        if (!read.idMatches()) {
          yield Judgement.of(read, Verdict.BAD_ID, "the content's id is " + read.event().id());
        }
        if (read.event().ts() > latest) {
          yield Judgement.of(
              read, Verdict.FROM_THE_FUTURE, "more than 10 minutes ahead of the clock");
        }
        boolean checkpoint = read.event().payload() instanceof Checkpoint;
        if (!checkpoint && !read.event().signed()) {
          String reason =
              read.event().stripped()
                  ? "names the emitter "
                      + Event.excerpt(read.event().emitter())
                      + " but carries no signature"
                  : "";
          yield Judgement.of(read, Verdict.UNSIGNED, reason);
        }
        yield null;
      }
    };
  }

  /** Judges hey-theres by the key they carry; of two for one name the older one's key is taken. */
  private void announce(List<Reading> readings, Places announcements, Judgement[] judgements) {
    judgeSignatures(readings, announcements, judgements);
    announcements.stream()
        .filter(i -> judgements[i].verdict() == Verdict.VALID)
        .boxed()
        .sorted(Comparator.comparing(i -> event(readings, i), BY_TIME))
        .forEach(i -> learn(readings.get(i), event(readings, i), i, judgements));
  }

  private static final Comparator<Event> BY_TIME =
      Comparator.comparingLong(Event::ts).thenComparing(Event::id);

  private void learn(Reading reading, Event event, int i, Judgement[] judgements) {
    HeyThere hey = (HeyThere) event.payload();
    PublicKey carried = PublicKey.parse(hey.publicKey()).orElseThrow();
    keys.learn(hey.from(), hey.id(), carried, Origin.HEY_THERE);
    Optional<String> impostor = otherKeyThan(carried, hey.from());
    if (impostor.isPresent()) {
      judgements[i] = Judgement.of(reading, Verdict.BAD_SIGNATURE, impostor.get());
    }
  }

  private Optional<String> otherKeyThan(PublicKey carried, String name) {
    return keys.byName(name)
        .filter(known -> !known.equals(carried))
        .map(known -> "carries another key than the first one of " + Event.excerpt(name));
  }

  private void judgeSignatures(List<Reading> readings, Places places, Judgement[] judgements) {
    List<SignatureCheck> checks = new ArrayList<>(places.size());
    Map<Integer, Votes> votes = new HashMap<>();
    // Whose signature was checked, and the number of its check: voters' checks lie between.
    Places checked = new Places(places.size());
    Places answered = new Places(places.size());
    for (int k = 0; k < places.size(); k++) {
      int i = places.get(k);
      Reading.Read read = (Reading.Read) readings.get(i);
      if (read.event().payload() instanceof Checkpoint checkpoint) {
        votes.put(i, Votes.of(checkpoint, keys, checks));
        continue;
      }
      switch (signer(read.event())) {
        case Lookup.Mismatch mismatch ->
            judgements[i] = Judgement.of(read, Verdict.BAD_SIGNATURE, mismatch.reason());
        case Lookup.Unknown unknown ->
            judgements[i] =
                new Judgement(
                    read,
                    Verdict.UNKNOWN_EMITTER,
                    "nobody told the key of " + Event.excerpt(read.event().emitter()),
                    Set.of(read.event().emitter()));
        case Lookup.Known known -> {
          Optional<byte[]> signature = read.event().signature();
          if (signature.isEmpty()) {
            judgements[i] =
                Judgement.of(
                    read, Verdict.BAD_SIGNATURE, "the signature is not Base64 of 64 bytes");
          } else {
            checked.add(i);
            answered.add(checks.size());
            checks.add(new SignatureCheck(known.key(), read.signedHash(), signature.get()));
          }
        }
      }
    }
    boolean[] answers = verifier.verify(checks);
    for (int k = 0; k < checked.size(); k++) {
      int i = checked.get(k);
      judgements[i] =
          answers[answered.get(k)]
              ? Judgement.of(readings.get(i), Verdict.VALID, "")
              : Judgement.of(
                  readings.get(i),
                  Verdict.BAD_SIGNATURE,
                  "not the signature of "
                      + Event.excerpt(event(readings, i).emitter())
                      + " over this content");
    }
    votes.forEach((i, v) -> judgements[i] = v.judgement(readings.get(i), answers));
  }

  /** Whose key decides: the carried one for hey-there and chau, else the emitter's. */
  private Lookup signer(Event event) {
    return switch (event.payload()) {
      // Another key than the known one is found when it is learned, so that it is reported.
      case HeyThere hey -> carried(hey.publicKey());
      case Chau chau -> carriedBy(chau);
      default -> keys.lookup(event.emitter(), event.emitterId());
    };
  }

  private Lookup carriedBy(Chau chau) {
    Lookup carried = carried(chau.publicKey());
    return carried instanceof Lookup.Known known
        ? otherKeyThan(known.key(), chau.from()).<Lookup>map(Lookup.Mismatch::new).orElse(carried)
        : carried;
  }

  private static Lookup carried(String publicKey) {
    return PublicKey.parse(publicKey)
        .<Lookup>map(Lookup.Known::new)
        .orElse(new Lookup.Mismatch("carries no key of 32 bytes to judge it by"));
  }

  private long latestAllowed() {
    long millis = clock.instant().plus(FUTURE_ALLOWED).toEpochMilli();
    return millis > Long.MAX_VALUE / 1_000_000 ? Long.MAX_VALUE : millis * 1_000_000;
  }

  private static Event event(List<Reading> readings, int i) {
    return ((Reading.Read) readings.get(i)).event();
  }

  /** Numbers of events in a batch, or of checks, in ascending order; never more than its room. */
  private static final class Places {
    private final int[] numbers;
    private int size;

    Places(int room) {
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
  private record Votes(List<PublicKey> voters, int firstCheck, Set<String> missing) {

    static Votes of(Checkpoint checkpoint, Keyring keys, List<SignatureCheck> checks) {
      int first = checks.size();
      List<PublicKey> voters = new ArrayList<>();
      Set<String> missing = new LinkedHashSet<>();
      for (int v = 0; v < checkpoint.voterIds().size(); v++) {
        String voter = checkpoint.voterIds().get(v);
        Optional<PublicKey> key = keys.byId(voter);
        Optional<byte[]> signature = Signatures.decode(checkpoint.signatures().get(v));
        if (key.isEmpty()) {
          missing.add(voter);
        } else if (signature.isPresent()) {
          byte[] text = checkpoint.attestation(voter).getBytes(StandardCharsets.UTF_8);
          checks.add(new SignatureCheck(key.get(), text, signature.get()));
          voters.add(key.get());
        }
      }
      return new Votes(voters, first, missing);
    }

    Judgement judgement(Reading reading, boolean[] answers) {
      Set<PublicKey> valid = new HashSet<>();
      for (int v = 0; v < voters.size(); v++) {
        if (answers[firstCheck + v]) {
          valid.add(voters.get(v));
        }
      }
      if (valid.size() >= VOTERS_NEEDED) {
        return Judgement.of(reading, Verdict.VALID, "");
      }
      String found = valid.size() + " valid distinct voters where 2 are needed";
      return missing.isEmpty()
          ? Judgement.of(reading, Verdict.UNBACKED_CHECKPOINT, found)
          : new Judgement(
              reading,
              Verdict.UNKNOWN_EMITTER,
              found + ", and " + missing.size() + " voters' keys are not known",
              missing);
    }
  }
}
