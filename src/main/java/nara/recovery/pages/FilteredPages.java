package nara.recovery.pages;

import nara.ledger.Query.Page;
import nara.mesh.client.MeshRequest.PageFetched;

/** The way from one page of a filter to the next. */
final class FilteredPages {
  private FilteredPages() {}

  /**
   * The cursor of the next page, or that of this one when there is none. A page may end between
   * events of one time, so the next one starts with them again.
   */
  static long nextCursor(Page request, PageFetched page) {
    if (page.nextCursor().isEmpty() || page.events() == 0) {
      return request.after();
    }
    // An event with a later time than the cursor shows nothing about the events before it.
    return Page.cursorIncluding(Math.min(page.newestTs(), page.nextCursor().get()));
  }
}
