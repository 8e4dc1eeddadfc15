package nara.recovery;

import java.util.List;
import nara.checkpoint.CheckpointRequest;
import nara.discovery.Neighbour;
import nara.mesh.MeshRequest;
import nara.plaza.PlazaRequest;
import nara.trust.TrustRequest;

/** What the plan is told. */
public sealed interface Happening {
  /**
   * The node is up.
   *
   * @param seed of the plan's chance, for whoever follows it
   */
  record Started(long seed) implements Happening {
    public Started() {
      this(0);
    }
  }

  /**
   * Discovery answered.
   *
   * @param troubles what a source could not do, in sentences
   * @param plaza whether there is a plaza to ask over
   * @param held how many events this node has already
   */
  record Found(List<Neighbour> neighbours, List<String> troubles, boolean plaza, int held)
      implements Happening {
    /** What a node found that holds nothing. */
    public Found(List<Neighbour> neighbours, List<String> troubles, boolean plaza) {
      this(neighbours, troubles, plaza, 0);
    }
  }

  /** A wait is over. */
  record TimeCame() implements Happening {}

  /**
   * A call ended, well or badly.
   *
   * @param member of a cluster that carried it out; empty when the node runs alone
   */
  record CallEnded(int call, MeshRequest.FetchOutcome outcome, String member) implements Happening {
    public CallEnded(int call, MeshRequest.FetchOutcome outcome) {
      this(call, outcome, "");
    }
  }

  /** A reconciliation ended, well or badly. */
  record ReconcileEnded(int call, MeshRequest.ReconcileOutcome outcome) implements Happening {}

  /** The plaza rung ended. */
  record PlazaEnded(PlazaRequest.LedgersAnswered answered) implements Happening {}

  /** The checkpoint stage ended. */
  record CheckpointsEnded(CheckpointRequest.Synced synced) implements Happening {}

  /** Keys were looked for and the quarantine was judged again, which brought the offer. */
  record KeysSought(int asked, int learned, TrustRequest.Offered offered) implements Happening {
    public KeysSought(int asked, int learned) {
      this(asked, learned, TrustRequest.Offered.NOTHING);
    }
  }

  /** Average ping times were seeded. */
  record PingsSeeded(int targets) implements Happening {}

  /** Another member of the cluster leads from here on. */
  record TookOver(String member, long term) implements Happening {}

  /** The node is shutting down. */
  record StopAsked() implements Happening {}

  /** A part of this node failed the stage that is under way; the message says which and how. */
  record Broke(String what) implements Happening {}
}
