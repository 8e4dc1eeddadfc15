package nara.cluster;

/** Why this node cannot be a member of the cluster: a sentence for the operator. */
public final class ClusterJoinException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ClusterJoinException(String sentence) {
    super(sentence);
  }
}
