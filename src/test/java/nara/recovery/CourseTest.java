package nara.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import nara.mesh.MeshFailure;
import org.junit.jupiter.api.Test;

class CourseTest {
  private static final RecoveryConfig CONFIG =
      RecoveryConfig.defaults(MemoryMode.MEDIUM).startingAtOnce();

  /** A recovery with answers, failures and everything that comes after the calls. */
  private static Story story() {
    return new Story(CONFIG)
        .finding(Story.neighbours("a", "b", "c"))
        .answering(
            (peer, query) ->
                peer.equals("c") ? Story.failed(MeshFailure.STALLED) : Story.brought(10))
        .play();
  }

  @Test
  void whoever_hears_the_same_has_the_same_under_way_wherever_the_other_stopped() {
    List<SharedWork.Noted> heard = story().heard;
    Course alone = new Course(CONFIG, "me", 1, List.of(), heard.get(0).at());
    for (int i = 0; i < heard.size(); i++) {
      alone.hear(heard.get(i).happening(), heard.get(i).at());
      Course other =
          Course.following(heard.subList(0, i + 1), CONFIG, "me", List.of()).orElseThrow();

      assertThat(other.underWay()).isEqualTo(alone.underWay());
      assertThat(other.plan().stageLabel()).isEqualTo(alone.plan().stageLabel());
      assertThat(other.report("", List.of(), Story.START))
          .isEqualTo(alone.report("", List.of(), Story.START));
    }
    assertThat(alone.underWay()).singleElement().isInstanceOf(Command.Finish.class);
  }

  @Test
  void what_is_under_way_are_the_calls_that_have_not_ended() {
    List<SharedWork.Noted> heard = story().heard;
    int middle = heard.size() / 2;
    Set<Integer> begun =
        heard.subList(0, middle).stream()
            .flatMap(noted -> noted.began().stream())
            .map(Command.Fetch::call)
            .collect(Collectors.toSet());
    heard.subList(0, middle).stream()
        .map(SharedWork.Noted::happening)
        .filter(Happening.CallEnded.class::isInstance)
        .forEach(ended -> begun.remove(((Happening.CallEnded) ended).call()));

    Course course =
        Course.following(heard.subList(0, middle), CONFIG, "me", List.of()).orElseThrow();

    assertThat(
            course.underWay().stream()
                .filter(Command.Fetch.class::isInstance)
                .map(fetch -> ((Command.Fetch) fetch).call()))
        .isNotEmpty()
        .containsExactlyInAnyOrderElementsOf(begun);
  }

  @Test
  void a_course_that_began_other_calls_is_not_followed() {
    List<SharedWork.Noted> heard = new ArrayList<>(story().heard);
    for (int i = 0; i < heard.size(); i++) {
      if (!heard.get(i).began().isEmpty()) {
        heard.set(i, new SharedWork.Noted(heard.get(i).at(), heard.get(i).happening(), List.of()));
        break;
      }
    }
    assertThat(Course.following(heard, CONFIG, "me", List.of())).isEqualTo(Optional.empty());
  }

  @Test
  void a_handover_is_told_in_the_report_and_changes_nothing_else() {
    List<SharedWork.Noted> heard = story().heard.subList(0, 5);
    Course course = Course.following(heard, CONFIG, "me", List.of()).orElseThrow();
    List<Command> before = course.underWay();

    assertThat(course.hear(new Happening.TookOver("b", 2), Story.START)).isEmpty();
    assertThat(course.underWay()).isEqualTo(before);
    assertThat(course.report("", List.of(), Story.START).stages())
        .last()
        .satisfies(
            stage -> {
              assertThat(stage.name()).isEqualTo("handover");
              assertThat(stage.reason()).startsWith("b leads in term 2; ");
            });
  }
}
