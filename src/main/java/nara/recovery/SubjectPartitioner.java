package nara.recovery;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Deals subjects over the neighbours that are asked, so that each is asked of one of them. By the
 * wire contract's hash, though nothing breaks when two nodes deal differently.
 */
public final class SubjectPartitioner {
  private SubjectPartitioner() {}

  /**
   * The subjects in {@code parts} lists, each in the order given; one list for less than one part.
   */
  public static List<List<String>> partition(List<String> subjects, int parts) {
    int count = Math.max(1, parts);
    List<List<String>> partitions = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      partitions.add(new ArrayList<>());
    }
    for (String subject : subjects) {
      partitions.get(partitionOf(subject, count)).add(subject);
    }
    return partitions;
  }

  /** Which subjects each neighbour is asked about; one with nothing to be asked is absent. */
  public static Map<String, List<String>> assign(List<String> neighbours, List<String> subjects) {
    Map<String, List<String>> assigned = new LinkedHashMap<>();
    List<List<String>> partitions = partition(subjects, neighbours.size());
    for (int i = 0; i < neighbours.size(); i++) {
      if (!partitions.get(i).isEmpty()) {
        assigned.put(neighbours.get(i), partitions.get(i));
      }
    }
    return assigned;
  }

  private static int partitionOf(String subject, int count) {
    long hash = 0;
    for (int codePoint : subject.codePoints().toArray()) {
      hash = (hash * 31 + codePoint) % count;
    }
    return (int) hash;
  }
}
