package nara.mesh.client;

import nara.mesh.wire.MeshLimits;

/**
 * Bounds the bytes of all large responses that are in memory, from their first byte until their
 * events are merged. A few peers with large events must not exhaust the heap.
 *
 * <p>Small responses need no room here, so large ones do not delay them. Lives on one event loop.
 */
final class LargeResponses {
  private final long smallBytes;
  private long room;

  /** Limits for a JVM with so many bytes of heap. */
  LargeResponses(long heapBytes) {
    this.smallBytes = heapBytes / MeshLimits.SMALL_RESPONSE_HEAP_PART;
    this.room = heapBytes / MeshLimits.LARGE_RESPONSES_HEAP_PART;
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
