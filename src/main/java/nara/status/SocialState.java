package nara.status;

import io.vertx.core.Future;
import java.util.Optional;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Request;
import nara.bus.Timeouts;
import nara.journey.JourneyRequest;
import nara.journey.JourneyRequest.JourneyCounts;
import nara.ledger.InspectionRequest;
import nara.ledger.InspectionRequest.TeaseCounts;
import nara.opinion.OpinionRequest;
import nara.opinion.OpinionRequest.OwnHistory;
import nara.social.SocialRequest;
import nara.social.SocialRequest.CurrentStatus;
import nara.social.SocialRequest.StatusList;
import nara.stash.StashRequest;
import nara.stash.StashRequest.StashStatus;

/**
 * What the social parts of a node know at one time, for its metrics. A part that is off, not
 * deployed yet or too slow to reply is empty.
 *
 * @param own this node's status, as it publishes it
 * @param statuses of others
 * @param teases in the ledger
 */
public record SocialState(
    Optional<CurrentStatus> own,
    Optional<StatusList> statuses,
    Optional<OwnHistory> history,
    Optional<TeaseCounts> teases,
    Optional<JourneyCounts> journeys,
    Optional<StashStatus> stash) {
  /** Before any part has replied. */
  public static final SocialState NONE =
      new SocialState(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  /** Asks the parts. Never fails. */
  public static Future<SocialState> read(Bus bus) {
    Future<Optional<CurrentStatus>> own =
        ask(bus, SocialRequest.ADDRESS, new SocialRequest.GetOwnStatus());
    Future<Optional<StatusList>> statuses =
        ask(bus, SocialRequest.ADDRESS, new SocialRequest.ListStatuses());
    Future<Optional<OwnHistory>> history =
        ask(bus, OpinionRequest.ADDRESS, new OpinionRequest.GetOwnHistory());
    Future<Optional<TeaseCounts>> teases =
        ask(bus, InspectionRequest.ADDRESS, new InspectionRequest.CountTeases());
    Future<Optional<JourneyCounts>> journeys =
        ask(bus, JourneyRequest.ADDRESS, new JourneyRequest.GetJourneyCounts());
    Future<Optional<StashStatus>> stash =
        ask(bus, StashRequest.ADDRESS, new StashRequest.GetStashStatus());
    return Future.join(own, statuses, history, teases, journeys, stash)
        .map(
            all ->
                new SocialState(
                    own.result(),
                    statuses.result(),
                    history.result(),
                    teases.result(),
                    journeys.result(),
                    stash.result()));
  }

  private static <R extends BusMessage> Future<Optional<R>> ask(
      Bus bus, String address, Request<R> request) {
    return bus.request(address, request, Timeouts.STATUS)
        .map(Optional::of)
        .otherwise(Optional.empty());
  }
}
