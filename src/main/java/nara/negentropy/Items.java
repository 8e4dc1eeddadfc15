package nara.negentropy;

import java.util.function.Predicate;

/**
 * The items of one side, in ascending (time, id) by unsigned numbers; ranks count from 0.
 *
 * <p>Whatever the protocol asks of it must cost O(log n) beside the items that are walked, since a
 * peer decides how often it is asked.
 */
public interface Items {
  /** How many there are. */
  int size();

  /** The time of the item of a rank; never {@link Bound#INFINITY}. */
  long time(int rank);

  /** The id of the item of a rank. */
  ItemId id(int rank);

  /** How many items are below the bound: the rank of the first that is not. */
  int countBelow(Bound bound);

  /** The sum of the ids from a rank on to before another one. */
  IdSum sum(int from, int to);

  /** Shows the ids from a rank on to before another one, for as long as they are wanted. */
  void visit(int from, int to, Predicate<ItemId> visitor);
}
