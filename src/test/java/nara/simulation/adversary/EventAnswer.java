package nara.simulation.adversary;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The events of an answer before it is signed, and the cursor behind them. */
public final class EventAnswer {
  private final List<byte[]> jsons;
  private Optional<Long> nextCursor;

  EventAnswer(List<byte[]> events, Optional<Long> cursor) {
    jsons = new ArrayList<>(events);
    nextCursor = cursor;
  }

  /** The JSON of each event; may be changed. */
  public List<byte[]> events() {
    return jsons;
  }

  public Optional<Long> cursor() {
    return nextCursor;
  }

  public void setCursor(Optional<Long> other) {
    nextCursor = other;
  }
}
