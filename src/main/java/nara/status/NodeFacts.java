package nara.status;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Supplier;
import nara.clock.NetworkClock;
import nara.trust.verifier.MeasuredVerifier;

/**
 * What is known of a node without asking its parts.
 *
 * @param version of the program
 * @param startedAt when the node started, by its own clock
 * @param parts the parts that the configuration turns on
 * @param notes sentences for the operator, such as that nobody can find this node
 */
public record NodeFacts(
    String name,
    String id,
    String version,
    Instant startedAt,
    InstantSource clock,
    Parts parts,
    MeasuredVerifier verifier,
    NetworkClock networkClock,
    Supplier<List<String>> notes) {

  /** The optional parts of a node. */
  public record Parts(boolean broker, boolean snapshot, boolean cluster, boolean stash) {
    /** The parts without a stash. */
    public Parts(boolean broker, boolean snapshot, boolean cluster) {
      this(broker, snapshot, cluster, false);
    }
  }
}
