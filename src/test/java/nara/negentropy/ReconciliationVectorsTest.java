package nara.negentropy;

import static nara.negentropy.ListItems.id;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import nara.negentropy.ListItems.Item;
import org.junit.jupiter.api.Test;

/** Values that other implementations of the specification published. */
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
  void fingerprints_match_other_implementations() {
    ListItems items = ListItems.of(THREE);

    assertThat(fingerprint(items, 1)).isEqualTo("6d74e1212fcafc8a81d090f0ffbde8b0");
    assertThat(fingerprint(items, 2)).isEqualTo("96b26d110825d4b1805fc56988a3e65d");
    assertThat(fingerprint(items, 3)).isEqualTo("c15ce60f185fd24ae341076caa93daa5");
  }

  private static String fingerprint(Items items, int to) {
    return HexFormat.of().formatHex(items.sum(0, to).fingerprint(to));
  }

  @Test
  void id_list_gets_the_recorded_response() throws MalformedMessageException {
    ListItems items = ListItems.of(THREE);
    StringBuilder first = new StringBuilder("6100000203");
    items.ids().forEach(id -> first.append(ListItems.hex(id)));

    assertThat(answer(items, first.toString())).isEqualTo("61");
    assertThat(answer(ListItems.of(THREE.subList(0, 2)), first.toString()))
        .isEqualTo("6100000202" + first.substring(10, 10 + 2 * 64));
  }

  /** The example of {@code docs/reconcile.md}. */
  @Test
  void example_of_the_documentation_matches() throws MalformedMessageException {
    Item both = new Item(1_768_800_000_000_000_000L, id("aa".repeat(32)));
    Item lacking = new Item(1_768_800_001_000_000_000L, id("bb".repeat(32)));
    String first =
        HexFormat.of().formatHex(Reconciliation.initiate(ListItems.of(List.of(both)), 0));

    assertThat(first)
        .isEqualTo("6198c682c7a7f5d880020001" + "42b5d6e9a824e972398bfe0b80a84fb2" + "00000200");
    assertThat(answer(ListItems.of(List.of(both, lacking)), first))
        .isEqualTo("6198c682c7a7f5d880020000" + "00000201" + "bb".repeat(32));
  }

  @Test
  void message_of_another_version_gets_the_supported_version() throws MalformedMessageException {
    assertThat(answer(ListItems.of(THREE), "62000002")).isEqualTo("61");
  }

  private static String answer(Items items, String message) throws MalformedMessageException {
    byte[] answer =
        Reconciliation.respond(
            items, HexFormat.of().parseHex(message), Reconciliation.MIN_MESSAGE_BYTES);
    return HexFormat.of().formatHex(answer);
  }

  @Test
  void varints_have_as_few_digits_as_possible() {
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

  /**
   * Dialogues that were recorded with hoytech/negentropy (JavaScript) as the other side. It had 396
   * of 400 items, ours had 375. Each of our messages must equal the recorded one.
   */
  @Test
  void recorded_dialogues_with_another_implementation_match() throws Exception {
    ListItems ours = numbered(380, 89, 7);
    ListItems theirs = numbered(400, 97, 5);
    for (JsonNode dialogue : recorded()) {
      int frame = dialogue.get("frame").asInt();
      List<byte[]> messages = new ArrayList<>();
      dialogue.get("messages").forEach(m -> messages.add(HexFormat.of().parseHex(m.asText())));
      if (dialogue.get("we").asText().equals("ask")) {
        assertAsked(ours, theirs, messages, frame);
      } else {
        for (int i = 0; i < messages.size(); i += 2) {
          assertThat(Reconciliation.respond(ours, messages.get(i), frame))
              .isEqualTo(messages.get(i + 1));
        }
      }
    }
  }

  private static void assertAsked(
      ListItems ours, ListItems theirs, List<byte[]> messages, int frame)
      throws MalformedMessageException {
    List<ItemId> lacking = new ArrayList<>();
    List<ItemId> surplus = new ArrayList<>();
    Optional<byte[]> next = Optional.of(Reconciliation.initiate(ours, 0));
    for (int i = 0; i < messages.size(); i += 2) {
      assertThat(next.orElseThrow()).isEqualTo(messages.get(i));
      Reconciliation.RoundResult result =
          Reconciliation.handleResponse(ours, messages.get(i + 1), frame);
      lacking.addAll(result.missing());
      surplus.addAll(result.surplus());
      next = result.nextMessage();
    }
    assertThat(next).isEmpty();
    assertThat(lacking).hasSize(24).doesNotContainAnyElementsOf(ours.ids());
    assertThat(theirs.ids()).containsAll(lacking).doesNotContainAnyElementsOf(surplus);
    assertThat(surplus).hasSize(4).isSubsetOf(ours.ids());
  }

  private static ListItems numbered(int end, int modulus, int leftOut) {
    return ListItems.of(
        IntStream.range(0, end)
            .filter(i -> i % modulus != leftOut)
            .mapToObj(i -> ListItems.hashed(1_700_000_000L + i / 3, i))
            .toList());
  }

  private static JsonNode recorded() throws IOException {
    try (InputStream json =
        ReconciliationVectorsTest.class.getResourceAsStream("/reconcile/dialogues.json")) {
      return new ObjectMapper().readTree(json);
    }
  }
}
