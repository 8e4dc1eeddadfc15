package nara.event.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nara.event.Ping;
import nara.testing.Vectors;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class GoJsonProperties {
  private static final Pattern RTT = Pattern.compile("\"rtt\":([^,}]+)");

  /** Plain decimal, with an exponent of at least one digit where needed. */
  private static final Pattern FORM = Pattern.compile("-?(0|[1-9]\\d*)(\\.\\d+)?(e[+-]\\d+)?");

  @Example
  void recorded_round_trip_times_are_written_as_recorded() {
    int met = 0;
    for (JsonNode event : Vectors.json("events.json").get("events")) {
      Matcher rtt = RTT.matcher(event.get("json").asText());
      if (rtt.find()) {
        assertThat(number(Double.parseDouble(rtt.group(1)))).isEqualTo(rtt.group(1));
        met++;
      }
    }
    assertThat(met).isGreaterThan(10);
  }

  @Example
  void boundary_numbers_are_written_like_the_reference() {
    Map.of(
            1e-6,
            "0.000001",
            9.99e-7,
            "9.99e-7",
            1e20,
            "100000000000000000000",
            1e21,
            "1e+21",
            -1.5e300,
            "-1.5e+300",
            Double.MIN_VALUE,
            "5e-324",
            Double.MAX_VALUE,
            "1.7976931348623157e+308",
            -0.0,
            "-0",
            100.0,
            "100")
        .forEach((value, text) -> assertThat(number(value)).isEqualTo(text));
  }

  @Property
  void number_reads_back_unchanged_and_is_not_longer_than_in_java(@ForAll double value) {
    String text = number(value);

    assertThat(Double.doubleToLongBits(Double.parseDouble(text)))
        .isEqualTo(Double.doubleToLongBits(value));
    assertThat(text).matches(FORM);
    assertThat(digits(text)).isLessThanOrEqualTo(digits(Double.toString(value)));
    assertThat(text.contains("e"))
        .isEqualTo(value != 0 && (Math.abs(value) < 1e-6 || Math.abs(value) >= 1e21));
  }

  @Property
  void any_finite_double_reads_back_unchanged(@ForAll long bits) {
    double value = Double.longBitsToDouble(bits);
    if (Double.isFinite(value)) {
      assertThat(Double.doubleToLongBits(Double.parseDouble(number(value)))).isEqualTo(bits);
    }
  }

  @Property
  void one_decimal_is_rounded_half_even_from_the_exact_value(@ForAll double value) {
    String text = Ping.oneDecimal(value);
    BigDecimal exact = new BigDecimal(value).setScale(1, RoundingMode.HALF_EVEN);

    assertThat(new BigDecimal(text)).isEqualByComparingTo(exact);
    assertThat(text).matches("-?\\d+\\.\\d");
    assertThat(text.startsWith("-")).isEqualTo(value < 0 || 1 / value < 0);
  }

  @Property
  void quarters_are_rounded_half_even(@ForAll int quarters) {
    double value = Math.abs(quarters / 4.0);

    assertThat(new BigDecimal(Ping.oneDecimal(value)))
        .isEqualByComparingTo(new BigDecimal(value).setScale(1, RoundingMode.HALF_EVEN));
  }

  @Property
  void text_reads_back_unchanged_and_escapes_html_and_line_breaks(@ForAll String text) {
    StringBuilder out = new StringBuilder();
    GoJson.appendString(out, text);

    assertThat(Vectors.parse(out.toString()).asText()).isEqualTo(text);
    assertThat(out.toString()).doesNotContain("<", ">", "&", "\u2028", "\u2029", "\n", "\r");
  }

  @Example
  void writing_a_number_fails_when_it_is_not_finite() {
    for (double none : List.of(Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY)) {
      assertThatIllegalArgumentException().isThrownBy(() -> number(none));
    }
  }

  private static String number(double value) {
    StringBuilder out = new StringBuilder();
    GoJson.appendNumber(out, value);
    return out.toString();
  }

  /** Significant digits. */
  private static int digits(String text) {
    return new BigDecimal(text).stripTrailingZeros().precision();
  }
}
