package nara.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import nara.event.EventLimits;
import nara.event.Verdict;
import nara.event.json.EventFuzz;
import nara.event.json.EventReader;
import nara.fuzz.FuzzTarget;
import nara.fuzz.Property;
import nara.identity.Keyring;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.testing.Citizen;

/**
 * Arbitrary bytes as a snapshot. The first byte chooses: a file as it is, packed lines without a
 * seal, or packed lines under this node's seal.
 */
public final class SnapshotFuzz implements FuzzTarget {
  private static final byte[] KEY = "a key for seals".getBytes(UTF_8);
  private static final long MAX_EVENTS = 20;

  private final EventReader reader = new EventReader();
  private final Path file;

  public SnapshotFuzz() {
    try {
      file = Files.createTempFile("nara-fuzz", ".snapshot");
      file.toFile().deleteOnExit();
    } catch (IOException full) {
      throw new java.io.UncheckedIOException(full);
    }
  }

  @Override
  public List<byte[]> seeds() throws IOException {
    Citizen bart = Citizen.named("bart");
    List<JudgedEvent> events =
        List.of(
            new JudgedEvent(Citizen.read(bart.heyThere(5, "10.0.0.1")).event(), Verdict.VALID),
            new JudgedEvent(Citizen.read(bart.tease(6, "lisa")).event(), Verdict.UNSIGNED));
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    whole.write(0);
    Snapshot.of(Instant.EPOCH, new Keyring(), events).writeTo(whole, KEY);
    String lines =
        new String(SnapshotLines.header(Instant.EPOCH), UTF_8)
            + "\n[\"key\",\"bart\",\"\",\""
            + bart.key().encoded()
            + "\"]\n"
            + new String(SnapshotLines.verdict(Verdict.VALID), UTF_8)
            + '\n'
            + new String(bart.tease(6, "lisa"), UTF_8)
            + '\n';
    return List.of(whole.toByteArray(), (char) 1 + lines, (char) 2 + lines).stream()
        .map(seed -> seed instanceof String text ? text.getBytes(UTF_8) : (byte[]) seed)
        .toList();
  }

  @Override
  public void run(byte[] input) throws IOException {
    if (input.length == 0) {
      return;
    }
    byte[] content = Arrays.copyOfRange(input, 1, input.length);
    boolean sealing = input[0] == 2;
    Files.write(file, input[0] == 0 ? content : packed(content, sealing));
    try (SnapshotReader snapshot = SnapshotReader.open(file, KEY, MAX_EVENTS)) {
      Property.holds(!sealing || snapshot.sealed(), "our seal is recognised");
      Property.holds(input[0] != 1 || !snapshot.sealed(), "no seal, no trust");
      readAll(snapshot, content.length);
    } catch (SnapshotChangedException changed) {
      Property.holds(sealing || input[0] == 0, "only a sealed file can have been changed");
    }
  }

  private void readAll(SnapshotReader snapshot, int size) throws SnapshotChangedException {
    long events = 0;
    // Each part holds at least a line of a byte; and there is the end.
    for (int parts = 0; ; parts++) {
      Property.holds(parts <= 2_000L * (size + 1), "reading comes to an end");
      switch (snapshot.next()) {
        case SnapshotReader.KeysPart keys -> {
          Property.holds(snapshot.sealed(), "keys come from a sealed file only");
          Property.holds(keys.keys().size() <= SnapshotReader.PART_EVENTS, "keys are bounded");
        }
        case SnapshotReader.EventsPart part -> {
          Property.holds(snapshot.sealed() || !part.valid(), "no seal, no verdict");
          events += part.events().size();
          check(part.events());
        }
        case SnapshotReader.EndOfSnapshot end -> {
          Property.holds(snapshot.sealed() || events <= MAX_EVENTS, "events are bounded");
          if (!end.problem().isEmpty()) {
            Property.printable(end.problem());
          }
          return;
        }
      }
    }
  }

  private void check(List<byte[]> events) {
    for (byte[] json : events) {
      Property.holds(json.length <= EventLimits.MAX_EVENT_BYTES, "no line is too long");
      EventFuzz.check(json, reader);
    }
  }

  private static byte[] packed(byte[] lines, boolean sealing) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(lines);
    }
    if (sealing) {
      HmacSeal seal = new HmacSeal(KEY);
      seal.update(out.toByteArray(), 0, out.size());
      out.writeBytes(seal.gzipMember());
    }
    return out.toByteArray();
  }
}
