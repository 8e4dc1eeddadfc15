package nara.trust;

import java.time.Duration;
import java.time.InstantSource;
import nara.bounds.RateLimiter;
import nara.bounds.SafeText;
import nara.identity.Keyring;
import nara.identity.Keyring.ClaimedKey;
import nara.identity.Keyring.Conflict;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Logs names for which several keys are claimed: one line for each, and few in a short time. */
final class KeyConflictLog {
  private static final Logger LOG = LoggerFactory.getLogger(KeyConflictLog.class);

  /** Peers can invent any number of conflicts. The report lists more of them. */
  private static final int LINES_PER_MINUTE = 20;

  private final RateLimiter limiter;
  private long suppressed;

  KeyConflictLog(InstantSource clock) {
    limiter = RateLimiter.per(Duration.ofMinutes(1), LINES_PER_MINUTE, clock);
  }

  /** Logs the conflicts of the names that have just got a second key. */
  void log(Keyring.Changes changes, Keyring keys) {
    for (String name : changes.conflicts()) {
      if (limiter.tryAcquire("")) {
        keys.conflict(name).ifPresent(this::log);
      } else {
        suppressed++;
      }
    }
  }

  private void log(Conflict conflict) {
    String decision =
        conflict
            .decision()
            .map(
                key ->
                    conflict.disputed()
                        ? "another key has as many supporters as the key that holds; key=" + key
                        : "the key with most evidence holds; key=" + key)
            .orElse("its events wait; give the right key in trust.keys;");
    boolean isSettled = conflict.byOperator() && !conflict.disputed();
    LOG.atLevel(isSettled ? Level.INFO : Level.WARN)
        .log(
            "Several keys are claimed for a name; {} name={} claims={}{}",
            decision,
            SafeText.excerpt(conflict.name()),
            conflict.claims().stream().map(KeyConflictLog::text).toList(),
            suppressed == 0 ? "" : " suppressed=" + suppressed);
    suppressed = 0;
  }

  private static String text(ClaimedKey claim) {
    return claim.key()
        + (claim.evidence().isEmpty()
            ? " without support"
            : " by " + String.join(" and ", claim.evidence()));
  }
}
