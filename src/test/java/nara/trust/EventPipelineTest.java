package nara.trust;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ForkJoinPool;
import nara.demo.Corpus;
import nara.event.ReadResult;
import nara.event.Verdict;
import nara.event.json.EventReader;
import nara.event.json.RawEvents;
import nara.identity.Keyring;
import nara.trust.verifier.TableVerifier;
import org.junit.jupiter.api.Test;

class EventPipelineTest {
  private static final Instant END = Instant.parse("2026-11-26T12:00:00Z");
  private static final InstantSource CLOCK = InstantSource.fixed(END);
  private static final Corpus CORPUS = Corpus.generate(2_000, 10, 3, END);

  @Test
  void a_batch_is_judged_on_many_cores_as_it_is_on_one() {
    List<byte[]> events = new ArrayList<>(CORPUS.events());
    forge(events, 17);
    Collections.shuffle(events, new Random(5));
    List<byte[]> withoutKeys =
        events.subList(0, 1_500).stream().filter(e -> !text(e).contains("hey-there")).toList();
    List<byte[]> keys =
        events.stream().filter(e -> text(e).contains("hey-there")).limit(10).toList();

    try (ForkJoinPool cores = new ForkJoinPool(4)) {
      EventPipeline eventPipeline = new EventPipeline(judge(), cores);
      EventVerifier one = judge();
      for (List<byte[]> batch : List.of(withoutKeys, events, withoutKeys, keys)) {
        List<Verdict> expected =
            one.verify(batch.stream().map(new EventReader()::read).toList()).stream()
                .map(VerificationResult::verdict)
                .toList();

        List<VerificationResult> verificationResults = judge(eventPipeline, batch);

        assertThat(verificationResults).extracting(VerificationResult::verdict).isEqualTo(expected);
        assertThat(verificationResults)
            .extracting(
                verificationResult ->
                    ((ReadResult.ParsedEvent) verificationResult.readResult()).event().json())
            .usingElementComparator(Arrays::compare)
            .isEqualTo(batch);
      }
    }
  }

  private static EventVerifier judge() {
    return new EventVerifier(new TableVerifier(16), new Keyring(), CLOCK);
  }

  /** Changes the content of one in so many, and keeps its signature. */
  private static void forge(List<byte[]> events, int oneIn) {
    for (int i = 0; i < events.size(); i += oneIn) {
      events.set(
          i, text(events.get(i)).replaceFirst("citizen-0[0-4]", "citizen-05").getBytes(UTF_8));
    }
  }

  private static List<VerificationResult> judge(EventPipeline eventPipeline, List<byte[]> batch) {
    return eventPipeline.verifyNew(RawEvents.join(batch), new BitSet(), List.of());
  }

  private static String text(byte[] event) {
    return new String(event, UTF_8);
  }
}
