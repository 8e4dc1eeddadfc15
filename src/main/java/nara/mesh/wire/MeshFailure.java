package nara.mesh.wire;

/** Why a peer's response is not usable. */
public enum MeshFailure {
  /** No connection: refused, no route, unknown host. */
  UNREACHABLE,
  /** No byte before the stall timeout, or not complete by the deadline. */
  STALLED,
  /** The connection ended before the response did. */
  CUT_OFF,
  /** A status other than 200. */
  STATUS,
  /** The peer does not have this endpoint or mode. */
  UNSUPPORTED,
  /** More bytes or more events than allowed. */
  TOO_LARGE,
  /** A signature, of the headers or in the body, is missing, wrong, or another nara's. */
  BAD_SIGNATURE,
  /** The clocks of the peer and of this node differ by more than a signed exchange allows. */
  CLOCK_SKEW,
  /** Events that were not requested, or a cursor that makes no progress. */
  NOT_ASKED,
  /** The body is not a response by the contract. */
  MALFORMED,
  /** This node's verifier refuses all signatures; see {@code trust.recheck_one_in}. */
  UNVERIFIABLE,
  /** This node is stopping. */
  STOPPING
}
