package nara.mqtt;

import nara.bounds.LogOnce;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.PublicKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks the key of a message's sender: the first known key of a name stays its key. */
record TrustOnFirstUse(Identity me, Keyring keys, LogOnce namesakes) {
  private static final Logger LOG = LoggerFactory.getLogger(TrustOnFirstUse.class);

  TrustOnFirstUse(Identity me, Keyring keys) {
    this(me, keys, new LogOnce(LOG::warn));
  }

  /** Whether the name has this key, or has no known key. */
  boolean accepts(String name, PublicKey key) {
    if (!name.equals(me.name())) {
      return keys.byName(name).filter(known -> !known.equals(key)).isEmpty();
    }
    boolean mine = key.equals(me.keys().publicKey());
    if (!mine) {
      namesakes.log(name, "Another nara on the plaza has this node's name; key=" + key);
    }
    return mine;
  }
}
