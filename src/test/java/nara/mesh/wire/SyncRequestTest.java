package nara.mesh.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import nara.ledger.Query;
import nara.ledger.Query.Filter;
import nara.ledger.Query.Page;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SyncRequestTest {
  @ParameterizedTest
  @CsvSource({"0, 5000", "-1, 5000", "1, 1", "5000, 5000", "5001, 5000"})
  void sample_page_and_slice_have_at_most_five_thousand_events(long asked, int given)
      throws Exception {
    assertThat(query("'mode':'sample','sample_size':" + asked))
        .isEqualTo(new Query.Sample(given, "me", 9, Filter.ALL));
    assertThat(query("'mode':'page','page_size':" + asked))
        .isEqualTo(new Page(Long.MIN_VALUE, given, Filter.ALL));
    assertThat(query("'max_events':" + asked))
        .isEqualTo(new Query.Slice(0, 0, 1, given, Filter.ALL));
  }

  @ParameterizedTest
  @CsvSource({"0, 100", "-5, 100", "7, 7", "1000000, 5000"})
  void recent_events_are_a_hundred_by_default(long asked, int given) throws Exception {
    assertThat(query("'mode':'recent','limit':" + asked))
        .isEqualTo(new Query.Recent(given, Filter.ALL));
  }

  @ParameterizedTest
  @CsvSource({"abc", "1.5", "99999999999999999999", "0x1"})
  void unreadable_cursor_is_ignored(String cursor) throws Exception {
    assertThat(query("'mode':'page','page_size':3,'cursor':'" + cursor + "'"))
        .isEqualTo(new Page(Long.MIN_VALUE, 3, Filter.ALL));
  }

  @Test
  void cursor_filter_and_slice_become_part_of_the_query() throws Exception {
    assertThat(query("'mode':'page','page_size':3,'cursor':'-7','subjects':['a','b','a']"))
        .isEqualTo(new Page(-7, 3, new Filter(Set.of(), Set.of("a", "b"))));
    assertThat(query("'since_time':5,'slice_index':1,'slice_total':3,'services':['ping']"))
        .isEqualTo(new Query.Slice(5, 1, 3, 5_000, new Filter(Set.of("ping"), Set.of())));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'limit':'7'",
        "'limit':7.0",
        "'limit':1e3",
        "'limit':+7",
        "'limit':true",
        "'mode':5",
        "'services':{}",
        "'services':[5]",
        "'subjects':['a'",
        "'from':'b'",
        "'limit':1,'limit':2",
        "'cursor':7",
        "'limit':9223372036854775808"
      })
  void malformed_request_is_rejected(String member) {
    assertThatThrownBy(() -> query(member))
        .isInstanceOfSatisfying(
            MeshException.class,
            trouble -> assertThat(trouble.failure()).isEqualTo(MeshFailure.MALFORMED));
  }

  @Test
  void too_many_names_in_a_filter_are_rejected() {
    String names = "'a',".repeat(MeshLimits.FILTER_NAMES) + "'a'";
    assertThatThrownBy(() -> query("'subjects':[" + names + "]")).isInstanceOf(MeshException.class);
  }

  private static Query query(String members) throws MeshException {
    String json = "{'from':'x'," + members + "}";
    return SyncRequest.read(json.replace('\'', '"').getBytes(UTF_8)).toQuery("me", 9);
  }
}
