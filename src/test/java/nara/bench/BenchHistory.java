package nara.bench;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import nara.demo.Corpus;

/**
 * A {@link Corpus} kept in a file, since signing it takes longer than all that is done with it, and
 * the parts of it that neighbours hold.
 *
 * @param events their JSON; the announcements come first
 * @param announcements how many of the first ones everybody holds
 */
record BenchHistory(List<byte[]> events, int announcements) {
  private static final long SEED = 1;

  /** How a history is spread over neighbours; announcements are with everybody. */
  enum Spread {
    /** Everybody holds everything. */
    EQUAL,
    /** Each event is with two, drawn at random. */
    TWICE,
    /** Each event is with one, drawn at random. */
    DISJOINT,
    /** Everybody holds 99 of 100, and the last neighbour alone the rest. */
    LONE;

    /**
     * The fewest events to be fetched for each distinct one, by whoever asks for whole pages of
     * neighbours that hold so: of the pairs of {@link #TWICE} all but one neighbour must be read.
     */
    double leastFetches(int neighbours) {
      return this == TWICE ? 2.0 * (neighbours - 1) / neighbours : 1;
    }
  }

  /** The file with so many events; made when there is none. */
  static Path file(int size) throws IOException {
    Path file = Path.of("target", "bench", "history-" + size + ".bin");
    if (!Files.exists(file)) {
      System.err.printf("making and signing %,d events, once%n", size);
      Corpus corpus = Corpus.generate(size, Corpus.CITIZENS, SEED, Instant.now());
      Files.createDirectories(file.getParent());
      Path part = file.resolveSibling(file.getFileName() + ".part");
      try (DataOutputStream out =
          new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(part), 1 << 20))) {
        out.writeInt(corpus.announcementCount());
        out.writeInt(corpus.events().size());
        for (byte[] event : corpus.events()) {
          out.writeInt(event.length);
          out.write(event);
        }
      }
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
    }
    return file;
  }

  static BenchHistory read(Path file) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 20))) {
      int announcements = in.readInt();
      byte[][] events = new byte[in.readInt()][];
      for (int i = 0; i < events.length; i++) {
        events[i] = in.readNBytes(in.readInt());
      }
      return new BenchHistory(Arrays.asList(events), announcements);
    }
  }

  /** What one of so many neighbours holds; all of them draw alike. */
  List<byte[]> part(Spread spread, int neighbour, int neighbours) {
    SplittableRandom random = new SplittableRandom(SEED);
    List<byte[]> part = new ArrayList<>(events.subList(0, announcements));
    for (byte[] event : events.subList(announcements, events.size())) {
      int one = random.nextInt(neighbours);
      int other = (one + 1 + random.nextInt(Math.max(1, neighbours - 1))) % neighbours;
      boolean rare = random.nextInt(100) == 0;
      boolean held =
          switch (spread) {
            case EQUAL -> true;
            case TWICE -> neighbour == one || neighbour == other;
            case DISJOINT -> neighbour == one;
            case LONE -> !rare || neighbour == neighbours - 1;
          };
      if (held) {
        part.add(event);
      }
    }
    return part;
  }
}
