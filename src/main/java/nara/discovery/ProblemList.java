package nara.discovery;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Distinct problems, limited in number since peers cause them. */
final class ProblemList {
  /** Sentences kept; further ones are only counted. */
  static final int MAX_PROBLEMS = 100;

  private final Set<String> problems = new LinkedHashSet<>();
  private long omitted;

  /** Adds a sentence; returns whether it is new. */
  boolean add(String problem) {
    if (problems.size() < MAX_PROBLEMS) {
      return problems.add(problem);
    }
    omitted += problems.contains(problem) ? 0 : 1;
    return false;
  }

  /** The sentences in the order of arrival, and the number of omitted ones. */
  List<String> list() {
    List<String> result = new ArrayList<>(problems);
    if (omitted > 0) {
      result.add("and " + omitted + " more");
    }
    return result;
  }
}
