package nara.simulation.adversary.answers;

import nara.event.json.RawEvents;

/** Reads the time of an event without parsing the rest. */
final class Times {
  private Times() {}

  /** Unix nanoseconds; 0 when the event does not begin with its time. */
  static long of(byte[] json) {
    RawEvents one = RawEvents.of(json);
    return one.hasTs(0) ? one.ts(0) : 0;
  }
}
