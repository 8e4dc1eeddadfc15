package nara.stash;

/**
 * A nara that keeps this node's stash.
 *
 * @param id its nara id; the messages to it name it
 * @param confirmed the time of the content that it is known to hold, Unix seconds; 0 for none
 * @param missedChecks in a row
 */
record Confidant(String name, String id, long confirmed, int missedChecks) {
  Confidant holding(long writtenAt) {
    return new Confidant(name, id, writtenAt, 0);
  }

  Confidant missed() {
    return new Confidant(name, id, confirmed, missedChecks + 1);
  }
}
