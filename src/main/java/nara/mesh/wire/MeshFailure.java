package nara.mesh.wire;

/** Why a peer's answer could not be used: the closed list. */
public enum MeshFailure {
  /** No connection: refused, no route, unknown host. */
  UNREACHABLE,
  /** No byte for too long, or not done by the deadline. */
  STALLED,
  /** The connection ended in the middle of the answer. */
  CUT_OFF,
  /** A status other than 200. */
  STATUS,
  /** The peer does not have this endpoint or mode. */
  UNSUPPORTED,
  /** More bytes or more events than allowed. */
  TOO_LARGE,
  /** Headers or inner signature missing, wrong, or somebody else's. */
  BAD_SIGNATURE,
  /** Events that were not asked for, or a cursor that leads nowhere. */
  NOT_ASKED,
  /** The body is not an answer by the contract. */
  MALFORMED,
  /** This node is stopping. */
  STOPPING;
}
