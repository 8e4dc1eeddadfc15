package nara.ledger.index;

import java.util.Arrays;
import java.util.function.Consumer;
import java.util.stream.Stream;
import nara.event.Event;
import nara.event.EventId;
import nara.event.Verdict;

/**
 * The stored events by id, and the rules for several events with one id.
 *
 * <p>An id does not cover every field that retention reads. It covers neither a restart's observer
 * nor the subject name beside a checkpoint's subject id. A name with a colon can be split in two
 * ways. Events with one id that differ in such a field are variants. Each variant is stored and
 * counts towards its own limits, but only the best one is visible. Events with one id that agree in
 * these fields are copies of one variant, of which the best is stored.
 *
 * <p>The better verdict wins, then the smaller bytes. So the content does not depend on the order
 * in which events arrive.
 */
public final class EventVariants {
  /** The best variant of each id; the others follow as {@link StoredEvent#nextVariant}. */
  private final EventTable<EventId> visible = EventTable.byId();

  private final Consumer<StoredEvent> onShown;
  private final Consumer<StoredEvent> onHidden;

  /**
   * An empty set.
   *
   * @param onShown receives each variant that becomes visible
   * @param onHidden receives each visible variant before it is removed, changed or superseded
   */
  public EventVariants(Consumer<StoredEvent> onShown, Consumer<StoredEvent> onHidden) {
    this.onShown = onShown;
    this.onHidden = onHidden;
  }

  /** The number of ids. */
  public int size() {
    return visible.size();
  }

  /** The visible variant of the id, or null. */
  public StoredEvent visible(EventId id) {
    return visible.get(id);
  }

  public boolean isVisible(StoredEvent stored) {
    return visible.get(stored.event().id()) == stored;
  }

  /** The variant that the event is a copy of, or null. */
  public StoredEvent variantOf(Event event) {
    StoredEvent variant = visible.get(event.id());
    while (variant != null && !isSameVariant(variant.event(), event)) {
      variant = variant.nextVariant;
    }
    return variant;
  }

  /** All variants of a visible one's id, best first. */
  public static Stream<StoredEvent> allOf(StoredEvent visible) {
    return Stream.iterate(visible, variant -> variant != null, variant -> variant.nextVariant);
  }

  /** Adds a new variant; returns whether it is the first one of its id. */
  public boolean add(StoredEvent added) {
    EventId id = added.event().id();
    StoredEvent first = visible.get(id);
    StoredEvent before = null;
    StoredEvent after = first;
    while (after != null && compare(after, added.event(), added.verdict()) < 0) {
      before = after;
      after = after.nextVariant;
    }
    added.nextVariant = after;
    if (before != null) {
      before.nextVariant = added;
    } else {
      if (first != null) {
        onHidden.accept(first);
      }
      show(id, added);
    }
    return first == null;
  }

  /** Removes a variant that was added. */
  public void remove(StoredEvent removed) {
    EventId id = removed.event().id();
    StoredEvent before = visible.get(id);
    if (before == removed) {
      onHidden.accept(removed);
      if (removed.nextVariant == null) {
        visible.remove(id);
      } else {
        show(id, removed.nextVariant);
      }
    } else {
      while (before.nextVariant != removed) {
        before = before.nextVariant;
      }
      before.nextVariant = removed.nextVariant;
    }
    removed.nextVariant = null;
  }

  /** Replaces a variant by another copy of it; returns false when the copy is not better. */
  public boolean replace(StoredEvent variant, Event copy, Verdict verdict) {
    if (compare(variant, copy, verdict) <= 0) {
      return false;
    }
    // A better copy may also outrank other variants of its id.
    remove(variant);
    variant.replaceWith(copy, verdict);
    add(variant);
    return true;
  }

  private void show(EventId id, StoredEvent variant) {
    visible.put(id, variant);
    onShown.accept(variant);
  }

  /** Whether two events with one id are copies of one variant. */
  public static boolean isSameVariant(Event a, Event b) {
    return StoredEvent.compareRetained(a, b) == 0;
  }

  /** Below zero when the stored event is better than the other event with its id. */
  public static int compare(StoredEvent stored, Event other, Verdict verdict) {
    int byVerdict = stored.verdict().compareTo(verdict);
    return byVerdict != 0 ? byVerdict : Arrays.compareUnsigned(stored.event().json(), other.json());
  }
}
