package nara.node.config;

import java.util.Locale;

/** Which ways a node uses to meet others. */
public enum Transport {
  /** The plaza only. */
  MQTT,
  /** The mesh only; neighbours that are known already are asked at once. */
  GOSSIP,
  /** Both, each where it is configured. */
  HYBRID;

  /** The name in configuration. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
