package nara.trust;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ForkJoinPool;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.EventId;
import nara.event.ReadResult;
import nara.event.Verdict;
import nara.event.json.EventReader;
import nara.event.json.RawEvents;
import nara.identity.PublicKey;
import nara.identity.Witness;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.trust.verifier.ParallelVerifier;

/**
 * The computing part of trust: skips events that are held, parses the others and verifies them, on
 * all cores. Every method may take long and belongs on a worker thread.
 */
final class EventPipeline {
  /** For fewer events, spreading the work costs more than it gains. */
  private static final int MIN_PARALLEL = 64;

  private static final int PIECE = ParallelVerifier.PIECE;

  private final EventReader reader = new EventReader();
  private final EventVerifier eventVerifier;
  private final ForkJoinPool cores;

  EventPipeline(EventVerifier verifier, ForkJoinPool cores) {
    this.eventVerifier = verifier;
    this.cores = cores;
  }

  /**
   * Parses and verifies the new events of a batch. An event that is held as valid is skipped
   * without parsing it. So is an event that equals, byte for byte, one before it in the batch or
   * one on its way into the ledger.
   *
   * @param held bit k is set when the ledger holds the k-th of {@link RawEvents#ids} as valid
   * @param merging valid events that were sent to the ledger after it was asked
   * @param witness who served the events; its support for the keys of skipped announcements counts
   * @return a result for each event that was not skipped, in order
   */
  List<VerificationResult> verifyNew(
      RawEvents events, BitSet held, List<Map<EventId, Event>> merging, Witness witness) {
    int[] fresh = new int[events.size()];
    int count = 0;
    int idIndex = 0;
    Map<EventId, Integer> first = new HashMap<>(events.size() * 2);
    for (int i = 0; i < events.size(); i++) {
      EventId id = events.id(i);
      if (id == null || !held.get(idIndex++) && !isRepeated(events, i, first, merging)) {
        fresh[count++] = i;
      } else if (!witness.equals(Witness.NONE) && events.isAnnouncement(i)) {
        eventVerifier.support(events.read(i, reader), witness);
      }
    }
    return verify(read(events, Arrays.copyOf(fresh, count)), witness);
  }

  private static boolean isRepeated(
      RawEvents events, int i, Map<EventId, Integer> first, List<Map<EventId, Event>> merging) {
    EventId id = events.id(i);
    Integer before = first.putIfAbsent(id, i);
    if (before != null && events.isSame(i, before)) {
      return true;
    }
    for (Map<EventId, Event> sent : merging) {
      Event event = sent.get(id);
      if (event != null && events.isSame(i, event.json())) {
        return true;
      }
    }
    return false;
  }

  /** The results of the events that are held as valid and are not valid by the keys that hold. */
  List<VerificationResult> verifyHeld(List<JudgedEvent> held) {
    List<ReadResult> valid =
        held.stream()
            .filter(judged -> judged.verdict() == Verdict.VALID)
            .map(judged -> reader.read(judged.event().json()))
            .toList();
    return verify(valid, Witness.NONE).stream()
        .filter(result -> result.verdict() != Verdict.VALID)
        .toList();
  }

  /**
   * Parses events that were verified before, and verifies again those of naras for which another
   * key holds now, or none.
   *
   * @param verifiedWith the key that verified the events of each name
   */
  List<VerificationResult> readTrusted(List<byte[]> events, Map<String, PublicKey> verifiedWith) {
    List<VerificationResult> results = new ArrayList<>(events.size());
    List<ReadResult> checkpoints = new ArrayList<>();
    List<ReadResult> others = new ArrayList<>();
    int pieces = Math.ceilDiv(events.size(), PIECE);
    for (TrustedPiece piece :
        inParallel(
            pieces, k -> readTrusted(pieceOf(events, k), verifiedWith, new TrustedPiece()))) {
      results.addAll(piece.trusted);
      checkpoints.addAll(piece.checkpoints);
      others.addAll(piece.others);
    }
    // The known keys tell which voters they confirm; the verdicts stay.
    for (VerificationResult examined : verify(checkpoints, Witness.NONE)) {
      results.add(
          VerificationResult.of(examined.readResult(), Verdict.VALID, "").with(examined.voters()));
    }
    results.addAll(verify(others, Witness.NONE));
    return results;
  }

  /** The events of a part of a batch that was verified before. */
  private static final class TrustedPiece {
    final List<VerificationResult> trusted = new ArrayList<>(PIECE);
    final List<ReadResult> checkpoints = new ArrayList<>();
    final List<ReadResult> others = new ArrayList<>();
  }

  private TrustedPiece readTrusted(
      List<byte[]> events, Map<String, PublicKey> verifiedWith, TrustedPiece into) {
    for (byte[] json : events) {
      ReadResult result = reader.readVerified(json);
      if (result.validationError().isPresent() || !eventVerifier.stillHolds(result, verifiedWith)) {
        into.others.add(result);
      } else if (((ReadResult.ParsedEvent) result).event().payload() instanceof Checkpoint) {
        into.checkpoints.add(result);
      } else {
        into.trusted.add(VerificationResult.of(result, Verdict.VALID, ""));
      }
    }
    eventVerifier.markUsed(into.trusted);
    return into;
  }

  private static <T> List<T> pieceOf(List<T> batch, int piece) {
    return batch.subList(piece * PIECE, Math.min(batch.size(), (piece + 1) * PIECE));
  }

  /**
   * Verifies parsed events, in pieces on all cores. A batch with announcements is verified as a
   * whole: their keys must be learned before the other events are verified. In any other batch no
   * verdict depends on another event.
   */
  List<VerificationResult> verify(List<ReadResult> batch, Witness witness) {
    int size = batch.size();
    if (size < MIN_PARALLEL || EventVerifier.containsAnnouncement(batch)) {
      return eventVerifier.verify(batch, witness);
    }
    return inParallel(
            Math.ceilDiv(size, PIECE),
            piece -> eventVerifier.verify(pieceOf(batch, piece), witness))
        .stream()
        .flatMap(List::stream)
        .toList();
  }

  private List<ReadResult> read(RawEvents events, int[] indexes) {
    return indexes.length < MIN_PARALLEL
        ? Arrays.stream(indexes).mapToObj(i -> events.read(i, reader)).toList()
        : inParallel(indexes.length, k -> events.read(indexes[k], reader));
  }

  private <T> List<T> inParallel(int count, IntFunction<T> work) {
    if (cores.getParallelism() == 1) {
      return IntStream.range(0, count).mapToObj(work).toList();
    }
    return cores.submit(() -> IntStream.range(0, count).parallel().mapToObj(work).toList()).join();
  }
}
