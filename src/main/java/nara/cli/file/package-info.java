/** Files of events and keys, read and written within bounds. */
@MayKnow({"bounds", "event", "event.json", "file", "identity", "snapshot"})
package nara.cli.file;

import nara.MayKnow;
