package nara.bounds;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LogOnceTest {
  private final List<String> lines = new ArrayList<>();

  @Test
  void log_leaves_out_a_repeated_problem_until_it_changes() {
    LogOnce once = new LogOnce(lines::add);
    for (String problem : List.of("a", "a", "a", "b", "a")) {
      once.log(problem);
    }

    assertThat(lines).containsExactly("a", "b suppressed=2", "a");
  }

  @Test
  void log_compares_the_problem_and_not_the_line() {
    LogOnce once = new LogOnce(lines::add);
    once.log("full", "cannot serve /one: full");
    once.log("full", "cannot serve /two: full");

    assertThat(lines).containsExactly("cannot serve /one: full");
  }

  @Test
  void log_repeats_a_problem_after_it_was_over() {
    LogOnce once = new LogOnce(lines::add);
    once.log("a");
    once.clear();
    once.log("a");

    assertThat(lines).containsExactly("a", "a");
  }

  @Test
  void log_remembers_as_many_distinct_problems_as_it_may() {
    LogOnce once = new LogOnce(lines::add, 2);
    for (String problem : List.of("a", "b", "a", "b", "c", "a")) {
      once.log(problem);
    }

    assertThat(lines).containsExactly("a", "b", "c suppressed=2", "a");
  }
}
