/** What all routes of the management port share: responses, and who may read them from a page. */
@MayKnow({"bounds", "bus", "event.json"})
package nara.web.http;

import nara.MayKnow;
