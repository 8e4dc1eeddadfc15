package nara.recovery.pages;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import nara.mesh.client.MeshRequest.FetchFailed;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.recovery.PeerScores;
import nara.recovery.pages.CallDispatcher.PagesCall;

/** Sums of the pages rung, for its decisions and its summary. */
final class PagesTotals {
  private int responses;
  private int failures;
  private long probedEvents;
  private String lastFailure = "";

  void onResponse(PagesCall call, PageFetched page) {
    responses++;
    switch (call.purpose()) {
      case SKETCH, PROBE, CHECK_FETCHED, CHECK_SKIPPED -> probedEvents += page.events();
      case KEYS, ABOUT_SELF, FETCH_RANGE -> {}
    }
  }

  void onFailure(PagesCall call, FetchFailed failed) {
    failures++;
    lastFailure = call.peerName() + ": " + failed.reason();
  }

  boolean noResponses() {
    return responses == 0;
  }

  boolean mostlyFailed() {
    return failures > responses;
  }

  /**
   * A sentence for the report.
   *
   * @param fetched peers whose events were fetched, from them or from a replica
   * @param groups replica groups among those
   * @param skipped peers that hold no events of their own
   */
  String summary(
      int peers,
      Set<String> fetched,
      int groups,
      Set<String> skipped,
      boolean ledgerFull,
      PeerScores scores,
      int abandoned) {
    List<String> parts = new ArrayList<>();
    parts.add(
        "%d %s; fetched %d of %d %s in %d replica %s, probed %d %s%s"
            .formatted(
                responses,
                responses == 1 ? "page" : "pages",
                fetched.size(),
                peers,
                peers == 1 ? "neighbour" : "neighbours",
                groups,
                groups == 1 ? "group" : "groups",
                probedEvents,
                probedEvents == 1 ? "event" : "events",
                skipped.isEmpty() ? "" : ", nothing new at " + String.join(", ", skipped)));
    if (ledgerFull) {
      parts.add("the ledger is full, older events were left");
    }
    addList(parts, "dropped ", scores.droppedPeers());
    addList(parts, "suspect: ", scores.suspectPeers());
    if (abandoned > 0) {
      parts.add(abandoned + (abandoned == 1 ? " range abandoned" : " ranges abandoned"));
    }
    if (failures > 0) {
      parts.add("the last failure: " + lastFailure);
    }
    return String.join("; ", parts);
  }

  private static void addList(List<String> parts, String label, List<String> names) {
    if (!names.isEmpty()) {
      parts.add(label + String.join(", ", names));
    }
  }
}
