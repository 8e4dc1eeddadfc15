package nara.mesh.wire;

/**
 * A peer's answer could not be used: the failure of a Future inside this package. Whoever asked the
 * mesh verticle gets it as a value.
 */
public final class MeshException extends Exception {
  private static final long serialVersionUID = 1L;

  private final MeshFailure failure;

  public MeshException(MeshFailure failure, String reason) {
    super(reason, null, false, false);
    this.failure = failure;
  }

  public MeshFailure failure() {
    return failure;
  }

  /** What a person is told. */
  public String reason() {
    return getMessage();
  }
}
