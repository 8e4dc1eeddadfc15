package nara.opinion;

import java.util.Map;
import java.util.Optional;
import nara.bus.BusMessage;
import nara.bus.Request;
import nara.ledger.LedgerRequest.SubjectSummary;

/**
 * What the opinion verticle is asked. Before the recovery is done there is no opinion, and the
 * answer says so rather than guess from half a memory.
 *
 * @param <R> the type of the answer
 */
public sealed interface OpinionRequest<R extends BusMessage> extends Request<R> {
  /** Where the opinion verticle is asked. */
  String ADDRESS = "nara.opinion";

  /** What is thought of everybody. */
  record GetOpinions() implements OpinionRequest<AllOpinions> {}

  /** What is thought of one subject. */
  record GetOpinion(String subject) implements OpinionRequest<SubjectOpinion> {}

  /** What this node knows of its own past. */
  record GetOwnHistory() implements OpinionRequest<OwnHistory> {}

  /**
   * The answer to {@link GetOwnHistory}.
   *
   * @param startTime when this node first started, Unix seconds: as those remember it who answered
   *     its announcement, else as the ledger says, else when this process started
   * @param restarts as the ledger says; 0 before opinions have formed
   * @param lastRestart when this process started, Unix seconds
   * @param votes how many told when it started
   */
  record OwnHistory(long startTime, long restarts, long lastRestart, int votes)
      implements BusMessage {}

  /**
   * The answer to {@link GetOpinions}.
   *
   * @param formed whether opinions have formed; without, nothing is known of anybody
   * @param passes how many passes there were so far
   * @param atSeconds when the last pass looked, Unix seconds; 0 before the first
   * @param bySubject status, opinion and history of each subject
   */
  record AllOpinions(
      boolean formed, int passes, long atSeconds, Map<String, SubjectSummary> bySubject)
      implements BusMessage {}

  /**
   * The answer to {@link GetOpinion}.
   *
   * @param formed whether opinions have formed
   * @param derived of the subject; empty before they have, and for who was never heard of
   */
  record SubjectOpinion(boolean formed, Optional<SubjectSummary> derived) implements BusMessage {}
}
