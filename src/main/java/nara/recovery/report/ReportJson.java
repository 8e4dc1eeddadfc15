package nara.recovery.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import nara.bounds.SafeText;

/** The report as JSON, with the keys that {@link Report} states. */
public final class ReportJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ReportJson() {}

  /** The report, indented, with a newline at its end. */
  public static String write(Report report) {
    try {
      // Peers choose names and reasons, and an operator may print the report on a terminal.
      return SafeText.escapedJson(
          JSON.writerWithDefaultPrettyPrinter().writeValueAsString(report) + "\n");
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("failed to write a report as JSON", impossible);
    }
  }
}
