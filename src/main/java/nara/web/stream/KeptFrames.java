package nara.web.stream;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The last frames, for clients that come back with the id of their last one. Ids are {@code
 * RUN-NUMBER}: each run of the stream has its own name, and numbers its frames from 1 on.
 */
final class KeptFrames {
  private final int maxBytes;
  private final Deque<Kept> frames = new ArrayDeque<>();
  private String run;
  private long last;
  private int bytes;

  private record Kept(long number, byte[] bytes) {}

  /** What a client that comes back gets. */
  sealed interface Replay {
    /** The frames after its last one. */
    record Following(List<byte[]> frames) implements Replay {}

    /** The same, but {@code missing} frames before them are gone. */
    record Gap(long missing, List<byte[]> frames) implements Replay {}

    /** Its id is of another run, or is none. */
    record OtherRun() implements Replay {}
  }

  KeptFrames(String run, int maxBytes) {
    this.run = run;
    this.maxBytes = maxBytes;
  }

  /** Forgets all frames; ids from before are of another run. */
  void restart(String newRun) {
    frames.clear();
    run = newRun;
    last = 0;
    bytes = 0;
  }

  /** Keeps the next frame, which {@code write} makes from its id. */
  byte[] add(Function<String, byte[]> write) {
    last++;
    byte[] frame = write.apply(lastId());
    frames.add(new Kept(last, frame));
    bytes += frame.length;
    while (bytes > maxBytes) {
      bytes -= frames.remove().bytes().length;
    }
    return frame;
  }

  /** The id of the last frame. */
  String lastId() {
    return run + '-' + last;
  }

  Replay after(String id) {
    Optional<Long> number = number(id);
    if (number.isEmpty()) {
      return new Replay.OtherRun();
    }
    List<byte[]> following = new ArrayList<>();
    for (Kept frame : frames) {
      if (frame.number() > number.get()) {
        following.add(frame.bytes());
      }
    }
    long missing = last - number.get() - following.size();
    return missing > 0 ? new Replay.Gap(missing, following) : new Replay.Following(following);
  }

  /** The number in an id of this run. */
  private Optional<Long> number(String id) {
    String prefix = run + '-';
    if (!id.startsWith(prefix)) {
      return Optional.empty();
    }
    try {
      long number = Long.parseLong(id.substring(prefix.length()));
      return number >= 0 && number <= last ? Optional.of(number) : Optional.empty();
    } catch (NumberFormatException invalid) {
      return Optional.empty();
    }
  }
}
