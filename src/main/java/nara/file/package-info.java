/** Files that are replaced as a whole, PEM files, and the reasons of failures. */
@MayKnow({})
package nara.file;

import nara.MayKnow;
