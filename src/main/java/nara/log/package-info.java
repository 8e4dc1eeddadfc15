/** The format and the levels of the log. */
@MayKnow("bounds")
package nara.log;

import nara.MayKnow;
