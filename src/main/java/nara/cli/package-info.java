/** The commands. */
@MayKnow("..")
package nara.cli;

import nara.MayKnow;
