package nara.presence;

import java.time.Duration;

/**
 * How this node announces itself.
 *
 * @param readOnly whether the node announces nothing and says no goodbye
 * @param hasBroker whether an MQTT broker is configured; without one, the node announces itself
 *     when it starts
 * @param announceInterval the shortest time between two announcements
 */
public record PresenceConfig(boolean readOnly, boolean hasBroker, Duration announceInterval) {}
