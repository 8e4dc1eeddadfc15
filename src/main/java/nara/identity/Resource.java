package nara.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** The data files of this package: one entry per line, {@code #} begins a comment. */
final class Resource {
  private Resource() {}

  /** The file's entries in order, without comments and empty lines. */
  static List<String> lines(String file) {
    try (InputStream in = Resource.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("the jar lacks nara/identity/" + file);
      }
      return new String(in.readAllBytes(), UTF_8)
          .lines()
          .map(String::strip)
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read nara/identity/" + file, e);
    }
  }
}
