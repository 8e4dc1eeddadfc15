package nara.recovery;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import nara.ledger.Query;
import nara.mesh.MeshRequest.Fetched;
import nara.recovery.Survey.Kin;

/**
 * Asks groups whose ledgers differ for a few events of the same moments, to choose those that
 * together have all that any of them showed.
 */
final class Probing {
  private static final int MOMENTS = 8;
  private static final int LEAST = 12;
  private static final int MOST = 200;

  /** The share of all events that probes may cost, over all groups. */
  private static final double SHARE = 0.02;

  private final Coverage coverage = new Coverage();
  private final Set<String> keysMissing = new LinkedHashSet<>();

  /** A page to ask a group for. */
  record Probe(Kin kin, int moment, Query query) {}

  /** The probes of those groups; none when there is nothing to choose. */
  List<Probe> probes(List<Kin> groups) {
    List<Kin> measured = groups.stream().filter(kin -> kin.count() > 0).toList();
    List<Probe> probes = new ArrayList<>();
    if (measured.size() > 1) {
      double all = measured.stream().mapToLong(Kin::count).sum();
      int size = (int) Math.clamp(all * SHARE / measured.size() / MOMENTS, LEAST, MOST);
      List<Long> moments = Survey.moments(measured, MOMENTS);
      for (int moment = 0; moment < moments.size(); moment++) {
        for (Kin kin : measured) {
          Query query = new Query.Page(moments.get(moment), size, Query.Filter.ALL);
          probes.add(new Probe(kin, moment, query));
        }
      }
    }
    return probes;
  }

  /**
   * Takes an answer.
   *
   * @param head the group's
   */
  void shown(String head, int moment, Fetched page) {
    boolean more = page.nextCursor().isPresent() && page.events() > 0;
    coverage.shown(head, moment, page.stated(), more);
    if (page.offered().quarantined() > 0) {
      keysMissing.add(head);
    }
  }

  /** Heads of groups that showed events whose emitters' keys are not known: they may have them. */
  Set<String> keysMissing() {
    return keysMissing;
  }

  /** Whom to walk of those groups: all of them, when there is nothing to choose. */
  List<Kin> walkers(List<Kin> groups) {
    if (groups.size() < 2) {
      return groups;
    }
    List<String> heads = coverage.walkers(groups.stream().map(Kin::head).toList());
    return groups.stream().filter(kin -> heads.contains(kin.head())).toList();
  }
}
