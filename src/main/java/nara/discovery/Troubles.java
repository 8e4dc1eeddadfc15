package nara.discovery;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Sentences on what went wrong: each once, and only so many, since peers cause them. */
final class Troubles {
  /** Sentences kept; of further ones only the number is told. */
  static final int MAX_SENTENCES = 100;

  private final Set<String> sentences = new LinkedHashSet<>();
  private long further;

  /**
   * Takes a sentence.
   *
   * @return whether it is a new one
   */
  boolean add(String sentence) {
    if (sentences.contains(sentence)) {
      return false;
    }
    if (sentences.size() >= MAX_SENTENCES) {
      further++;
      return false;
    }
    return sentences.add(sentence);
  }

  /** The sentences in the order they came. */
  List<String> list() {
    List<String> list = new ArrayList<>(sentences);
    if (further > 0) {
      list.add("and " + further + " more");
    }
    return list;
  }
}
