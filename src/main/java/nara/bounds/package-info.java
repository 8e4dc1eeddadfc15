/**
 * Bounds on what peers can cause: text in messages, entries in a cache, requests in a window, log
 * lines for one problem.
 *
 * <p>Plain Java; may know nothing of the other packages, and every package may know it.
 */
package nara.bounds;
