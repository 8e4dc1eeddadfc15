/** Opinions on other naras, formed from the ledger after the recovery. */
@MayKnow({"bus", "ledger", "presence", "recovery.."})
package nara.opinion;

import nara.MayKnow;
