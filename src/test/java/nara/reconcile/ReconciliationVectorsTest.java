package nara.reconcile;

import static nara.reconcile.ListedItems.id;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import nara.reconcile.ListedItems.Item;
import org.junit.jupiter.api.Test;

/** Values that implementations of the specification have published about the same items. */
class ReconciliationVectorsTest {
  private static final List<Item> THREE =
      List.of(
          new Item(
              1678011277, id("eb6b05c2e3b008592ac666594d78ed83e7b9ab30f825b9b08878128f7500008c")),
          new Item(
              1678011278, id("39b916432333e069a4386917609215cc688eb99f06fed01aadc29b1b4b92d6f0")),
          new Item(
              1678011279, id("abc81d58ebe3b9a87100d47f58bf15e9b1cbf62d38623f11d0f0d17179f5f3ba")));

  @Test
  void fingerprints_are_those_of_other_implementations() {
    ListedItems items = ListedItems.of(THREE);

    assertThat(fingerprint(items, 1)).isEqualTo("6d74e1212fcafc8a81d090f0ffbde8b0");
    assertThat(fingerprint(items, 2)).isEqualTo("96b26d110825d4b1805fc56988a3e65d");
    assertThat(fingerprint(items, 3)).isEqualTo("c15ce60f185fd24ae341076caa93daa5");
  }

  private static String fingerprint(Items items, int to) {
    return HexFormat.of().formatHex(items.sum(0, to).fingerprint(to));
  }

  @Test
  void a_list_of_all_ids_is_answered_as_others_answer_it() throws BadMessage {
    ListedItems items = ListedItems.of(THREE);
    StringBuilder first = new StringBuilder("6100000203");
    items.ids().forEach(id -> first.append(ListedItems.hex(id)));

    assertThat(answer(items, first.toString())).isEqualTo("61");
    assertThat(answer(ListedItems.of(THREE.subList(0, 2)), first.toString()))
        .isEqualTo("6100000202" + first.substring(10, 10 + 2 * 64));
  }

  @Test
  void another_version_is_answered_with_the_one_that_is_spoken() throws BadMessage {
    assertThat(answer(ListedItems.of(THREE), "62000002")).isEqualTo("61");
  }

  private static String answer(Items items, String message) throws BadMessage {
    byte[] answer =
        Reconciliation.answer(items, HexFormat.of().parseHex(message), Reconciliation.LEAST_FRAME);
    return HexFormat.of().formatHex(answer);
  }

  @Test
  void numbers_are_written_with_as_few_digits_as_possible() {
    List<String> written = new ArrayList<>();
    for (long number : new long[] {0, 1, 127, 128, 16_383, 16_384, 1L << 62, -1}) {
      MessageWriter writer = new MessageWriter();
      writer.varint(number);
      written.add(HexFormat.of().formatHex(writer.toBytes()));
    }

    assertThat(written)
        .containsExactly(
            "00",
            "01",
            "7f",
            "8100",
            "ff7f",
            "818000",
            "c08080808080808000",
            "81ffffffffffffffff7f");
  }
}
