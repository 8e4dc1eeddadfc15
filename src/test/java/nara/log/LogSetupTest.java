package nara.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import nara.log.LogConfig.LogLevel;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class LogSetupTest {
  @Test
  void a_json_line_has_time_level_logger_and_message_and_nothing_that_moves_a_cursor() {
    LoggerContext context = new LoggerContext();
    PrintableJsonEncoder encoder = new PrintableJsonEncoder();
    encoder.setContext(context);
    encoder.start();
    Object[] arguments = {"a\u202eb\u009b2J\n\"x"};

    String line =
        new String(
            encoder.encode(
                new LoggingEvent(
                    "", context.getLogger("nara.mesh"), Level.WARN, "from={}", null, arguments)),
            StandardCharsets.UTF_8);

    assertThat(line).endsWith("}\n").doesNotContain("\u202e").doesNotContain("\u009b");
    assertThat(line.strip()).doesNotContain("\n");
    JsonObject json = new JsonObject(line);
    assertThat(json.getString("level")).isEqualTo("WARN");
    assertThat(json.getString("loggerName")).isEqualTo("nara.mesh");
    assertThat(json.getString("formattedMessage")).isEqualTo("from=a\u202eb\u009b2J\n\"x");
    assertThat(json.getLong("timestamp")).isPositive();
  }

  @Test
  void a_level_changes_for_a_package_and_those_below_it() {
    Logger logger = (Logger) LoggerFactory.getLogger("nara.log.test.Below");

    LogSetup.setLevel("nara.log.test", LogLevel.DEBUG);
    assertThat(logger.isDebugEnabled()).isTrue();
    LogSetup.setLevel("nara.log.test", LogLevel.OFF);
    assertThat(logger.isErrorEnabled()).isFalse();
  }
}
