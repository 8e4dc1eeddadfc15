package nara.cli;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

/** The main class of a stand-in for the jar: it prints how it was started. */
public final class PrintedStart {
  private PrintedStart() {}

  public static void main(String[] args) {
    String text =
        "version=%d home=%s heap=%s args=%s jar=%s%n"
            .formatted(
                Runtime.version().feature(),
                System.getProperty("java.home"),
                Runtime.getRuntime().maxMemory() >> 20,
                List.of(args),
                System.getProperty("java.class.path"));
    System.out.writeBytes(text.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
  }
}
