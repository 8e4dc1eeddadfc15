package nara.checkpoint.consensus;

import io.vertx.core.Future;
import java.util.Optional;

/** Ends the processing of a message that is rejected; the verticle counts the reason. */
final class RejectedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final RejectReason reason;

  RejectedException(RejectReason reason) {
    super(reason.label(), null, false, false);
    this.reason = reason;
  }

  RejectReason reason() {
    return reason;
  }

  /** A Future that fails with the reason, if there is one. */
  static Future<Void> check(Optional<RejectReason> reason) {
    return reason.isEmpty()
        ? Future.succeededFuture()
        : Future.failedFuture(new RejectedException(reason.get()));
  }
}
