package nara.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** The recorded vectors, by their file names. */
public final class Vectors {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Vectors() {}

  /** The whole file as a tree. */
  public static JsonNode json(String name) {
    try (InputStream in = open(name)) {
      return JSON.readTree(in);
    } catch (IOException broken) {
      throw new UncheckedIOException(name, broken);
    }
  }

  /** The lines of a gzipped file. */
  public static List<String> gzippedLines(String name) {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(new GZIPInputStream(open(name)), StandardCharsets.UTF_8))) {
      return lines.lines().toList();
    } catch (IOException broken) {
      throw new UncheckedIOException(name, broken);
    }
  }

  /** One JSON text as a tree. */
  public static JsonNode parse(String json) {
    try {
      return JSON.readTree(json);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private static InputStream open(String name) {
    InputStream in = Vectors.class.getResourceAsStream("/vectors/" + name);
    if (in == null) {
      throw new IllegalArgumentException("no vector " + name);
    }
    return in;
  }
}
