package nara.recovery.plaza;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Divides subjects among neighbours, so that one neighbour gets each subject. The hash is that of
 * the wire contract, but any other works as well.
 */
public final class SubjectPartitioner {
  private SubjectPartitioner() {}

  /** The subjects in so many lists, at least one, each in the given order. */
  public static List<List<String>> partition(List<String> subjects, int parts) {
    List<List<String>> partitions = new ArrayList<>();
    for (int i = 0; i < Math.max(1, parts); i++) {
      partitions.add(new ArrayList<>());
    }
    subjects.forEach(subject -> partitions.get(hash(subject, partitions.size())).add(subject));
    return partitions;
  }

  /** The subjects of each neighbour; a neighbour without subjects is absent. */
  public static Map<String, List<String>> assign(List<String> neighbours, List<String> subjects) {
    List<List<String>> partitions = partition(subjects, neighbours.size());
    Map<String, List<String>> assigned = new LinkedHashMap<>();
    for (int i = 0; i < neighbours.size(); i++) {
      assigned.put(neighbours.get(i), partitions.get(i));
    }
    assigned.values().removeIf(List::isEmpty);
    return assigned;
  }

  private static int hash(String subject, int modulus) {
    long hash = 0;
    for (int codePoint : subject.codePoints().toArray()) {
      hash = (hash * 31 + codePoint) % modulus;
    }
    return (int) hash;
  }
}
