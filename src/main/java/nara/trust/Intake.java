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
import nara.event.EventReader;
import nara.event.JsonSpans.Span;
import nara.event.Reading;
import nara.event.Verdict;

/**
 * The computing part of taking events in: peeking at ids, reading, judging; on all cores.
 *
 * <p>Everything here may take long and belongs on worker threads.
 */
final class Intake {
  /** Below this many events, spreading the work costs more than it gains. */
  private static final int WORTH_SPREADING = 64;

  private final EventReader reader = new EventReader();
  private final Judge judge;
  private final ForkJoinPool cores;

  Intake(Judge judge, ForkJoinPool cores) {
    this.judge = judge;
    this.cores = cores;
  }

  /** The ids that the events claim, as far as they can be seen without parsing; null elsewhere. */
  static EventId[] peek(byte[] json, List<Span> spans) {
    EventId[] ids = new EventId[spans.size()];
    for (int i = 0; i < ids.length; i++) {
      Span span = spans.get(i);
      ids[i] = EventReader.peekId(json, span.offset(), span.length()).orElse(null);
    }
    return ids;
  }

  /** The places of events that are twice in the batch, byte for byte. */
  static BitSet repeated(byte[] json, List<Span> spans, EventId[] ids) {
    BitSet repeated = new BitSet(ids.length);
    Map<EventId, Integer> first = new HashMap<>(ids.length * 2);
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] == null) {
        continue;
      }
      Integer before = first.putIfAbsent(ids[i], i);
      if (before != null && same(json, spans.get(before), spans.get(i))) {
        repeated.set(i);
      }
    }
    return repeated;
  }

  private static boolean same(byte[] json, Span a, Span b) {
    return Arrays.equals(
        json, a.offset(), a.offset() + a.length(), json, b.offset(), b.offset() + b.length());
  }

  /** Whether one of those maps has the event at the span, byte for byte. */
  static boolean among(List<Map<EventId, Event>> some, EventId id, byte[] json, Span span) {
    for (Map<EventId, Event> events : some) {
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
  List<Judgement> judge(byte[] json, List<Span> spans, BitSet skip) {
    List<Span> fresh = new ArrayList<>(spans.size() - skip.cardinality());
    for (int i = skip.nextClearBit(0); i < spans.size(); i = skip.nextClearBit(i + 1)) {
      fresh.add(spans.get(i));
    }
    return judge(read(json, fresh));
  }

  /** Reads events that were judged valid before; what is no event any more is malformed. */
  List<Judgement> believe(byte[] json, List<Span> spans) {
    return read(json, spans).stream()
        .map(
            reading ->
                reading
                    .fault()
                    .map(fault -> Judgement.of(reading, Verdict.MALFORMED, fault))
                    .orElseGet(() -> Judgement.of(reading, Verdict.VALID, "")))
        .toList();
  }

  /** Judges again what was read before. */
  List<Judgement> judgeAgain(List<Reading> readings) {
    return judge(readings);
  }

  /**
   * Piece by piece. Of a batch that brings keys the whole is judged at once: they are learned
   * before the rest is looked at. Without such, no event's verdict depends on another's.
   */
  private List<Judgement> judge(List<Reading> readings) {
    int size = readings.size();
    if (size < WORTH_SPREADING || Judge.bringsKeys(readings)) {
      return judge.judge(readings);
    }
    Judgement[] judgements = new Judgement[size];
    onAllCores(
        Math.ceilDiv(size, ParallelVerifier.PIECE),
        piece -> {
          int from = piece * ParallelVerifier.PIECE;
          int to = Math.min(size, from + ParallelVerifier.PIECE);
          List<Judgement> some = judge.judge(readings.subList(from, to));
          for (int i = from; i < to; i++) {
            judgements[i] = some.get(i - from);
          }
        });
    return Arrays.asList(judgements);
  }

  private void onAllCores(int count, IntConsumer work) {
    cores.submit(() -> IntStream.range(0, count).parallel().forEach(work)).join();
  }

  private List<Reading> read(byte[] json, List<Span> spans) {
    Reading[] readings = new Reading[spans.size()];
    if (spans.size() < WORTH_SPREADING) {
      IntStream.range(0, readings.length).forEach(i -> readings[i] = read(json, spans.get(i)));
    } else {
      onAllCores(readings.length, i -> readings[i] = read(json, spans.get(i)));
    }
    return Arrays.asList(readings);
  }

  private Reading read(byte[] json, Span span) {
    return reader.read(json, span.offset(), span.length());
  }

  static List<EventId> present(EventId[] ids) {
    return Arrays.stream(ids).map(Optional::ofNullable).flatMap(Optional::stream).toList();
  }
}
