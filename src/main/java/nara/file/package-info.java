/** Files that are replaced as a whole. */
@MayKnow({})
package nara.file;

import nara.MayKnow;
