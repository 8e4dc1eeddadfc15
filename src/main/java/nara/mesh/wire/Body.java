package nara.mesh.wire;

import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import nara.identity.Hashing;

/**
 * The bytes of a response in pieces, with their hash. A response of megabytes is built, hashed and
 * sent without one large array, which is expensive to allocate.
 *
 * <p>Immutable: the pieces are never changed.
 */
public final class Body {
  /** Bytes of a piece: small enough to be hashed and sent while it is still in the cache. */
  static final int PIECE_BYTES = 64 * 1024;

  private final List<byte[]> pieces;
  private final int length;

  /** SHA-256 of all bytes; null when it is not known. */
  private final byte[] hash;

  private Body(List<byte[]> pieces, int length, byte[] hash) {
    this.pieces = pieces;
    this.length = length;
    this.hash = hash;
  }

  /** A body of one piece. */
  public static Body of(byte[] bytes) {
    return new Body(List.of(bytes), bytes.length, null);
  }

  /** The pieces in order, at least one. */
  public List<byte[]> pieces() {
    return pieces;
  }

  public int length() {
    return length;
  }

  /** SHA-256 of all bytes; computed here unless a {@link Writer} did it. */
  byte[] hash() {
    if (hash != null) {
      return hash;
    }
    MessageDigest digest = Hashing.newSha256();
    pieces.forEach(digest::update);
    return digest.digest();
  }

  /** A copy of all bytes in one array. */
  public byte[] bytes() {
    byte[] all = new byte[length];
    int at = 0;
    for (byte[] piece : pieces) {
      System.arraycopy(piece, 0, all, at, piece.length);
      at += piece.length;
    }
    return all;
  }

  /** Builds a body, and hashes each piece as soon as it is full. For one thread. */
  static final class Writer {
    private final MessageDigest digest = Hashing.newSha256();
    private final List<byte[]> pieces = new ArrayList<>();
    private byte[] piece = new byte[PIECE_BYTES];
    private int pieceLength;
    private int length;

    void write(byte[] bytes) {
      for (int from = 0, count; from < bytes.length; from += count) {
        if (pieceLength == PIECE_BYTES) {
          finishPiece(piece);
          piece = new byte[PIECE_BYTES];
          pieceLength = 0;
        }
        count = Math.min(bytes.length - from, PIECE_BYTES - pieceLength);
        System.arraycopy(bytes, from, piece, pieceLength, count);
        pieceLength += count;
      }
    }

    private void finishPiece(byte[] full) {
      length = Math.addExact(length, full.length);
      digest.update(full);
      pieces.add(full);
    }

    /** Ends the body. */
    Body finish() {
      finishPiece(Arrays.copyOf(piece, pieceLength));
      return new Body(List.copyOf(pieces), length, digest.digest());
    }
  }
}
