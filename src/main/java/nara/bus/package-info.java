/**
 * The event bus as the verticles use it: typed requests with timeouts, typed notifications, and the
 * clock.
 *
 * <p>Addresses and messages stand in the package of the verticle that serves or sends them.
 */
@MayKnow({})
package nara.bus;

import nara.MayKnow;
