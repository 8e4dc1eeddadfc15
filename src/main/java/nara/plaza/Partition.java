package nara.plaza;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Deals subjects over the neighbours that are asked, so that each is asked of one of them. By the
 * wire contract's hash, though nothing breaks when two nodes deal differently.
 */
public final class Partition {
  private Partition() {}

  /**
   * The subjects in {@code parts} lists, each in the order given; one list for less than one part.
   */
  public static List<List<String>> of(List<String> subjects, int parts) {
    int count = Math.max(1, parts);
    List<List<String>> dealt = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      dealt.add(new ArrayList<>());
    }
    for (String subject : subjects) {
      dealt.get(indexOf(subject, count)).add(subject);
    }
    return dealt;
  }

  /** Which subjects each neighbour is asked about; one with nothing to be asked is absent. */
  public static Map<String, List<String>> among(List<String> neighbours, List<String> subjects) {
    Map<String, List<String>> asked = new LinkedHashMap<>();
    List<List<String>> dealt = of(subjects, neighbours.size());
    for (int i = 0; i < neighbours.size(); i++) {
      if (!dealt.get(i).isEmpty()) {
        asked.put(neighbours.get(i), dealt.get(i));
      }
    }
    return asked;
  }

  private static int indexOf(String subject, int count) {
    long hash = 0;
    for (int codePoint : subject.codePoints().toArray()) {
      hash = (hash * 31 + codePoint) % count;
    }
    return (int) hash;
  }
}
