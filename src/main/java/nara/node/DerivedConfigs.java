package nara.node;

import java.util.Optional;
import nara.cluster.Role;
import nara.gossip.GossipConfig;
import nara.identity.Identity;
import nara.identity.Personality;
import nara.journey.JourneyConfig;
import nara.ledger.LedgerConfig;
import nara.liveness.LivenessConfig;
import nara.node.config.NodeConfig;
import nara.node.config.Transport;
import nara.presence.PresenceConfig;

/**
 * The configurations of those parts that have no section of their own: each follows from several
 * sections of the node's configuration.
 */
record DerivedConfigs(NodeConfig config, Identity me) {
  /** Whether this node connects to the plaza's broker. */
  boolean usesBroker() {
    return config.usesPlaza() && config.cluster().has(Role.MQTT_LEDGER);
  }

  /** A read-only node neither gives anything to others nor promises them anything. */
  boolean usesStash() {
    return config.stash().enabled() && config.usesMesh() && !config.readOnly();
  }

  LedgerConfig ledger() {
    LedgerConfig ledger =
        LedgerConfig.ofSize(config.memory().maxEvents())
            .maxBytes(config.memory().maxBytes())
            .ownedBy(me.name());
    return config.transport() == Transport.GOSSIP
        ? ledger.missingAfter(LedgerConfig.MISSING_AFTER_IN_GOSSIP)
        : ledger;
  }

  JourneyConfig journey() {
    return new JourneyConfig(meshSilence(), usesBroker());
  }

  GossipConfig gossip() {
    return GossipConfig.of(
        meshSilence(), Personality.of(me.soul()), config.memory().mode(), usesBroker());
  }

  PresenceConfig presence() {
    return new PresenceConfig(config.readOnly(), usesBroker(), config.plaza().announceEvery());
  }

  LivenessConfig liveness() {
    return new LivenessConfig(
        !config.readOnly(), config.usesMesh(), usesBroker(), ledger().missingAfter());
  }

  /** Why this node sends nothing of its own over the mesh. */
  private Optional<String> meshSilence() {
    return !config.usesMesh()
        ? Optional.of("this node does not use the mesh")
        : config.readOnly() ? Optional.of("this node is read-only") : Optional.empty();
  }
}
