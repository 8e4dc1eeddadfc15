package nara.liveness;

import java.util.Map;
import nara.discovery.Neighbour;
import nara.ledger.LedgerRequest.Sighting;

/**
 * The neighbours that discovery knows, and the ledger's last sighting of each, both by name. The
 * ledger may have none of a neighbour.
 */
record Neighbourhood(Map<String, Neighbour> neighbours, Map<String, Sighting> sightings) {
  static final Neighbourhood EMPTY = new Neighbourhood(Map.of(), Map.of());

  /** The nara id of a neighbour; empty when it is not known. */
  String idOf(String name) {
    Neighbour neighbour = neighbours.get(name);
    return neighbour == null ? "" : neighbour.id();
  }

  boolean isOnline(String name) {
    Sighting sighting = sightings.get(name);
    return sighting != null && sighting.isOnline();
  }

  /** Whether a neighbour is missing only because no event mentions it. */
  boolean isSilent(String name) {
    Sighting sighting = sightings.get(name);
    return sighting != null && sighting.isSilent();
  }

  /** Whether the operator named the address of a neighbour. */
  boolean isConfigured(String name) {
    Neighbour neighbour = neighbours.get(name);
    return neighbour != null && neighbour.sources().contains(Neighbour.Source.CONFIGURED);
  }
}
