package nara.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import nara.ledger.MemoryMode;
import nara.mesh.wire.MeshFailure;
import nara.recovery.ClusterWorkRequest.ReplayLogEntry;
import nara.recovery.PlanCommand.StartFetch;
import org.junit.jupiter.api.Test;

class RecoveryReplayTest {
  private static final RecoveryConfig CONFIG =
      RecoveryConfig.defaults(MemoryMode.MEDIUM).withoutFirstWait();

  /** A recovery with answers, failures and everything that comes after the calls. */
  private static RecoveryScenario story() {
    return new RecoveryScenario(CONFIG)
        .discovering(RecoveryScenario.neighbours("a", "b", "c"))
        .answering(
            (peer, query) ->
                peer.equals("c")
                    ? RecoveryScenario.failed(MeshFailure.STALLED)
                    : RecoveryScenario.fetched(10))
        .run();
  }

  @Test
  void replaying_the_same_events_restores_the_same_requests_in_flight() {
    List<ReplayLogEntry> heard = story().recordedEvents;
    RecoveryReplay alone = new RecoveryReplay(CONFIG, "me", 1, List.of(), heard.get(0).at());
    for (int i = 0; i < heard.size(); i++) {
      alone.apply(heard.get(i).recoveryEvent(), heard.get(i).at());
      RecoveryReplay other =
          RecoveryReplay.replay(heard.subList(0, i + 1), CONFIG, "me", List.of()).orElseThrow();

      assertThat(other.unfinishedCommands()).isEqualTo(alone.unfinishedCommands());
      assertThat(other.plan().stageLabel()).isEqualTo(alone.plan().stageLabel());
      assertThat(other.buildReport("", List.of(), RecoveryScenario.START))
          .isEqualTo(alone.buildReport("", List.of(), RecoveryScenario.START));
    }
    assertThat(alone.unfinishedCommands()).singleElement().isInstanceOf(PlanCommand.Finish.class);
  }

  @Test
  void requests_in_flight_are_those_not_completed() {
    List<ReplayLogEntry> heard = story().recordedEvents;
    int middle = heard.size() / 2;
    Set<Integer> begun =
        heard.subList(0, middle).stream()
            .flatMap(entry -> entry.startedFetches().stream())
            .map(StartFetch::callId)
            .collect(Collectors.toSet());
    heard.subList(0, middle).stream()
        .map(ReplayLogEntry::recoveryEvent)
        .filter(RecoveryEvent.FetchEnded.class::isInstance)
        .forEach(ended -> begun.remove(((RecoveryEvent.FetchEnded) ended).callId()));

    RecoveryReplay replay =
        RecoveryReplay.replay(heard.subList(0, middle), CONFIG, "me", List.of()).orElseThrow();

    assertThat(
            replay.unfinishedCommands().stream()
                .filter(StartFetch.class::isInstance)
                .map(fetch -> ((StartFetch) fetch).callId()))
        .isNotEmpty()
        .containsExactlyInAnyOrderElementsOf(begun);
  }

  @Test
  void diverging_replay_is_rejected() {
    List<ReplayLogEntry> heard = new ArrayList<>(story().recordedEvents);
    for (int i = 0; i < heard.size(); i++) {
      if (!heard.get(i).startedFetches().isEmpty()) {
        heard.set(
            i, new ReplayLogEntry(heard.get(i).at(), heard.get(i).recoveryEvent(), List.of()));
        break;
      }
    }
    assertThat(RecoveryReplay.replay(heard, CONFIG, "me", List.of())).isEqualTo(Optional.empty());
  }

  @Test
  void a_handover_is_told_in_the_report_and_changes_nothing_else() {
    List<ReplayLogEntry> heard = story().recordedEvents.subList(0, 5);
    RecoveryReplay replay = RecoveryReplay.replay(heard, CONFIG, "me", List.of()).orElseThrow();
    List<PlanCommand> before = replay.unfinishedCommands();

    assertThat(replay.apply(new RecoveryEvent.LeaderChanged("b", 2), RecoveryScenario.START))
        .isEmpty();
    assertThat(replay.unfinishedCommands()).isEqualTo(before);
    assertThat(replay.buildReport("", List.of(), RecoveryScenario.START).stageReports())
        .last()
        .satisfies(
            report -> {
              assertThat(report.name()).isEqualTo("handover");
              assertThat(report.reason()).startsWith("b leads in term 2; ");
            });
  }
}
