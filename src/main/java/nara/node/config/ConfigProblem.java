package nara.node.config;

/**
 * One fault of a configuration. They are collected, never thrown, so that an operator sees all of
 * them at once.
 *
 * @param line of the configuration text where it stands, from 1; 0 when it stands nowhere in it
 * @param column in that line, from 1; 0 when it stands nowhere
 * @param path of the key, dotted, such as {@code mesh.port}; empty for the text as a whole
 * @param message what is wrong and what would be right, naming the value unless it is a secret
 */
public record ConfigProblem(int line, int column, String path, String message) {

  /** One line for a person: place, path, fault. */
  public String sentence() {
    String place = line > 0 ? "line " + line + ", column " + column + ": " : "";
    return place + (path.isEmpty() ? "" : path + ": ") + message;
  }
}
