package nara.bounds;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafeTextTest {
  private static final Pattern ESCAPE = Pattern.compile("\\\\u(....)");

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          letters and an emoji   | brisk-heron é日😀     | brisk-heron é日😀
          combining mark         | e\u0301               | e\u0301
          line feed              | a\\u000ab             | a\uFFFDb
          escape                 | a\\u001b[31mb         | a\uFFFD[31mb
          delete                 | a\\u007fb             | a\uFFFDb
          next line (C1)         | a\\u0085b             | a\uFFFDb
          control sequence (C1)  | a\\u009b31mb          | a\uFFFD31mb
          right-to-left override | a\\u202eb             | a\uFFFDb
          isolate                | a\\u2066b             | a\uFFFDb
          zero width space       | a\\u200bb             | a\uFFFDb
          byte order mark        | a\\ufeffb             | a\uFFFDb
          line separator         | a\\u2028b             | a\uFFFDb
          paragraph separator    | a\\u2029b             | a\uFFFDb
          lone high surrogate    | a\\ud83db             | a\uFFFDb
          lone low surrogate     | a\\ude00b             | a\uFFFDb
          tag outside the BMP    | a\\udb40\\udc01b      | a\uFFFDb
          noncharacter           | a\\ufffeb             | a\uFFFDb
          """)
  void excerpt_replaces_what_is_not_printable_and_escaped_escapes_it(
      String what, String escaped, String excerpt) {
    String text =
        ESCAPE
            .matcher(escaped)
            .replaceAll(hex -> String.valueOf((char) Integer.parseInt(hex.group(1), 16)));

    assertThat(SafeText.excerpt(text)).isEqualTo(excerpt);
    assertThat(SafeText.quoted(text)).isEqualTo('"' + excerpt + '"');
    assertThat(SafeText.escaped(text)).isEqualTo(escaped);
    assertThat(SafeText.escapedJson("{\n\"a\": 1}\n" + text.replace("\n", "")))
        .isEqualTo("{\n\"a\": 1}\n" + escaped.replace("\\u000a", ""));
  }

  @Test
  void excerpt_cuts_the_text_only_when_it_is_longer_than_the_limit() {
    String longest = "😀".repeat(SafeText.MAX_EXCERPT);

    assertThat(SafeText.excerpt(longest)).isEqualTo(longest);
    assertThat(SafeText.excerpt(longest + "x")).isEqualTo(longest + "…");
    assertThat(SafeText.excerpt("abc", 2)).isEqualTo("ab…");
    assertThat(SafeText.excerpt("")).isEmpty();
  }
}
