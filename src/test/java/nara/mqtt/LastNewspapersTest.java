package nara.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LastNewspapersTest {
  private final LastNewspapers newspapers = new LastNewspapers();

  @Test
  void last_status_of_a_nara_replaces_the_earlier_one() {
    newspapers.put("bart", "{\"Flair\":\"a\"}");
    newspapers.put("bart", "{\"Flair\":\"b\"}");

    assertThat(newspapers.byName()).hasSize(1).containsEntry("bart", "{\"Flair\":\"b\"}");
  }

  @Test
  void status_that_is_too_large_is_not_kept() {
    newspapers.put("bart", "{}");
    newspapers.put("bart", "x".repeat(MqttLimits.MAX_STATUS_BYTES));

    assertThat(newspapers.byName()).isEmpty();
  }

  @Test
  void statuses_have_a_bound_in_all_and_the_longest_silent_goes_first() {
    String large = "x".repeat(MqttLimits.MAX_STATUS_BYTES - 100);
    newspapers.put("first", large);
    newspapers.put("second", large);
    newspapers.put("first", large);
    int fits = MqttLimits.MAX_STATUSES_BYTES / large.length();
    for (int i = 0; i < fits - 1; i++) {
      newspapers.put("n" + i, large);
    }

    assertThat(newspapers.byName()).doesNotContainKey("second").containsKey("first");
    assertThat(newspapers.byName().values().stream().mapToInt(String::length).sum())
        .isLessThanOrEqualTo(MqttLimits.MAX_STATUSES_BYTES);
  }
}
