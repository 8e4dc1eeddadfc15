/** The plaza rung: who is asked for what over MQTT, and what they gave. */
@MayKnow("mqtt")
package nara.recovery.plaza;

import nara.MayKnow;
