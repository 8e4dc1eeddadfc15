package nara.cli.file;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * The three bytes that some editors write before a text in UTF-8. They say nothing, so a file that
 * a person gives may begin with them.
 */
final class ByteOrderMark {
  private static final byte[] MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private ByteOrderMark() {}

  /** Reads past the mark where there is one; the stream supports {@link InputStream#mark}. */
  static void skip(InputStream text) throws IOException {
    text.mark(MARK.length);
    if (!Arrays.equals(text.readNBytes(MARK.length), MARK)) {
      text.reset();
    }
  }
}
