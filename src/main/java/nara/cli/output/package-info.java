/** The output of commands: tables, JSON, progress, the report. */
@MayKnow({"bounds", "bus", "recovery", "recovery.report"})
package nara.cli.output;

import nara.MayKnow;
