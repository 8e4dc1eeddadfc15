package nara.recovery.pages;

import java.util.OptionalLong;
import nara.ledger.Query.Page;
import nara.mesh.client.MeshRequest.PageFetched;
import nara.recovery.pages.CallDispatcher.PagesCall;

/** Reads the events of a filter page by page. */
final class FilteredPages {
  private FilteredPages() {}

  /**
   * The cursor of the next page; empty after the last one, and after the most pages that a peer is
   * asked for. A page may end between events of one time, so the next one starts with them again.
   */
  static OptionalLong nextCursor(PagesCall call, PageFetched page) {
    if (page.nextCursor().isEmpty()
        || page.events() == 0
        || call.index() >= PagesLimits.MAX_FILTERED_PAGES) {
      return OptionalLong.empty();
    }
    // An event with a later time than the cursor shows nothing about the events before it.
    long next = Page.cursorIncluding(Math.min(page.newestTs(), page.nextCursor().get()));
    return next > ((Page) call.query()).after() ? OptionalLong.of(next) : OptionalLong.empty();
  }
}
