package nara.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The contents of the PEM files that a configuration names. The check of the configuration reads a
 * file once; the program reads it again when it connects.
 */
public enum PemFile {
  CERTIFICATE("certificate", "", "CERTIFICATE"),

  /** Without a password: the program has nobody to ask for it. */
  PRIVATE_KEY("private key", "(RSA |EC )?", "PRIVATE KEY"),

  /** A private key in the format of {@code openssl pkey}. */
  PKCS8_KEY("private key in PKCS 8", "", "PRIVATE KEY");

  /** The authorities of a distribution have 250 KB. */
  private static final int MAX_BYTES = 1 << 20;

  private final String content;
  private final String label;
  private final Pattern begin;

  PemFile(String content, String labelPrefix, String label) {
    this.content = content;
    this.label = label;
    this.begin = Pattern.compile("-----BEGIN " + labelPrefix + label + "-----");
  }

  /** The fault of a file, as a sentence; empty without one. A pipe would block its reader. */
  public Optional<String> fault(Path file) {
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      return Optional.of("there is no readable file \"" + file + '"');
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] text = in.readNBytes(MAX_BYTES);
      return begin.matcher(new String(text, StandardCharsets.ISO_8859_1)).find()
          ? Optional.empty()
          : Optional.of(
              "\"%s\" holds no %s; give a PEM file, with a line -----BEGIN %s-----"
                  .formatted(file, content, label));
    } catch (IOException unreadable) {
      return Optional.of(
          "\"%s\" cannot be read (%s)".formatted(file, FileFault.reason(unreadable)));
    }
  }
}
