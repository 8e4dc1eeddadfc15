package nara.upkeep;

import java.time.Instant;

/** What looking around leads to. */
sealed interface Task {
  String name();

  /** Somebody is silent: see by a ping whether it is there all the same. */
  record Check(String name, String address) implements Task {}

  /**
   * Somebody is silent in the ledger but was heard: say that it was seen, and when, so that nobody
   * takes it for there any longer than who heard it.
   */
  record Vouch(String name, Instant heard) implements Task {}

  /** Somebody is there of whom the ledger may not know when it began. */
  record FirstSeen(String name) implements Task {}

  /** Somebody went ONLINE, OFFLINE or MISSING, and nobody has said so since. */
  record Changed(String name, String state) implements Task {}

  /**
   * Somebody was gone and announced itself again.
   *
   * @param seconds when it did, Unix seconds
   */
  record Restarted(String name, long seconds) implements Task {}

  /** Somebody is missing: no neighbour to speak to until it is heard again. */
  record Lost(String name) implements Task {}
}
