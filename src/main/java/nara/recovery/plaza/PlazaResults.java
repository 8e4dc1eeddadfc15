package nara.recovery.plaza;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import nara.mqtt.PlazaRequest;
import nara.mqtt.wire.LedgerRequestMessage;

/**
 * The results of the plaza rungs of one recovery.
 *
 * <p>In the first round of a pass each neighbour gets its share of the subjects that are online, as
 * the wire contract states. In the second round the responders get all other subjects, which only
 * nodes like this one can serve.
 */
public final class PlazaResults {
  /** Those of this pass. */
  private final Set<String> responders = new LinkedHashSet<>();

  private final Set<String> nonResponders = new LinkedHashSet<>();

  /** Those that gave an acceptable event in any pass. */
  private final Set<String> givers = new HashSet<>();

  /** Why the plaza did not give all, by neighbour, until the mesh has given everything. */
  private final Map<String, String> gaps = new LinkedHashMap<>();

  private boolean anyResponded;

  /** Begins a pass with other neighbours. */
  public void onPass() {
    responders.clear();
    nonResponders.clear();
  }

  /** Takes the result of a round; whether it was the last one of its pass. */
  public boolean onRound(PlazaRequest.LedgersFetched fetched) {
    fetched.responses().stream()
        .filter(PlazaRequest.NeighbourResponse::acceptable)
        .forEach(response -> givers.add(response.neighbour()));
    if (!responders.isEmpty()) {
      return true;
    }
    fetched.responses().forEach(response -> responders.add(response.neighbour()));
    nonResponders.addAll(fetched.unanswered());
    anyResponded |= !responders.isEmpty();
    return responders.isEmpty();
  }

  /** The subjects of each neighbour in the second round. */
  public Map<String, List<String>> secondRound() {
    Map<String, List<String>> everybody = new LinkedHashMap<>();
    responders.forEach(name -> everybody.put(name, List.of(LedgerRequestMessage.EVERYBODY)));
    return everybody;
  }

  /**
   * Ends a pass, and notes what is missing.
   *
   * @return whether every neighbour gave events
   */
  public boolean endPass() {
    nonResponders.forEach(name -> gaps.put(name, name + " did not answer on the plaza"));
    // Anybody can send an empty response in a neighbour's name, so it does not show an end.
    Set<String> empty = new LinkedHashSet<>(responders);
    empty.removeAll(givers);
    empty.forEach(name -> gaps.put(name, name + " gave no acceptable events on the plaza"));
    return nonResponders.isEmpty() && empty.isEmpty();
  }

  /** Whether a neighbour has responded in this pass. */
  public boolean responded() {
    return !responders.isEmpty();
  }

  /** Whether a neighbour has responded in any pass. */
  public boolean anyResponded() {
    return anyResponded;
  }

  /** Whether the neighbour gave an acceptable event in any pass. */
  public boolean hasGiven(String neighbour) {
    return givers.contains(neighbour);
  }

  /** The mesh has given everything that these neighbours hold. */
  public void closeGaps(Collection<String> neighbours) {
    neighbours.forEach(gaps::remove);
  }

  /** The gaps that the plaza left, each in a sentence. */
  public Collection<String> gaps() {
    return gaps.values();
  }

  /** The responses of this pass, in words. */
  public String summary() {
    int asked = responders.size() + nonResponders.size();
    return responders.size() + " of " + asked + " answered";
  }
}
