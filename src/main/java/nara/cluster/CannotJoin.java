package nara.cluster;

/** Why this node cannot be a member of the cluster: a sentence for the operator. */
public final class CannotJoin extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CannotJoin(String sentence) {
    super(sentence);
  }
}
