package nara.web.reference;

import nara.profile.Status;

/**
 * A nara as this node knows it.
 *
 * @param isSelf whether it is this node
 * @param status by its own word
 * @param online ONLINE, OFFLINE, MISSING or empty, in this node's view
 * @param lastSeen Unix seconds; 0 when unknown, as the other numbers
 * @param lastRestart Unix seconds
 * @param startTime of its first start, Unix seconds
 */
record KnownNara(
    String name,
    boolean isSelf,
    Status status,
    String online,
    long lastSeen,
    long lastRestart,
    long startTime,
    long restarts) {
  boolean isOnline() {
    return online.equals("ONLINE");
  }
}
