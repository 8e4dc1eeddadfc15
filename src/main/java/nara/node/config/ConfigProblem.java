package nara.node.config;

/**
 * One error in a configuration. The reader collects all of them.
 *
 * @param line line in the configuration text, from 1; 0 when the problem has no position
 * @param column column in that line, from 1; 0 when the problem has no position
 * @param path the key, dotted, such as {@code mesh.port}; empty for the text as a whole
 * @param message what is wrong and what is allowed, with the value unless it is a secret
 */
public record ConfigProblem(int line, int column, String path, String message) {

  /** Position, path and message in one line. */
  public String sentence() {
    String position = line > 0 ? "line " + line + ", column " + column + ": " : "";
    return position + (path.isEmpty() ? "" : path + ": ") + message;
  }
}
