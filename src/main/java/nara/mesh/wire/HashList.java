package nara.mesh.wire;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import nara.negentropy.ItemId;

/** The body of {@code POST /events/fetch}: the hashes of events, concatenated. */
public final class HashList {
  private HashList() {}

  /** Reads a body. */
  public static List<ItemId> read(byte[] body) throws MeshException {
    int count = body.length / ItemId.BYTES;
    if (count == 0 || body.length % ItemId.BYTES != 0) {
      throw malformed(body.length + " bytes are not one or more hashes of 32 bytes");
    }
    if (count > MeshLimits.FETCH_HASHES) {
      throw malformed(count + " hashes, over the " + MeshLimits.FETCH_HASHES + " allowed");
    }
    List<ItemId> hashes = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      hashes.add(ItemId.of(body, i * ItemId.BYTES));
    }
    return hashes;
  }

  public static byte[] write(List<ItemId> hashes) {
    ByteBuffer body = ByteBuffer.allocate(hashes.size() * ItemId.BYTES);
    hashes.forEach(hash -> hash.put(body));
    return body.array();
  }

  private static MeshException malformed(String reason) {
    return new MeshException(MeshFailure.MALFORMED, reason);
  }
}
