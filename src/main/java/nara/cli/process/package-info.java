/** The end of the process: signals and exit codes. */
@MayKnow({})
package nara.cli.process;

import nara.MayKnow;
