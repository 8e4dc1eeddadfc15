package nara.fuzz;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** The inputs of a target: its seeds, and the kept inputs that once were findings. */
final class Corpus {
  private static final Path KEPT = Path.of("src", "test", "resources", "fuzz");
  private static final int MAX_COPIED = 64;

  /** Bytes that decide more than others: JSON's own, and the ends of what a byte can be. */
  private static final byte[] TELLING =
      "{}[]\",:\\ \n\0019-.eu\u007f\u0000".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);

  private Corpus() {}

  /** The directory of a target's kept inputs; perhaps it does not exist. */
  static Path keptBy(String target) {
    return KEPT.resolve(target);
  }

  /** The kept inputs and then the seeds. */
  static List<byte[]> of(String name, FuzzTarget target) throws Exception {
    List<byte[]> inputs = new ArrayList<>();
    if (Files.isDirectory(keptBy(name))) {
      try (Stream<Path> files = Files.list(keptBy(name))) {
        for (Path file : files.sorted().toList()) {
          inputs.add(Files.readAllBytes(file));
        }
      }
    }
    inputs.addAll(target.seeds());
    return inputs;
  }

  /** An input with a few random changes. */
  static byte[] mutate(byte[] input, List<byte[]> others, SplittableRandom random) {
    byte[] mutated = input;
    for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
      mutated = change(mutated, others.get(random.nextInt(others.size())), random);
    }
    return mutated;
  }

  private static byte[] change(byte[] input, byte[] other, SplittableRandom random) {
    int at = random.nextInt(input.length + 1);
    int end = Math.min(input.length, at + random.nextInt(MAX_COPIED));
    return switch (random.nextInt(6)) {
      // Cut out, cut off, repeat, insert a part of another, replace a byte, flip a bit.
      case 0 -> splice(input, at, end, new byte[0], 0, 0);
      case 1 -> splice(input, at, input.length, new byte[0], 0, 0);
      case 2 -> splice(input, at, at, input, at, end);
      case 3 -> {
        int from = random.nextInt(other.length + 1);
        int to = Math.min(other.length, from + random.nextInt(MAX_COPIED));
        yield splice(input, at, at, other, from, to);
      }
      case 4 -> {
        byte[] telling = {TELLING[random.nextInt(TELLING.length)]};
        yield splice(input, at, Math.min(input.length, at + 1), telling, 0, 1);
      }
      default -> {
        byte[] flipped = input.clone();
        if (at < input.length) {
          flipped[at] ^= (byte) (1 << random.nextInt(8));
        }
        yield flipped;
      }
    };
  }

  private static byte[] splice(byte[] into, int from, int to, byte[] of, int start, int end) {
    byte[] result = new byte[from + end - start + into.length - to];
    System.arraycopy(into, 0, result, 0, from);
    System.arraycopy(of, start, result, from, end - start);
    System.arraycopy(into, to, result, from + end - start, into.length - to);
    return result;
  }
}
