/** Output of the commands: tables, JSON, progress and the report. */
@MayKnow({"bounds", "bus", "recovery", "recovery.report"})
package nara.cli.output;

import nara.MayKnow;
