package nara.opinion;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import nara.testing.Vectors;
import org.junit.jupiter.api.Test;

class StartTimeVotesTest {
  private final StartTimeVotes votes = new StartTimeVotes();

  @Test
  void without_votes_nothing_is_agreed() {
    votes.add("bart", 100, 0);
    votes.add("bart", 100, -5);
    assertThat(votes.agreedStartTime()).isEmpty();
  }

  @Test
  void consensus_by_uptime_matches_the_recorded_one() {
    for (JsonNode recorded : Vectors.json("numbers.json").get("consensus_by_uptime")) {
      assertThat(recorded.get("tolerance").asLong()).isEqualTo(StartTimeVotes.TOLERANCE);
      StartTimeVotes all = new StartTimeVotes();
      for (JsonNode vote : recorded.get("values")) {
        all.add("voter-" + all.size(), vote.get("weight").asLong(), vote.get("value").asLong());
      }
      assertThat(all.agreedStartTime()).contains(recorded.get("consensus").asLong());
    }
  }

  @Test
  void two_agreeing_votes_win_over_one_with_longest_uptime() {
    votes.add("old", 1_000_000, 500);
    votes.add("bart", 10, 1_000_000);
    votes.add("lisa", 10, 1_000_060);
    assertThat(votes.agreedStartTime()).contains(1_000_060L);
  }

  @Test
  void group_with_more_uptime_wins() {
    votes.add("a", 10, 1_000);
    votes.add("b", 10, 1_010);
    votes.add("c", 500, 9_000);
    votes.add("d", 500, 9_010);
    assertThat(votes.agreedStartTime()).contains(9_010L);
  }

  @Test
  void latest_vote_of_each_observer_counts() {
    votes.add("bart", 10, 1_000);
    votes.add("bart", 10, 2_000);
    assertThat(votes.size()).isEqualTo(1);
    assertThat(votes.agreedStartTime()).contains(2_000L);
  }

  @Test
  void votes_are_bounded_in_number_and_weight() {
    for (int i = 0; i < 10 * StartTimeVotes.MAX_VOTERS; i++) {
      votes.add("n" + i, Long.MAX_VALUE, 1_000 + i);
    }
    assertThat(votes.size()).isEqualTo(StartTimeVotes.MAX_VOTERS);
    assertThat(votes.agreedStartTime()).isPresent();
  }
}
