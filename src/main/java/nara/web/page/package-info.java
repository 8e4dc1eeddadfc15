/** The page for people, which a browser shows from the paths of the management port. */
@MayKnow({})
package nara.web.page;

import nara.MayKnow;
