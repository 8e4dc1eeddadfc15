package nara.mqtt;

import nara.bounds.LogOnce;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.PublicKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks the key of a message's sender. Each message is a key claim; the keyring decides by
 * evidence.
 */
record SenderKeyCheck(Identity me, Keyring keys, LogOnce namesakes) {
  private static final Logger LOG = LoggerFactory.getLogger(SenderKeyCheck.class);

  SenderKeyCheck(Identity me, Keyring keys) {
    this(me, keys, new LogOnce(LOG::warn));
  }

  /** Learns the claim; returns whether no other key holds for the name. */
  boolean accepts(String name, String id, PublicKey key, Origin origin) {
    if (!name.equals(me.name())) {
      keys.learn(name, id, key, origin);
      return keys.byName(name).filter(known -> !known.equals(key)).isEmpty();
    }
    boolean mine = key.equals(me.keys().publicKey());
    if (!mine) {
      namesakes.log(name, "Another nara on the plaza has this node's name; key=" + key);
    }
    return mine;
  }
}
