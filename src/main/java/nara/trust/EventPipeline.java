package nara.trust;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ForkJoinPool;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import nara.event.Event;
import nara.event.EventId;
import nara.event.ReadResult;
import nara.event.Verdict;
import nara.event.json.EventReader;
import nara.event.json.JsonSpans.Span;
import nara.trust.verifier.ParallelVerifier;

/**
 * The computing part of taking events in: peeking at ids, reading, judging; on all cores.
 *
 * <p>Everything here may take long and belongs on worker threads.
 */
final class EventPipeline {
  /** Below this many events, spreading the work costs more than it gains. */
  private static final int MIN_PARALLEL = 64;

  private final EventReader reader = new EventReader();
  private final EventVerifier eventVerifier;
  private final ForkJoinPool cores;

  EventPipeline(EventVerifier eventVerifier, ForkJoinPool cores) {
    this.eventVerifier = eventVerifier;
    this.cores = cores;
  }

  /** The ids that the events claim, as far as they can be seen without parsing; null elsewhere. */
  static EventId[] peekIds(byte[] json, List<Span> spans) {
    EventId[] ids = new EventId[spans.size()];
    for (int i = 0; i < ids.length; i++) {
      Span span = spans.get(i);
      ids[i] = EventReader.peekId(json, span.offset(), span.length()).orElse(null);
    }
    return ids;
  }

  /** The places of events that are twice in the batch, byte for byte. */
  static BitSet repeatedInBatch(byte[] json, List<Span> spans, EventId[] ids) {
    BitSet repeated = new BitSet(ids.length);
    Map<EventId, Integer> first = new HashMap<>(ids.length * 2);
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] == null) {
        continue;
      }
      Integer before = first.putIfAbsent(ids[i], i);
      if (before != null && sameBytes(json, spans.get(before), spans.get(i))) {
        repeated.set(i);
      }
    }
    return repeated;
  }

  private static boolean sameBytes(byte[] json, Span a, Span b) {
    return Arrays.equals(
        json, a.offset(), a.offset() + a.length(), json, b.offset(), b.offset() + b.length());
  }

  /** Whether one of those maps has the event at the span, byte for byte. */
  static boolean containsIdentical(
      List<Map<EventId, Event>> candidates, EventId id, byte[] json, Span span) {
    for (Map<EventId, Event> events : candidates) {
      Event event = events.get(id);
      if (event != null
          && Arrays.equals(
              json,
              span.offset(),
              span.offset() + span.length(),
              event.json(),
              0,
              event.json().length)) {
        return true;
      }
    }
    return false;
  }

  /** Reads and judges the events that are not skipped. */
  List<VerificationResult> verify(byte[] json, List<Span> spans, BitSet skip) {
    List<Span> fresh = new ArrayList<>(spans.size() - skip.cardinality());
    for (int i = skip.nextClearBit(0); i < spans.size(); i = skip.nextClearBit(i + 1)) {
      fresh.add(spans.get(i));
    }
    return verify(read(json, fresh));
  }

  /** Reads events that were judged valid before; what is no event any more is malformed. */
  List<VerificationResult> readTrusted(byte[] json, List<Span> spans) {
    return read(json, spans).stream()
        .map(
            readResult ->
                readResult
                    .validationError()
                    .map(fault -> VerificationResult.of(readResult, Verdict.MALFORMED, fault))
                    .orElseGet(() -> VerificationResult.of(readResult, Verdict.VALID, "")))
        .toList();
  }

  /** Judges again what was read before. */
  List<VerificationResult> reverify(List<ReadResult> readResults) {
    return verify(readResults);
  }

  /**
   * Piece by piece. Of a batch that brings keys the whole is judged at once: they are learned
   * before the rest is looked at. Without such, no event's verdict depends on another's.
   */
  private List<VerificationResult> verify(List<ReadResult> readResults) {
    int size = readResults.size();
    if (size < MIN_PARALLEL || EventVerifier.containsHeyThere(readResults)) {
      return eventVerifier.verify(readResults);
    }
    VerificationResult[] results = new VerificationResult[size];
    inParallel(
        Math.ceilDiv(size, ParallelVerifier.PIECE),
        piece -> {
          int from = piece * ParallelVerifier.PIECE;
          int to = Math.min(size, from + ParallelVerifier.PIECE);
          List<VerificationResult> some = eventVerifier.verify(readResults.subList(from, to));
          for (int i = from; i < to; i++) {
            results[i] = some.get(i - from);
          }
        });
    return Arrays.asList(results);
  }

  private void inParallel(int count, IntConsumer work) {
    cores.submit(() -> IntStream.range(0, count).parallel().forEach(work)).join();
  }

  private List<ReadResult> read(byte[] json, List<Span> spans) {
    ReadResult[] readResults = new ReadResult[spans.size()];
    if (spans.size() < MIN_PARALLEL) {
      IntStream.range(0, readResults.length)
          .forEach(i -> readResults[i] = read(json, spans.get(i)));
    } else {
      inParallel(readResults.length, i -> readResults[i] = read(json, spans.get(i)));
    }
    return Arrays.asList(readResults);
  }

  private ReadResult read(byte[] json, Span span) {
    return reader.read(json, span.offset(), span.length());
  }

  static List<EventId> nonNullIds(EventId[] ids) {
    return Arrays.stream(ids).map(Optional::ofNullable).flatMap(Optional::stream).toList();
  }
}
