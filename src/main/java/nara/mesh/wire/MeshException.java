package nara.mesh.wire;

/**
 * A peer's response is not usable. Futures inside the mesh fail with it; the replies of the mesh
 * verticle carry it as a value.
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

  /** The reason in words. */
  public String reason() {
    return getMessage();
  }
}
