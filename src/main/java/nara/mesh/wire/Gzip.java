package nara.mesh.wire;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Compresses bodies, and decompresses them within a limit. Not for an event loop. */
public final class Gzip {
  public static final String CODING = "gzip";

  private Gzip() {}

  /** Compresses a body, fast rather than small. */
  public static byte[] compress(Body body) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream(body.length() / 3 + 64);
    try (Fast out = new Fast(packed)) {
      for (byte[] piece : body.pieces()) {
        out.write(piece);
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException("writing to memory", impossible);
    }
    return packed.toByteArray();
  }

  /** Unpacks; more than the given number of bytes is refused while it is unpacked. */
  public static byte[] decompress(byte[] packed, int maxBytes) throws MeshException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(packed), 64 * 1024)) {
      byte[] body = in.readNBytes(maxBytes);
      if (body.length == maxBytes && in.read() >= 0) {
        throw new MeshException(
            MeshFailure.TOO_LARGE, "decompresses to more than the " + maxBytes + " bytes allowed");
      }
      return body;
    } catch (EOFException cut) {
      throw new MeshException(MeshFailure.CUT_OFF, "the compressed response is truncated");
    } catch (IOException broken) {
      throw new MeshException(MeshFailure.MALFORMED, "the response claims to be gzip and is not");
    }
  }

  private static final class Fast extends GZIPOutputStream {
    Fast(ByteArrayOutputStream out) throws IOException {
      super(out, 64 * 1024);
      def.setLevel(Deflater.BEST_SPEED);
    }
  }
}
