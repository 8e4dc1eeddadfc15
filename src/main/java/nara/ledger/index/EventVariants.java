package nara.ledger.index;

import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import nara.event.Event;
import nara.event.EventId;

/**
 * The stored events by id, and the rules for several events with one id.
 *
 * <p>An id does not cover every field that retention reads. It covers neither a restart's observer
 * nor the subject name beside a checkpoint's subject id. A name with a colon can be split in two
 * ways. Events with one id that differ in such a field are variants. Each variant is stored and
 * counts towards its own limits, but only the best one is visible. Events with one id that agree in
 * these fields are copies of one variant, of which the best is stored.
 *
 * <p>Of two forms of one id, {@link FormOrder} tells the better one. So the content does not depend
 * on the order in which events arrive. {@link #sort} follows standings that have changed. Of
 * variants, at most {@value #MAX_FORMS} are stored, the best ones. Honest nodes make one: with
 * more, an attacker tries to make a chain that is long to search.
 */
public final class EventVariants {
  /** Variants of one id: room for the honest one beside some that were altered by relays. */
  public static final int MAX_FORMS = 8;

  /** The best variant of each id; the others follow as {@link StoredEvent#nextVariant}. */
  private final EventTable<EventId> visible = EventTable.byId();

  private final FormOrder order;
  private final Consumer<StoredEvent> onShown;
  private final Consumer<StoredEvent> onHidden;

  /**
   * An empty set.
   *
   * @param order tells which of two variants is better
   * @param onShown receives each variant that becomes visible
   * @param onHidden receives each visible variant before it is removed, changed or superseded
   */
  public EventVariants(
      FormOrder order, Consumer<StoredEvent> onShown, Consumer<StoredEvent> onHidden) {
    this.order = order;
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

  /**
   * The variant that has to go before a new one of its id can be added; null when there is room.
   * When it is better than the new one, the new one is not wanted.
   */
  public StoredEvent surplusVariant(EventId id) {
    StoredEvent last = visible.get(id);
    int count = last == null ? 0 : 1;
    while (last != null && last.nextVariant != null) {
      last = last.nextVariant;
      count++;
    }
    return count < MAX_FORMS ? null : last;
  }

  /** All variants of a visible one's id, best first. */
  public static Stream<StoredEvent> allOf(StoredEvent visible) {
    return Stream.iterate(visible, variant -> variant != null, variant -> variant.nextVariant);
  }

  /** Sorts the variants of an id by the standings of now. */
  public void sort(EventId id) {
    StoredEvent variant = visible.get(id);
    while (variant != null && variant.nextVariant != null) {
      StoredEvent next = variant.nextVariant;
      if (order.compare(variant, next) > 0) {
        List<StoredEvent> all = allOf(visible.get(id)).toList();
        all.forEach(this::remove);
        all.forEach(this::add);
        return;
      }
      variant = next;
    }
  }

  /** Adds a new variant; returns whether it is the first one of its id. */
  public boolean add(StoredEvent added) {
    EventId id = added.event().id();
    StoredEvent first = visible.get(id);
    StoredEvent before = null;
    StoredEvent after = first;
    while (after != null && order.compare(after, added) < 0) {
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
  public boolean replace(StoredEvent variant, StoredEvent copy) {
    if (order.compare(variant, copy) <= 0) {
      return false;
    }
    // A better copy may also outrank other variants of its id.
    remove(variant);
    variant.replaceWith(copy);
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
}
