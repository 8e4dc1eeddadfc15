package nara.journey;

/**
 * Why a journey is not taken.
 *
 * @param status the HTTP status
 * @param text in the reference's words where it refuses, too
 * @param kind the name in counters
 */
record Refusal(int status, String text, String kind) {
  static Refusal badRequest(String kind, String text) {
    return new Refusal(400, text, kind);
  }

  /** The hops of the journey are not what they should be. */
  static Refusal brokenChain(String reason) {
    return badRequest("broken_chain", "chain verification failed: " + reason);
  }
}
