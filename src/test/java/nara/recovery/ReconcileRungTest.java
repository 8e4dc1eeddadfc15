package nara.recovery;

import static nara.recovery.Story.compared;
import static nara.recovery.Story.neighbours;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import nara.mesh.MeshFailure;
import nara.mesh.MeshRequest;
import nara.mesh.MeshRequest.NotReconciled;
import nara.recovery.Command.Outcome;
import nara.recovery.RecoveryConfig.Rung;
import org.junit.jupiter.api.Test;

/** What a recovery makes of neighbours that can be compared with, and of those that cannot. */
class ReconcileRungTest {
  private static final RecoveryConfig CONFIG =
      RecoveryConfig.defaults(MemoryMode.MEDIUM).startingAtOnce();

  @Test
  void it_is_the_first_rung() {
    assertThat(CONFIG.ladder()).first().isEqualTo(Rung.RECONCILE);
  }

  @Test
  void nobody_is_walked_when_all_were_compared_to_the_end() {
    Story story =
        new Story(CONFIG)
            .finding(neighbours("a", "b"))
            .holding(79_000, peer -> compared(peer.equals("a") ? 1_000 : 0, ""))
            .play();

    assertThat(story.stages)
        .containsExactly(
            "discovery complete",
            "reconcile complete",
            "checkpoints complete",
            "keys complete",
            "pings complete");
    assertThat(story.fetches).isEmpty();
    assertThat(story.finish.outcome()).isEqualTo(Outcome.COMPLETE);
    assertThat(left(story, 1).reason())
        .isEqualTo(
            "2 of 2 neighbours compared to the end in 4 exchanges;"
                + " 1000 events were lacking, 64600 bytes beside them");
  }

  @Test
  void who_cannot_be_compared_with_is_walked_and_nobody_else() {
    Story story =
        new Story(CONFIG)
            .finding(neighbours("a", "old", "half"))
            .holding(
                79_000,
                peer ->
                    switch (peer) {
                      case "a" -> compared(5, "");
                      case "half" -> compared(5, "of the 5 events that it listed it gave 0");
                      default -> new NotReconciled(MeshFailure.UNSUPPORTED, "answers 404");
                    })
            .play();

    assertThat(story.stages)
        .startsWith("discovery complete", "reconcile partial", "pages complete");
    assertThat(story.asked).containsOnlyKeys("old", "half");
    assertThat(story.finish.outcome()).isEqualTo(Outcome.COMPLETE);
    assertThat(left(story, 1).reason()).contains("1 of 3 neighbours", "; ");
  }

  @Test
  void everybody_is_walked_when_nobody_can_be_compared_with() {
    Story story =
        new Story(CONFIG)
            .finding(neighbours("a", "b"))
            .holding(79_000, peer -> new NotReconciled(MeshFailure.UNSUPPORTED, "answers 404"))
            .play();

    assertThat(story.stages).startsWith("discovery complete", "reconcile failed", "pages complete");
    assertThat(story.asked).containsOnlyKeys("a", "b");
    assertThat(story.finish.outcome()).isEqualTo(Outcome.COMPLETE);
  }

  @Test
  void it_is_skipped_where_next_to_nothing_is_held() {
    Story story =
        new Story(CONFIG)
            .finding(neighbours("a"))
            .holding(RecoveryPlan.WORTH_COMPARING - 1, peer -> compared(0, ""))
            .play();

    assertThat(story.stages)
        .startsWith("discovery complete", "reconcile skipped", "pages complete");
    assertThat(left(story, 1).reason()).isEqualTo("999 events are held: too few to be compared");
  }

  @Test
  void without_a_further_rung_who_could_not_be_compared_with_is_missed() {
    Story story =
        new Story(CONFIG.climbing(Rung.RECONCILE))
            .finding(neighbours("a", "old"))
            .holding(
                79_000,
                peer ->
                    peer.equals("a")
                        ? compared(5, "")
                        : new NotReconciled(MeshFailure.UNSUPPORTED, "answers 404"))
            .play();

    assertThat(story.finish.outcome()).isEqualTo(Outcome.PARTIAL);
    assertThat(story.finish.reasons()).containsExactly("old answered none of 1 calls: answers 404");
  }

  @Test
  void an_end_that_nobody_waits_for_changes_nothing() {
    Story story =
        new Story(CONFIG).finding(neighbours("a")).holding(79_000, peer -> compared(0, "")).play();

    assertThat(story.then(new Happening.ReconcileEnded(0, compared(0, "")))).isEmpty();
    RecoveryPlan plan = new RecoveryPlan(CONFIG, "me", new SplittableRandom(1));
    plan.on(new Happening.Started(), Story.START);
    plan.on(new Happening.Found(neighbours("a", "b"), List.of(), false, 5_000), Story.START);
    assertThat(plan.on(new Happening.ReconcileEnded(7, compared(0, "")), Story.START)).isEmpty();
    assertThat(plan.on(new Happening.ReconcileEnded(0, compared(0, "")), Story.START)).isEmpty();
    assertThat(plan.on(new Happening.ReconcileEnded(0, compared(0, "")), Story.START)).isEmpty();
    assertThat(
            plan.on(
                new Happening.CallEnded(
                    1, new MeshRequest.FetchFailed(MeshFailure.STALLED, "late")),
                Story.START))
        .isEmpty();
  }

  private static Command.Leave left(Story story, int stage) {
    return story.told.stream()
        .filter(Command.Leave.class::isInstance)
        .map(Command.Leave.class::cast)
        .toList()
        .get(stage);
  }
}
