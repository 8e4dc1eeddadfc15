package nara.discovery;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Sentences on what went wrong: each once, and only so many, since peers cause them. */
final class ProblemList {
  /** Sentences kept; of further ones only the number is told. */
  static final int MAX_PROBLEMS = 100;

  private final Set<String> problems = new LinkedHashSet<>();
  private long omitted;

  /**
   * Takes a sentence.
   *
   * @return whether it is a new one
   */
  boolean add(String problem) {
    if (problems.contains(problem)) {
      return false;
    }
    if (problems.size() >= MAX_PROBLEMS) {
      omitted++;
      return false;
    }
    return problems.add(problem);
  }

  /** The sentences in the order they came. */
  List<String> list() {
    List<String> result = new ArrayList<>(problems);
    if (omitted > 0) {
      result.add("and " + omitted + " more");
    }
    return result;
  }
}
