package nara.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class AlteredTest {
  @Test
  void byte_is_flipped_in_a_copy() {
    byte[] bytes = {1, 2};

    assertThat(Altered.byteAt(bytes, 0)).containsExactly(0, 2);
    assertThat(Altered.byteAt(bytes, 1, 0x80)).containsExactly(1, 0x82);
    assertThat(bytes).containsExactly(1, 2);
  }

  @Test
  void text_is_replaced_where_it_occurs() {
    assertThat(Altered.replace("a.c", ".", "$1")).isEqualTo("a$1c");
    assertThat(Altered.replaceAll("a.a", "a", "b")).isEqualTo("b.b");
    assertThat(Altered.match("abbbc", "b+", "")).isEqualTo("ac");
  }

  @Test
  void last_digit_changes_whatever_it_was() {
    assertThat(Altered.digit("{\"ts\":120,\"n\":1}", "ts")).isEqualTo("{\"ts\":121,\"n\":1}");
    assertThat(Altered.digit("{\"ts\":-19}", "ts")).isEqualTo("{\"ts\":-10}");
    assertThat(Altered.digit("{\"ts\":7}", "ts")).isEqualTo("{\"ts\":8}");
  }

  @Test
  void signature_and_id_change_whatever_they_were() {
    assertThat(Altered.signature("{\"sig\":\"AAAA\"}")).isEqualTo("{\"sig\":\"BAAA\"}");
    assertThat(Altered.signature("{\"sig\":\"b/\",\"Signature\":\"\"}"))
        .isEqualTo("{\"sig\":\"A/\",\"Signature\":\"\"}");
    assertThat(Altered.id("{\"id\":\"00ff\"}")).isEqualTo("{\"id\":\"10ff\"}");
    assertThat(Altered.id("{\"id\":\"a0ff\"}")).isEqualTo("{\"id\":\"00ff\"}");
  }

  @Test
  void alteration_without_effect_is_refused() {
    assertRefused(() -> Altered.byteAt(new byte[1], 0, 0));
    assertRefused(() -> Altered.byteAt(new byte[1], 0, 256));
    assertRefused(() -> Altered.byteAt(new byte[1], 1));
    assertRefused(() -> Altered.replace("a", "a", "a"));
    assertRefused(() -> Altered.replace("a", "b", "c"));
    assertRefused(() -> Altered.replaceAll("a", "b", "c"));
    assertRefused(() -> Altered.match("a", "[ab]", "a"));
    assertRefused(() -> Altered.digit("{\"ts\":\"1\"}", "ts"));
    assertRefused(() -> Altered.signature("{\"sig\":\"\"}"));
    assertRefused(() -> Altered.id("{}"));
  }

  @Test
  void alteration_of_a_part_that_occurs_twice_is_refused() {
    assertRefused(() -> Altered.replace("aa", "a", "b"));
    assertRefused(() -> Altered.digit("{\"ts\":1,\"x\":{\"ts\":1}}", "ts"));
    assertRefused(() -> Altered.signature("{\"sig\":\"A\",\"signature\":\"A\"}"));
  }

  private static void assertRefused(ThrowingCallable alteration) {
    assertThatThrownBy(alteration).isInstanceOf(AssertionError.class);
  }
}
