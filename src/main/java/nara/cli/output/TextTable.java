package nara.cli.output;

import java.util.ArrayList;
import java.util.List;

/**
 * Rows in columns that are as wide as they must be; numbers to the right, texts to the left. Texts
 * are made printable and bounded, since names and reasons are often a peer's words.
 */
final class TextTable {
  private static final int MAX_CELL_LENGTH = 70;

  private final List<List<String>> rows = new ArrayList<>();
  private final List<Boolean> rightAligned = new ArrayList<>();

  TextTable(String... header) {
    rows.add(List.of(header));
    for (int i = 0; i < header.length; i++) {
      rightAligned.add(false);
    }
  }

  /** Adds a row with a cell for each column of the header. */
  TextTable addRow(Object... cells) {
    List<String> row = new ArrayList<>(cells.length);
    for (int i = 0; i < cells.length; i++) {
      boolean number = cells[i] instanceof Number;
      if (number) {
        rightAligned.set(i, true);
      }
      row.add(number ? "%,d".formatted(((Number) cells[i]).longValue()) : cell(cells[i]));
    }
    rows.add(row);
    return this;
  }

  private static String cell(Object value) {
    String text = Terminal.printable(String.valueOf(value));
    return text.length() <= MAX_CELL_LENGTH ? text : text.substring(0, MAX_CELL_LENGTH - 1) + "…";
  }

  boolean isEmpty() {
    return rows.size() == 1;
  }

  /** The lines, each begun with the indent and ended with a line end. */
  String render(String indent) {
    int columns = rightAligned.size();
    int[] widths = new int[columns];
    for (List<String> row : rows) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
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
