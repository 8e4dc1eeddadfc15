package nara.web.reference;

import java.util.OptionalDouble;

/**
 * A nara as this node knows it.
 *
 * @param isSelf whether it is this node
 * @param status by its own word
 * @param online ONLINE, OFFLINE, MISSING or empty, in this node's view
 * @param lastSeen Unix seconds; 0 when unknown, as the other numbers
 * @param lastRestart Unix seconds
 * @param startTime of its first start, Unix seconds
 * @param averageMillis of a round trip to it
 */
record KnownNara(
    String name,
    boolean isSelf,
    NaraStatus status,
    String online,
    long lastSeen,
    long lastRestart,
    long startTime,
    long restarts,
    OptionalDouble averageMillis) {
  boolean isOnline() {
    return online.equals("ONLINE");
  }
}
