package nara.cli.output;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A table of text. Columns are as wide as their widest cell, numbers are right-aligned. Texts are
 * escaped and cut, because names and reasons often come from a peer.
 */
final class TextTable {
  private static final int MAX_CELL_LENGTH = 70;

  private final List<List<String>> rows = new ArrayList<>();
  private final List<Boolean> rightAligned = new ArrayList<>();

  TextTable(String... header) {
    rows.add(List.of(header));
    rightAligned.addAll(Collections.nCopies(header.length, false));
  }

  /** Adds a row with one cell for each column of the header. */
  TextTable addRow(Object... cells) {
    List<String> row = new ArrayList<>(cells.length);
    for (Object cell : cells) {
      if (cell instanceof Number number) {
        rightAligned.set(row.size(), true);
        row.add("%,d".formatted(number.longValue()));
      } else {
        row.add(text(cell));
      }
    }
    rows.add(row);
    return this;
  }

  private static String text(Object value) {
    String text = Terminal.printable(String.valueOf(value));
    return text.length() <= MAX_CELL_LENGTH ? text : text.substring(0, MAX_CELL_LENGTH - 1) + "…";
  }

  boolean isEmpty() {
    return rows.size() == 1;
  }

  /** Returns the lines, each with the indent before it. */
  String render(String indent) {
    int columns = rightAligned.size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      Arrays.setAll(widths, i -> Math.max(widths[i], row.get(i).length()));
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder(indent);
      for (int i = 0; i < columns; i++) {
        String blanks = " ".repeat(widths[i] - row.get(i).length());
        line.append(rightAligned.get(i) ? blanks + row.get(i) : row.get(i) + blanks).append("  ");
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
