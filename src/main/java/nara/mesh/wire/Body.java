package nara.mesh.wire;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import nara.identity.Hashing;

/**
 * The bytes of an answer, in pieces, with their hash: an answer of megabytes is gathered, hashed
 * and sent without ever lying in one array, which would be dear to find room for.
 *
 * <p>Immutable: nobody changes the pieces.
 */
public final class Body {
  /** Bytes of a piece: small enough to be hashed and sent while it is still in the cache. */
  static final int PIECE_BYTES = 64 * 1024;

  private final List<byte[]> pieces;
  private final int length;

  /** SHA-256 of all bytes; null where it did not come along. */
  private final byte[] hash;

  private Body(List<byte[]> pieces, int length, byte[] hash) {
    this.pieces = pieces;
    this.length = length;
    this.hash = hash;
  }

  /** A body that is one array. */
  public static Body of(byte[] bytes) {
    return new Body(List.of(bytes), bytes.length, null);
  }

  /** The pieces, in order; one at the least. */
  public List<byte[]> pieces() {
    return pieces;
  }

  public int length() {
    return length;
  }

  /** SHA-256 of all bytes, computed unless it was while they were gathered. */
  byte[] hash() {
    if (hash != null) {
      return hash;
    }
    MessageDigest digest = Hashing.newSha256();
    pieces.forEach(digest::update);
    return digest.digest();
  }

  /** All bytes in one array, a copy. */
  byte[] bytes() {
    byte[] all = new byte[length];
    int at = 0;
    for (byte[] piece : pieces) {
      System.arraycopy(piece, 0, all, at, piece.length);
      at += piece.length;
    }
    return all;
  }

  /** Gathers a body, and hashes each piece as soon as it is full. For one thread. */
  static final class Writer {
    private final MessageDigest digest = Hashing.newSha256();
    private final List<byte[]> pieces = new ArrayList<>();
    private byte[] piece = new byte[PIECE_BYTES];
    private int pieceLength;
    private int length;

    void write(byte b) {
      if (pieceLength == PIECE_BYTES) {
        startNextPiece();
      }
      piece[pieceLength++] = b;
    }

    void write(byte[] bytes) {
      int from = 0;
      while (bytes.length - from > PIECE_BYTES - pieceLength) {
        int room = PIECE_BYTES - pieceLength;
        System.arraycopy(bytes, from, piece, pieceLength, room);
        from += room;
        pieceLength = PIECE_BYTES;
        startNextPiece();
      }
      System.arraycopy(bytes, from, piece, pieceLength, bytes.length - from);
      pieceLength += bytes.length - from;
    }

    private void startNextPiece() {
      finishPiece(piece);
      piece = new byte[PIECE_BYTES];
      pieceLength = 0;
    }

    private void finishPiece(byte[] full) {
      length = Math.addExact(length, full.length);
      digest.update(full);
      pieces.add(full);
    }

    /** The body; nothing is written after it. */
    Body finish() {
      finishPiece(Arrays.copyOf(piece, pieceLength));
      return new Body(List.copyOf(pieces), length, digest.digest());
    }
  }
}
