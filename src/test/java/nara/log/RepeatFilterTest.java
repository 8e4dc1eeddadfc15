package nara.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RepeatFilterTest {
  private final LoggerContext context = new LoggerContext();
  private final ListAppender<ILoggingEvent> written = new ListAppender<>();
  private final RepeatFilter filter = new RepeatFilter();
  private final Logger log = context.getLogger("nara.mqtt.Plaza");

  @BeforeEach
  void start() {
    filter.setContext(context);
    filter.start();
    written.setContext(context);
    written.addFilter(filter);
    written.start();
    context.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(written);
    context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(Level.DEBUG);
  }

  @AfterEach
  void stop() {
    context.stop();
  }

  @Test
  void trouble_that_alternates_is_written_once_and_counted_at_the_end_of_the_interval() {
    for (int i = 0; i < 121; i++) {
      log.warn("No connection; reason={}", "refused");
      log.error("Cannot write", new IllegalStateException("disk full"));
    }
    context.getLogger("nara.other").warn("No connection; reason={}", "refused");

    assertThat(lines())
        .containsExactly(
            "No connection; reason=refused", "Cannot write", "No connection; reason=refused");

    filter.endInterval();

    assertThat(lines())
        .endsWith(
            "No connection; reason=refused; it happened 120 times more",
            "Cannot write cause=java.lang.IllegalStateException; it happened 120 times more");
  }

  @Test
  void trouble_that_was_over_is_written_again() {
    log.warn("gone");
    log.warn("slow");
    log.info("Connected");
    log.warn("gone");
    log.warn("slow");
    log.warn("gone");

    assertThat(lines()).containsExactly("gone", "slow", "Connected", "gone", "slow");
  }

  @Test
  void lines_that_differ_in_what_strangers_choose_are_bounded() {
    for (int i = 0; i < 10_000; i++) {
      log.warn("Removed events; name={}", i);
      log.info("Connected to {}", i);
    }

    assertThat(lines()).hasSize(RepeatedLines.MAX_LINES);

    filter.endInterval();

    assertThat(lines())
        .hasSize(RepeatedLines.MAX_LINES + 1)
        .last()
        .asString()
        .startsWith(
            "Left out lines of this logger, which writes at most 60 in 10 min; count=19940");

    log.warn("Removed events; name=1");

    assertThat(lines()).last().isEqualTo("Removed events; name=1");
  }

  @Test
  void details_that_an_operator_asked_for_are_all_written() {
    for (int i = 0; i < 1_000; i++) {
      log.debug("a detail");
    }

    assertThat(lines()).hasSize(1_000);
  }

  private List<String> lines() {
    return written.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }
}
