package nara.cli.output;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A log line stays one line without control characters, whatever a peer's name holds. */
class LogPatternTest {
  @Test
  void log_line_has_no_character_that_is_not_printable() throws IOException {
    String line = logged("from=a\u009b31m\u202eb\u2028c\u001b[0m\u200bd\r\ne é日😀");

    assertThat(line).endsWith("from=a\uFFFD31m\uFFFDb\uFFFDc\uFFFD[0m\uFFFDd e é日😀\n");
  }

  private static String logged(String message) throws IOException {
    LoggerContext context = new LoggerContext();
    PatternLayout layout = new PatternLayout();
    layout.setContext(context);
    layout.setPattern(pattern());
    layout.start();
    return layout.doLayout(
        new LoggingEvent("", context.getLogger("test"), Level.WARN, message, null, null));
  }

  /** The one of the shipped configuration. */
  private static String pattern() throws IOException {
    try (InputStream in = LogPatternTest.class.getResourceAsStream("/logback.xml")) {
      String xml = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      Matcher pattern = Pattern.compile("<pattern>(.*)\\$\\{.*</pattern>").matcher(xml);
      assertThat(pattern.find()).isTrue();
      return pattern.group(1);
    }
  }
}
