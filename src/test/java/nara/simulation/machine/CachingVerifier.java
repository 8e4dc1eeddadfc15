package nara.simulation.machine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import nara.identity.PublicKey;
import nara.trust.verifier.SignatureCheck;
import nara.trust.verifier.SignatureVerifier;
import nara.trust.verifier.TableVerifier;

/**
 * Verifies each signature once, for all nodes of all simulations of this process. The answers are
 * those of the real verifier.
 */
public final class CachingVerifier implements SignatureVerifier {
  private static final int MAX_ANSWERS = 200_000;

  private final SignatureVerifier verifier = new TableVerifier(512);
  private final Map<Key, Boolean> answers = new ConcurrentHashMap<>();

  private record Key(PublicKey key, byte[] message, byte[] signature) {
    Key(SignatureCheck check) {
      this(check.key(), check.message(), check.signature());
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Key same
          && key.equals(same.key)
          && Arrays.equals(message, same.message)
          && Arrays.equals(signature, same.signature);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(signature);
    }
  }

  @Override
  public String name() {
    return "cached " + verifier.name();
  }

  @Override
  public boolean[] verify(List<SignatureCheck> batch) {
    boolean[] result = new boolean[batch.size()];
    List<SignatureCheck> fresh = new ArrayList<>();
    int[] index = new int[batch.size()];
    for (int i = 0; i < result.length; i++) {
      Boolean known = answers.get(new Key(batch.get(i)));
      if (known == null) {
        index[fresh.size()] = i;
        fresh.add(batch.get(i));
      } else {
        result[i] = known;
      }
    }
    if (fresh.isEmpty()) {
      return result;
    }
    if (answers.size() > MAX_ANSWERS) {
      answers.clear();
    }
    boolean[] verified = verifier.verify(fresh);
    for (int k = 0; k < verified.length; k++) {
      result[index[k]] = verified[k];
      answers.put(new Key(fresh.get(k)), verified[k]);
    }
    return result;
  }
}
