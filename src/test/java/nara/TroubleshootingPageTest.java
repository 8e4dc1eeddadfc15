package nara;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Compares the sentences in the code with {@code docs/troubleshooting.md}: those about the state of
 * a node, and those with which it refuses to start.
 *
 * <p>It reads the string literals of the classes that make these sentences. A sentence is on the
 * page when its first clause of three words or more is there; values stand between clauses.
 */
class TroubleshootingPageTest {
  private static final Path SOURCES = Path.of("src/main/java/nara");

  private static final List<String> CLASSES =
      List.of(
          "cli/file/EventFileReader",
          "clock/NetworkClock",
          "cluster/ClusterConfig",
          "cluster/ClusterMember",
          "cluster/HazelcastConfig",
          "discovery/DiscoveryRun",
          "discovery/KnownNeighbours",
          "discovery/TailscaleClient",
          "discovery/TailscaleStatus",
          "mesh/MeshConfig",
          "mesh/client/MeshTransport",
          "mqtt/BrokerFailure",
          "node/ClusterLifecycle",
          "node/NaraNode",
          "node/config/IdentitySection",
          "node/config/KeptSoul",
          "node/config/MachineChecks",
          "node/config/NodeConfig",
          "node/config/PortConflicts",
          "recovery/CoordinatorVerticle",
          "recovery/PeerScore",
          "recovery/RecoveryPlan",
          "recovery/pages/PagesRung",
          "snapshot/SnapshotFile",
          "snapshot/SnapshotVerticle",
          "status/NodeStatusReader");

  /** Parts of these classes that are no sentences about the state. */
  private static final Set<String> OTHERS =
      Set.of(
          // The allowed values and the defaults of keys, which configuration.md has.
          "a soul (40 bytes in Base58, about 54 characters)",
          "the host's name, or one drawn from the soul",
          "a path of a file that holds a soul",
          "the service's or the user's",
          "a path of a directory",
          // Programming errors.
          "no part is a ",
          "reading from memory",
          // Summaries of stages that went well.
          " missing keys found",
          "the native soul kept in ",
          "this machine's hardware",
          // Log lines that need nothing.
          "The operator requested a recovery",
          // A part of a message of Java, which BrokerFailure looks for.
          "No name matching");

  private static final Pattern COMMENT =
      Pattern.compile("/\\*.*?\\*/|^\\s*//[^\\n]*", Pattern.DOTALL | Pattern.MULTILINE);
  private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\\\n]|\\\\.)*)\"");
  private static final Pattern BETWEEN = Pattern.compile("%(?:\\d\\$)?,?[a-z]|[;:\\n]|\\. |\\\\n");
  private static final int WORDS = 3;

  @Test
  void page_holds_every_sentence_about_the_state_of_a_node() throws IOException {
    String page = plain(Files.readString(Path.of("docs/troubleshooting.md")));
    List<String> missing = new ArrayList<>();
    for (String each : CLASSES) {
      for (String sentence : sentences(Files.readString(SOURCES.resolve(each + ".java")))) {
        if (!OTHERS.contains(sentence) && !page.contains(firstClause(sentence))) {
          missing.add(each + ": " + sentence);
        }
      }
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void other_texts_are_still_in_the_code() throws IOException {
    Set<String> all = new HashSet<>();
    for (String each : CLASSES) {
      all.addAll(sentences(Files.readString(SOURCES.resolve(each + ".java"))));
    }
    assertThat(all).containsAll(OTHERS);
  }

  private static List<String> sentences(String source) {
    String code =
        COMMENT
            .matcher(source)
            .replaceAll("")
            .replace("'\"'", "quote")
            .replaceAll("\"\\s*\\+\\s*\"", "");
    List<String> found = new ArrayList<>();
    Matcher literal = LITERAL.matcher(code);
    while (literal.find()) {
      String text = literal.group(1);
      // A log line has its values in braces; its reason is a sentence of its own.
      if (!text.contains("{}") && !firstClause(text).isEmpty()) {
        found.add(text);
      }
    }
    return found;
  }

  /** The first part of three words or more between two values; empty without one. */
  private static String firstClause(String sentence) {
    return Arrays.stream(BETWEEN.split(sentence))
        .map(TroubleshootingPageTest::plain)
        .map(clause -> clause.replaceAll("^[ ,:.()'=-]+|[ ,:.()'=-]+$", ""))
        .filter(clause -> clause.split(" ").length >= WORDS)
        .findFirst()
        .orElse("");
  }

  private static String plain(String text) {
    return text.replaceAll("[`\"\\\\…]", "").replaceAll("\\s+", " ").toLowerCase(Locale.ROOT);
  }
}
