package nara.cli.output;

import java.util.ArrayList;
import java.util.List;

/** Folds a long line at blanks, so that it fits a terminal. */
final class FoldedLine {
  static final int WIDTH = 80;

  private FoldedLine() {}

  /**
   * The lines; a text without blanks stays whole.
   *
   * @param indent of all lines but the first
   */
  static List<String> of(String text, String indent) {
    List<String> lines = new ArrayList<>();
    String line = text;
    while (line.length() > WIDTH) {
      int end = line.lastIndexOf(' ', WIDTH);
      if (end <= indent.length()) {
        end = line.indexOf(' ', WIDTH);
      }
      if (end < 0) {
        break;
      }
      lines.add(line.substring(0, end).stripTrailing());
      line = indent + line.substring(end).stripLeading();
    }
    lines.add(line);
    return lines;
  }
}
