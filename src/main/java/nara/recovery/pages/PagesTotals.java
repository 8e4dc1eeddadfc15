package nara.recovery.pages;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import nara.mesh.client.MeshRequest.FetchFailed;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.recovery.PeerScores;
import nara.recovery.pages.CallDispatcher.PagesCall;

/** What the pages rung did, for progress and the report. */
final class PagesTotals {
  private int responses;
  private int failures;
  private long probedEvents;
  private long addedEvents;
  private String lastFailure = "";

  void onResponse(PagesCall pagesCall, PageFetched page) {
    responses++;
    addedEvents += page.offerResult().added();
    switch (pagesCall.callPurpose()) {
      case SKETCH, PROBE, CHECK_FETCHED, CHECK_SKIPPED -> probedEvents += page.events();
      case KEYS, CHECKPOINTS, ABOUT_SELF, MORE_KEYS, FETCH_RANGE -> {}
    }
  }

  void onFailure(PagesCall pagesCall, FetchFailed failed) {
    failures++;
    lastFailure = pagesCall.peerName() + ": " + failed.reason();
  }

  /** New events so far. */
  long addedEvents() {
    return addedEvents;
  }

  boolean noResponses() {
    return responses == 0;
  }

  boolean mostlyFailed() {
    return failures > responses;
  }

  /**
   * A sentence about it.
   *
   * @param peers all that were asked
   * @param fetched those whose events were walked, by themselves or by an equal
   * @param groups of equals among those
   * @param skipped those who were passed over
   */
  String summary(
      int peers,
      Set<String> fetched,
      int groups,
      Set<String> skipped,
      boolean memoryFull,
      PeerScores peerScores,
      int abandoned) {
    StringBuilder line = new StringBuilder();
    line.append(responses).append(" pages; ").append(fetched.size()).append(" of ").append(peers);
    line.append(" neighbours walked, in ").append(groups);
    line.append(groups == 1 ? " group of equals, " : " groups of equals, ");
    line.append(probedEvents).append(" events probed");
    Set<String> others = new LinkedHashSet<>(skipped);
    others.removeAll(fetched);
    if (!others.isEmpty()) {
      line.append(", nothing new in those of ").append(String.join(", ", others));
    }
    if (memoryFull) {
      line.append("; the memory is full, older events were left");
    }
    List<String> dropped = peerScores.droppedPeers();
    if (!dropped.isEmpty()) {
      line.append("; dropped ").append(String.join(", ", dropped));
    }
    List<String> suspects = peerScores.suspectPeers();
    if (!suspects.isEmpty()) {
      line.append("; in doubt ").append(String.join(", ", suspects));
    }
    if (abandoned > 0) {
      line.append("; ")
          .append(abandoned)
          .append(abandoned == 1 ? " range given up" : " ranges given up");
    }
    if (failures > 0) {
      line.append("; the last failure: ").append(lastFailure);
    }
    return line.toString();
  }
}
