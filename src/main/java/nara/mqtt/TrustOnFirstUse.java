package nara.mqtt;

import nara.bounds.LogOnce;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.PublicKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Checks the key of a message's sender: the first known key of a name stays its key. */
final class TrustOnFirstUse {
  private static final Logger LOG = LoggerFactory.getLogger(TrustOnFirstUse.class);

  private final Identity me;
  private final Keyring keys;
  private final LogOnce namesakes = new LogOnce(LOG::warn);

  TrustOnFirstUse(Identity me, Keyring keys) {
    this.me = me;
    this.keys = keys;
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
