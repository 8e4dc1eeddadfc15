package nara.node.config;

import java.util.Locale;

/** The transports that a node uses to reach others. */
public enum Transport {
  /** The plaza only. */
  MQTT,
  /** The mesh only. The recovery does not wait for the plaza when peers are known. */
  GOSSIP,
  /** Both, if they are configured. */
  HYBRID;

  /** The name in the configuration. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
