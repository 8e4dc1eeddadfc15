package nara.recovery.pages;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import nara.event.Service;
import nara.ledger.Query;
import nara.ledger.Query.Filter;
import nara.ledger.Query.Page;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.recovery.pages.CallDispatcher.CallPurpose;
import nara.recovery.pages.CallDispatcher.PagesCall;

/**
 * Fetches the announcements of every peer that responds, once, before its other events. They carry
 * the claims about keys: a name that several keys claim can only be decided when all claims are
 * known.
 *
 * <p>The first peer gives the checkpoints with its announcements, which saves a request.
 */
final class Announcements {
  private static final Set<String> SERVICES =
      Set.of(Service.HEY_THERE.wireName(), Service.CHAU.wireName());

  private static final Set<String> WITH_CHECKPOINTS =
      Set.of(Service.HEY_THERE.wireName(), Service.CHAU.wireName(), Service.CHECKPOINT.wireName());

  private final CallDispatcher dispatcher;
  private final Set<String> asked = new HashSet<>();
  private final Set<String> unfinished = new LinkedHashSet<>();
  private final Set<String> late = new HashSet<>();
  private final Set<String> missing = new LinkedHashSet<>();
  private boolean graceStarted;

  Announcements(CallDispatcher dispatcher) {
    this.dispatcher = dispatcher;
  }

  /** Asks a peer, unless it was asked before. */
  void request(String peer) {
    boolean withCheckpoints = asked.isEmpty();
    if (asked.add(peer)) {
      unfinished.add(peer);
      Filter filter = new Filter(withCheckpoints ? WITH_CHECKPOINTS : SERVICES, Set.of());
      addPage(peer, 0, Long.MIN_VALUE, filter);
    }
  }

  private void addPage(String peer, int index, long cursor, Filter filter) {
    dispatcher.add(CallPurpose.KEYS, peer, index, "", new Page(cursor, Query.MAX_EVENTS, filter));
  }

  void onResponse(PagesCall call, PageFetched page) {
    FilteredPages.nextCursor(call, page)
        .ifPresentOrElse(
            next -> addPage(call.peerName(), call.index() + 1, next, call.query().filter()),
            () -> unfinished.remove(call.peerName()));
  }

  void onAbandoned(PagesCall call) {
    unfinished.remove(call.peerName());
    missing.add(call.peerName());
  }

  /** Starts the wait for the rest, once, when half of the peers have given theirs. */
  boolean startGrace() {
    boolean half = 2 * unfinished.size() <= asked.size();
    if (graceStarted || unfinished.isEmpty() || !half) {
      return false;
    }
    graceStarted = true;
    return true;
  }

  void onGraceOver() {
    late.addAll(unfinished);
  }

  /** Whether the phase waits for this call. */
  boolean blocksPhase(PagesCall call) {
    return !late.contains(call.peerName());
  }

  /** The peers that did not give their announcements. */
  Set<String> missing() {
    return missing;
  }
}
