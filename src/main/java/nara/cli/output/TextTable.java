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

  /** Most terminals have this width. */
  private static final int MAX_WIDTH = 80;

  /** A text column keeps this width. */
  private static final int MIN_TEXT_WIDTH = 10;

  private static final String GAP = "  ";

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
    return cut(Terminal.printable(String.valueOf(value)), MAX_CELL_LENGTH);
  }

  private static String cut(String text, int length) {
    return text.length() <= length ? text : text.substring(0, length - 1) + "…";
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
    narrow(widths, MAX_WIDTH - indent.length());
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder(indent);
      for (int i = 0; i < columns; i++) {
        String cell = cut(row.get(i), widths[i]);
        String blanks = " ".repeat(widths[i] - cell.length());
        line.append(rightAligned.get(i) ? blanks + cell : cell + blanks).append(GAP);
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }

  /** Narrows the widest column of text until the row fits. */
  private void narrow(int[] widths, int room) {
    int gaps = GAP.length() * (widths.length - 1);
    while (Arrays.stream(widths).sum() + gaps > room) {
      int widest = -1;
      for (int i = 0; i < widths.length; i++) {
        if (!rightAligned.get(i) && (widest < 0 || widths[i] > widths[widest])) {
          widest = i;
        }
      }
      if (widest < 0 || widths[widest] <= MIN_TEXT_WIDTH) {
        return;
      }
      widths[widest]--;
    }
  }
}
