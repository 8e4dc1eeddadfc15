package nara.trust;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ForkJoinPool;
import nara.demo.Corpus;
import nara.event.Event;
import nara.event.ReadResult;
import nara.event.Verdict;
import nara.event.json.EventReader;
import nara.event.json.RawEvents;
import nara.identity.Keyring;
import nara.identity.Witness;
import nara.testing.Altered;
import nara.trust.verifier.TableVerifier;
import org.junit.jupiter.api.Test;

class EventPipelineTest {
  private static final Instant END = Instant.parse("2026-11-26T12:00:00Z");
  private static final InstantSource CLOCK = InstantSource.fixed(END);
  private static final Corpus CORPUS = Corpus.generate(2_000, 10, 3, END);

  @Test
  void parallel_verification_gives_the_verdicts_of_a_single_thread() {
    List<byte[]> events = new ArrayList<>(CORPUS.events());
    forge(events, 17);
    Collections.shuffle(events, new Random(5));
    List<byte[]> withoutKeys =
        events.subList(0, 1_500).stream().filter(e -> !text(e).contains("hey-there")).toList();
    List<byte[]> keys =
        events.stream().filter(e -> text(e).contains("hey-there")).limit(10).toList();

    try (ForkJoinPool cores = new ForkJoinPool(4)) {
      EventPipeline pipeline = new EventPipeline(verifier(), cores);
      EventVerifier one = verifier();
      Set<Verdict> seen = EnumSet.noneOf(Verdict.class);
      for (List<byte[]> batch : List.of(withoutKeys, events, withoutKeys, keys)) {
        List<Verdict> expected =
            one.verify(batch.stream().map(new EventReader()::read).toList()).stream()
                .map(VerificationResult::verdict)
                .toList();
        seen.addAll(expected);

        List<VerificationResult> verificationResults =
            pipeline.verifyNew(RawEvents.join(batch), new BitSet(), List.of(), Witness.NONE);

        assertThat(verificationResults).extracting(VerificationResult::verdict).isEqualTo(expected);
        assertThat(verificationResults)
            .extracting(result -> ((ReadResult.ParsedEvent) result.readResult()).event().json())
            .usingElementComparator(Arrays::compare)
            .isEqualTo(batch);
      }
      assertThat(seen).contains(Verdict.VALID, Verdict.BAD_ID, Verdict.BAD_SIGNATURE);
    }
  }

  @Test
  void events_held_repeated_or_being_merged_are_skipped() {
    List<byte[]> events = CORPUS.events().subList(0, 4);
    byte[] spaced = Altered.replace(text(events.get(1)) + ' ', "} ", " }").getBytes(UTF_8);
    byte[] noId = "{\"ts\":1}".getBytes(UTF_8);
    RawEvents batch =
        RawEvents.join(
            List.of(noId, events.get(0), events.get(1), events.get(1), spaced, events.get(2)));
    BitSet held = new BitSet();
    held.set(0);
    Event merging = ((ReadResult.ParsedEvent) new EventReader().read(events.get(2))).event();
    try (ForkJoinPool cores = new ForkJoinPool(1)) {
      EventPipeline pipeline = new EventPipeline(verifier(), cores);

      assertThat(
              pipeline.verifyNew(batch, held, List.of(Map.of(merging.id(), merging)), Witness.NONE))
          .extracting(result -> result.readResult().claimedId())
          .containsExactly("", batch.id(2).toString(), batch.id(2).toString());
    }
  }

  private static EventVerifier verifier() {
    return new EventVerifier(new TableVerifier(16), new Keyring(), CLOCK);
  }

  /** Changes every n-th event: in turn the signature, if there is one, and the time. */
  private static void forge(List<byte[]> events, int n) {
    for (int i = 0; i < events.size(); i += n) {
      String text = text(events.get(i));
      String forged =
          i / n % 2 == 0 && Altered.hasSignature(text)
              ? Altered.signature(text)
              : Altered.digit(text, "ts");
      events.set(i, forged.getBytes(UTF_8));
    }
  }

  private static String text(byte[] event) {
    return new String(event, UTF_8);
  }
}
