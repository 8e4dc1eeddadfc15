package nara.cluster;

/** This node cannot join the cluster. The message tells the operator what to do. */
public final class ClusterJoinException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ClusterJoinException(String message) {
    super(message);
  }
}
