package nara.recovery;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import nara.bus.BusMessage;
import nara.bus.Done;
import nara.bus.Request;
import nara.ledger.Query;
import nara.mesh.MeshRequest;
import nara.trust.TrustRequest;

/**
 * What a coordinator asks of the cluster that it leads: to carry out what any member can do, and to
 * keep what happened, so that another can go on from there. A node that runs alone asks nobody.
 *
 * @param <R> the type of the answer
 */
public sealed interface SharedWork<R extends BusMessage> extends Request<R> {
  /** Where the cluster is asked. */
  String ADDRESS = "nara.cluster.work";

  /** Lets some member fetch, judge and merge one answer of a peer. */
  record Fetch(MeshRequest.Peer peer, Query query, Duration timeout, Duration patience)
      implements SharedWork<FetchedBy> {}

  /** The answer to {@link Fetch}: which member did it, and how it went. */
  record FetchedBy(String member, MeshRequest.FetchOutcome outcome) implements BusMessage {}

  /** Lets every member look for the keys that events wait for there. */
  record SeekKeys(List<MeshRequest.Peer> peers) implements SharedWork<KeysFound> {}

  /** The answer to {@link SeekKeys}, over all members. */
  record KeysFound(int asked, int learned, TrustRequest.Offered offered) implements BusMessage {}

  /** Keeps that something happened. */
  record Note(int number, Noted noted) implements SharedWork<Done> {}

  /** Keeps the report of a recovery that is over, instead of all that was noted. */
  record Conclude(Report report) implements SharedWork<Done> {}

  /**
   * Something that happened.
   *
   * @param at when
   * @param began the calls that the plan began because of it: whoever goes on checks that it comes
   *     to the same
   */
  record Noted(Instant at, Happening happening, List<Command.Fetch> began) {}

  /**
   * What a new leader finds.
   *
   * @param member what it is called itself
   * @param term of its lead
   * @param noted what happened before, in order; empty when nothing has begun
   * @param report of the recovery, when it is over
   */
  record Lead(String member, long term, List<Noted> noted, Optional<Report> report) {}
}
