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

  /** Digits before the decimal point, or a point, or an exponent of at least one digit. */
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
  void the_ends_of_each_form_are_written_as_the_reference_does() {
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
  void a_number_reads_back_as_the_same_double_and_is_no_longer_than_java_writes_it(
      @ForAll double value) {
    String text = number(value);

    assertThat(Double.doubleToLongBits(Double.parseDouble(text)))
        .isEqualTo(Double.doubleToLongBits(value));
    assertThat(text).matches(FORM);
    assertThat(digits(text)).isLessThanOrEqualTo(digits(Double.toString(value)));
    assertThat(text.contains("e"))
        .isEqualTo(value != 0 && (Math.abs(value) < 1e-6 || Math.abs(value) >= 1e21));
  }

  @Property
  void any_bits_that_are_a_number_read_back(@ForAll long bits) {
    double value = Double.longBitsToDouble(bits);
    if (Double.isFinite(value)) {
      assertThat(Double.doubleToLongBits(Double.parseDouble(number(value)))).isEqualTo(bits);
    }
  }

  @Property
  void one_decimal_is_rounded_from_the_exact_value(@ForAll double value) {
    String text = Ping.oneDecimal(value);
    BigDecimal exact = new BigDecimal(value).setScale(1, RoundingMode.HALF_EVEN);

    assertThat(new BigDecimal(text)).isEqualByComparingTo(exact);
    assertThat(text).matches("-?\\d+\\.\\d");
    assertThat(text.startsWith("-")).isEqualTo(value < 0 || 1 / value < 0);
  }

  @Property
  void a_tie_of_small_numbers_goes_to_the_even_digit(@ForAll int quarters) {
    double value = Math.abs(quarters / 4.0);

    assertThat(new BigDecimal(Ping.oneDecimal(value)))
        .isEqualByComparingTo(new BigDecimal(value).setScale(1, RoundingMode.HALF_EVEN));
  }

  @Property
  void a_text_reads_back_and_holds_nothing_that_breaks_a_line_or_a_page(@ForAll String text) {
    StringBuilder out = new StringBuilder();
    GoJson.appendString(out, text);

    assertThat(Vectors.parse(out.toString()).asText()).isEqualTo(text);
    assertThat(out.toString()).doesNotContain("<", ">", "&", "\u2028", "\u2029", "\n", "\r");
  }

  @Example
  void what_is_no_number_is_a_defect_of_whoever_writes_it() {
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
