package nara.opinion;

import java.util.HashMap;
import java.util.Map;
import nara.event.json.JsonFields;
import nara.event.json.JsonRecord;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.event.json.JsonSpans.Span;
import nara.ledger.LedgerRequest.Opinion;

/**
 * Opinions from a list in the form of {@code /narae.json}, as a public nara serves it. They are
 * hearsay: nothing signs them. Only names and three numbers are read, no key, no address and no
 * status.
 */
final class OpinionSeed {
  /** Far more naras than any network has had. */
  static final int MAX_NARAS = 5_000;

  /** Bytes of the list: a nara takes about 700. */
  static final int MAX_BYTES = 4 << 20;

  /** As for every name on the plaza. */
  private static final int MAX_NAME = 128;

  /** One an hour for a hundred years. */
  private static final long MAX_RESTARTS = 1_000_000;

  /** Keys beside the list; bytes of such a value. */
  private static final int MAX_MEMBERS = 16;

  private static final int MAX_VALUE_BYTES = 1 << 10;

  private static final JsonFields LIST = JsonFields.inAnyCase().elementList("naras", MAX_NARAS);
  private static final JsonFields NARA =
      new JsonFields().texts("Name").numbers("StartTime", "Restarts", "LastRestart");

  private OpinionSeed() {}

  /**
   * The opinions by name. Entries with impossible values are left out, and of a name that comes
   * twice all entries: nobody knows which one is right.
   *
   * @throws MalformedJsonException when there is no list
   */
  static Map<String, Opinion> read(byte[] json, long nowSeconds) {
    Map<String, Opinion> opinions = new HashMap<>();
    Map<String, Integer> seen = new HashMap<>();
    for (Span span : LIST.cut(json, MAX_MEMBERS, MAX_VALUE_BYTES).elements("naras")) {
      try {
        JsonRecord nara = NARA.read(json, span);
        String name = nara.text("Name");
        Opinion opinion =
            new Opinion(
                nara.number("StartTime"), nara.number("Restarts"), nara.number("LastRestart"));
        seen.merge(name, 1, Integer::sum);
        if (isName(name) && isPossible(opinion, nowSeconds)) {
          opinions.put(name, opinion);
        }
      } catch (MalformedJsonException broken) {
        // A broken entry costs only itself.
      }
    }
    opinions.keySet().removeIf(name -> seen.get(name) > 1);
    return Map.copyOf(opinions);
  }

  private static boolean isName(String name) {
    return !name.isBlank()
        && name.length() <= MAX_NAME
        && name.chars().noneMatch(c -> Character.isISOControl(c) || "/+#".indexOf(c) >= 0);
  }

  private static boolean isPossible(Opinion opinion, long nowSeconds) {
    return opinion.startTime() > 0
        && opinion.startTime() <= nowSeconds
        && opinion.restarts() >= 0
        && opinion.restarts() <= MAX_RESTARTS
        && (opinion.lastRestart() == 0
            || opinion.lastRestart() >= opinion.startTime() && opinion.lastRestart() <= nowSeconds);
  }
}
