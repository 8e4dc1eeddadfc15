/** One node: the list of its parts, deployed in order and undeployed in reverse. */
@MayKnow("..")
package nara.node;

import nara.MayKnow;
