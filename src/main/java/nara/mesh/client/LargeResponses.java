package nara.mesh.client;

/**
 * Bounds the bytes of all large responses that are in memory, from their first byte until their
 * events are merged. A few peers with large events must not exhaust the heap.
 *
 * <p>Usual responses need no room here, so large ones do not delay them. Lives on one event loop.
 */
final class LargeResponses {
  /** A page of 5,000 usual events, 2.4 MB, is no large response with a heap of 192 MB or more. */
  private static final int SMALL_PART = 64;

  /** One part in 8 of the heap for all large responses. */
  private static final int ROOM_PART = 8;

  private final long smallBytes;
  private long room;

  /** Limits for a JVM with so many bytes of heap. */
  LargeResponses(long heapBytes) {
    this.smallBytes = heapBytes / SMALL_PART;
    this.room = heapBytes / ROOM_PART;
  }

  /**
   * Takes the room that a response needs to grow.
   *
   * @param before the bytes it has room for so far
   * @param bytes the bytes it needs
   * @return whether there was room; if not, nothing has changed
   */
  boolean grow(long before, long bytes) {
    long more = counted(bytes) - counted(before);
    if (more > room) {
      return false;
    }
    room -= more;
    return true;
  }

  /** Gives back the room of a response. */
  void release(long bytes) {
    room += counted(bytes);
  }

  private long counted(long bytes) {
    return bytes <= smallBytes ? 0 : bytes;
  }
}
