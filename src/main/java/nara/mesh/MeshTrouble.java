package nara.mesh;

/**
 * A peer's answer could not be used: the failure of a Future inside this package. Whoever asked the
 * mesh verticle gets it as a value.
 */
final class MeshTrouble extends Exception {
  private static final long serialVersionUID = 1L;

  private final MeshFailure failure;

  MeshTrouble(MeshFailure failure, String reason) {
    super(reason, null, false, false);
    this.failure = failure;
  }

  MeshFailure failure() {
    return failure;
  }

  /** What a person is told. */
  String reason() {
    return getMessage();
  }
}
