package nara.social;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Why a nara teases another, with this project's sentences. */
public enum TeaseReason {
  HIGH_RESTARTS(
      "%s has a revolving door", "%s counts its restarts in dozens", "one more boot for %s"),
  COMEBACK("%s found the way home", "look, %s is here again", "%s overslept"),
  TREND_ABANDON("%s is over it already", "%s changes its mind", "%s walks alone"),
  RANDOM("%s, are you awake?", "%s looks busy", "greetings to %s"),
  NICE_NUMBER("%s collects pretty numbers", "what a number, %s", "%s may frame this one");

  private final List<String> sentences;

  TeaseReason(String... sentences) {
    this.sentences = List.of(sentences);
  }

  /** The reason in an event: {@code high-restarts}, {@code comeback} … */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The sentence for a tease with this reason; empty for a reason that is none of a tease. */
  public static String sentence(String label, String target) {
    return Arrays.stream(values())
        .filter(reason -> reason.label().equals(label))
        .findFirst()
        .map(reason -> reason.sentenceFor(target))
        .orElse("");
  }

  private String sentenceFor(String target) {
    String sentence = sentences.get(target.codePoints().sum() % sentences.size());
    return sentence.replace("%s", target);
  }
}
