package nara.bench;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import nara.bench.BenchHistory.Spread;
import nara.event.ReadResult;
import nara.event.Verdict;
import nara.event.json.EventReader;
import nara.event.json.JsonSpans;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.event.json.JsonSpans.Span;
import nara.event.json.RawEvents;
import nara.identity.Keyring;
import nara.identity.Standing;
import nara.ledger.Ledger;
import nara.ledger.LedgerConfig;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.ledger.Query;
import nara.trust.EventVerifier;
import nara.trust.VerificationResult;
import nara.trust.verifier.SignatureCheck;
import nara.trust.verifier.SignatureVerifier;
import nara.trust.verifier.TableVerifier;

/**
 * What an event costs on its way from a page of bytes into the ledger, step by step, in processor
 * time and in allocated bytes of one thread; and the signature beside it, which all the rest
 * together must stay below.
 */
public final class IntakeBench {
  private static final ThreadMXBean THREAD = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int ROUNDS = 9;
  private static final String SIGNATURE = "signature";

  /** What one step took in each round. */
  private static final class StepTimes {
    private final List<Double> micros = new ArrayList<>();
    private long bytes;

    double micros() {
      return micros.stream().sorted().toList().get(micros.size() / 2);
    }
  }

  private final Map<String, StepTimes> steps = new LinkedHashMap<>();
  private final SignatureVerifier tables = new TableVerifier(1_000);
  private final int events;
  private final List<byte[]> pages;
  private long cpu;
  private long allocated;

  private IntakeBench(int events, List<byte[]> pages) {
    this.events = events;
    this.pages = pages;
  }

  /** Prints one table. */
  public static void main(String[] args)
      throws IOException, MalformedJsonException, GeneralSecurityException {
    int size = args.length == 0 ? 80_000 : Integer.parseInt(args[0]);
    BenchHistory history = BenchHistory.read(BenchHistory.file(size));
    IntakeBench bench = new IntakeBench(history.events().size(), pages(history));
    for (int round = 0; round < ROUNDS; round++) {
      bench.round(round >= ROUNDS / 3);
    }
    Figures figures = new Figures();
    bench.print(figures);
    figures.save();
  }

  /** Pages as a neighbour would give them: announcements first, then by time. */
  private static List<byte[]> pages(BenchHistory history) {
    List<byte[]> events = new ArrayList<>(history.part(Spread.EQUAL, 0, 1));
    EventReader reader = new EventReader();
    List<byte[]> rest = events.subList(history.announcements(), events.size());
    Map<byte[], Long> times = new java.util.IdentityHashMap<>();
    rest.forEach(
        json -> times.put(json, ((ReadResult.ParsedEvent) reader.read(json)).event().ts()));
    rest.sort((a, b) -> Long.compare(times.get(a), times.get(b)));
    List<byte[]> pages = new ArrayList<>();
    for (int from = 0; from < events.size(); from += Query.MAX_EVENTS) {
      ByteArrayOutputStream page = new ByteArrayOutputStream();
      page.writeBytes("{\"from\":\"neighbour\",\"events\":[".getBytes(StandardCharsets.UTF_8));
      for (int i = from; i < Math.min(events.size(), from + Query.MAX_EVENTS); i++) {
        if (i > from) {
          page.write(',');
        }
        page.writeBytes(events.get(i));
      }
      page.writeBytes("],\"ts\":1,\"sig\":\"\"}\n".getBytes(StandardCharsets.UTF_8));
      pages.add(page.toByteArray());
    }
    return pages;
  }

  private void round(boolean counts) throws MalformedJsonException, GeneralSecurityException {
    Keyring keys = new Keyring();
    Ledger ledger = new Ledger(LedgerConfig.ofSize(2 * events), name -> Standing.ESTABLISHED);
    EventReader reader = new EventReader();
    Map<String, long[]> sums = new LinkedHashMap<>();
    for (byte[] page : pages) {
      begin();
      MessageDigest.getInstance("SHA-256").digest(page);
      end(sums, "hash of the answer");

      begin();
      Span list = JsonSpans.members(page, 8).get("events");
      RawEvents rawEvents = RawEvents.of(page, JsonSpans.elements(page, list, Query.MAX_EVENTS));
      end(sums, "cut");

      begin();
      MessageDigest ids = MessageDigest.getInstance("SHA-256");
      rawEvents.hashIds(ids);
      ids.digest();
      end(sums, "hash of the ids");

      begin();
      ledger.validIds(rawEvents.ids());
      end(sums, "new?");

      begin();
      List<ReadResult> readResults = new ArrayList<>(rawEvents.size());
      for (int i = 0; i < rawEvents.size(); i++) {
        readResults.add(rawEvents.read(i, reader));
      }
      end(sums, "read");

      RecordingVerifier verifier = new RecordingVerifier();
      begin();
      List<VerificationResult> verificationResults =
          new EventVerifier(verifier, keys, InstantSource.system()).verify(readResults);
      end(sums, "judge, but for the signature");

      begin();
      for (List<SignatureCheck> batch : verifier.batches) {
        tables.verify(batch);
      }
      end(sums, SIGNATURE);

      begin();
      List<JudgedEvent> judged = new ArrayList<>(verificationResults.size());
      for (VerificationResult result : verificationResults) {
        judged.add(
            new JudgedEvent(
                ((ReadResult.ParsedEvent) result.readResult()).event(), result.verdict()));
      }
      ledger.merge(judged);
      end(sums, "merge");
    }
    if (ledger.stats().total() != events
        || ledger.variants().stream().anyMatch(form -> form.verdict() == Verdict.BAD_SIGNATURE)) {
      throw new IllegalStateException("not everything was merged");
    }
    if (counts) {
      sums.forEach(
          (name, sum) -> {
            StepTimes times = steps.computeIfAbsent(name, absent -> new StepTimes());
            times.micros.add(sum[0] / 1e3 / events);
            times.bytes = sum[1] / events;
          });
    }
  }

  /** Says yes to everything and remembers what it was asked. */
  private static final class RecordingVerifier implements SignatureVerifier {
    private final List<List<SignatureCheck>> batches = new ArrayList<>();

    @Override
    public String name() {
      return "recorder";
    }

    @Override
    public boolean[] verify(List<SignatureCheck> batch) {
      batches.add(batch);
      boolean[] all = new boolean[batch.size()];
      Arrays.fill(all, true);
      return all;
    }
  }

  private void begin() {
    allocated = THREAD.getCurrentThreadAllocatedBytes();
    cpu = THREAD.getCurrentThreadCpuTime();
  }

  private void end(Map<String, long[]> sums, String step) {
    long[] sum = sums.computeIfAbsent(step, absent -> new long[2]);
    sum[0] += THREAD.getCurrentThreadCpuTime() - cpu;
    sum[1] += THREAD.getCurrentThreadAllocatedBytes() - allocated;
  }

  private void print(Figures figures) {
    System.out.printf("%-32s %12s %12s%n", "for each event, one thread", "cpu us", "bytes");
    double rest = 0;
    long restBytes = 0;
    for (Map.Entry<String, StepTimes> step : steps.entrySet()) {
      line(figures, step.getKey(), step.getValue().micros(), step.getValue().bytes);
      if (!step.getKey().equals(SIGNATURE)) {
        rest += step.getValue().micros();
        restBytes += step.getValue().bytes;
      }
    }
    line(figures, "all but the signature", rest, restBytes);
    System.out.printf(
        Locale.ROOT, "%-32s %12.2f%n", "of a signature", rest / steps.get(SIGNATURE).micros());
  }

  private void line(Figures figures, String what, double micros, long bytes) {
    if (!what.equals(SIGNATURE)) {
      figures.add(what + ", cpu ÷ signature", micros / steps.get(SIGNATURE).micros());
    }
    figures.add(what + ", bytes per event", bytes);
    System.out.printf(Locale.ROOT, "%-32s %12.2f %,12d%n", what, micros, bytes);
  }
}
