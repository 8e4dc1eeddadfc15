package nara.mqtt;

import nara.bounds.LogOnce;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.PublicKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a message of somebody may be signed with a key: a name's first key stays its key. */
final class TrustOnFirstUse {
  private static final Logger LOG = LoggerFactory.getLogger(TrustOnFirstUse.class);

  private final Identity me;
  private final Keyring keys;
  private final LogOnce namesakes = new LogOnce(LOG::warn);

  TrustOnFirstUse(Identity me, Keyring keys) {
    this.me = me;
    this.keys = keys;
  }

  /** Whether a name may have this key: it is the known one, or none is known. */
  boolean accepts(String name, PublicKey key) {
    if (name.equals(me.name())) {
      return isOwnKey(key);
    }
    return keys.byName(name).filter(known -> !known.equals(key)).isEmpty();
  }

  /** Whether a message in this node's name is this node's; if not, the operator should know. */
  private boolean isOwnKey(PublicKey key) {
    boolean mine = key.equals(me.keys().publicKey());
    if (!mine) {
      namesakes.log(
          me.name(), "Another nara on the plaza has the name " + me.name() + " too: key=" + key);
    }
    return mine;
  }
}
