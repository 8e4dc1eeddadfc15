package nara.web.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import nara.web.stream.KeptFrames.Replay;
import org.junit.jupiter.api.Test;

class KeptFramesTest {
  private final KeptFrames kept = new KeptFrames("r", 30);

  @Test
  void frames_after_an_id_are_replayed() {
    add(3);

    assertThat(texts(kept.after("r-1"))).containsExactly("r-2", "r-3");
    assertThat(kept.after("r-3")).isEqualTo(new Replay.Following(List.of()));
  }

  @Test
  void gap_is_told_when_the_frames_are_gone() {
    add(20);

    Replay replay = kept.after("r-4");

    assertThat(texts(replay)).first().isEqualTo("r-14");
    assertThat(((Replay.Gap) replay).missing()).isEqualTo(9);
  }

  @Test
  void ids_of_other_runs_and_texts_that_are_none_are_told_apart() {
    add(2);

    for (String id :
        List.of("", "r", "r-", "r-3", "r--1", "q-1", "r-x", "r-99999999999999999999")) {
      assertThat(kept.after(id)).as(id).isInstanceOf(Replay.OtherRun.class);
    }
    kept.restart("s");
    assertThat(kept.after("r-2")).isInstanceOf(Replay.OtherRun.class);
    assertThat(kept.after("s-0")).isEqualTo(new Replay.Following(List.of()));
  }

  private void add(int count) {
    for (int i = 0; i < count; i++) {
      kept.add(id -> id.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static List<String> texts(Replay replay) {
    List<byte[]> frames =
        switch (replay) {
          case Replay.Following following -> following.frames();
          case Replay.Gap gap -> gap.frames();
          case Replay.OtherRun other -> List.of();
        };
    return frames.stream().map(bytes -> new String(bytes, StandardCharsets.UTF_8)).toList();
  }
}
