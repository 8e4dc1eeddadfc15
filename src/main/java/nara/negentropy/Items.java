package nara.negentropy;

import java.util.function.Predicate;

/**
 * The items of one side, in ascending (timestamp, id), both unsigned. Ranks count from 0.
 *
 * <p>A peer decides how often these methods run, so each must cost O(log n) beside the items that
 * it visits.
 */
public interface Items {
  int size();

  /** The timestamp of the item at a rank; never {@link Bound#INFINITY}. */
  long timestamp(int rank);

  ItemId id(int rank);

  /** How many items are below the bound. */
  int countBelow(Bound bound);

  /** The sum of the ids from one rank to before another. */
  IdSum sum(int from, int to);

  /** Passes the ids from one rank to before another to the visitor, until it returns false. */
  void visit(int from, int to, Predicate<ItemId> visitor);
}
