package nara.metrics;

import static nara.metrics.Family.COORDINATE;
import static nara.metrics.Family.COORDINATE_ERROR;
import static nara.metrics.Family.JOURNEYS;
import static nara.metrics.Family.JOURNEYS_PENDING;
import static nara.metrics.Family.JOURNEYS_REFUSED;
import static nara.metrics.Family.STASH_BYTES;
import static nara.metrics.Family.STASH_CONFIDANTS;
import static nara.metrics.Family.STASH_KEPT;
import static nara.metrics.Family.STASH_REJECTED;
import static nara.metrics.Family.STATUSES;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.coordinates.Coordinate;
import nara.journey.JourneyRequest.JourneyCounts;
import nara.stash.StashRequest.ConfidantState;
import nara.stash.StashRequest.StashStatus;
import nara.status.SocialState;

/** The samples of a node's social parts. */
final class SocialSamples {
  private static final List<String> JOURNEY_EVENTS =
      List.of(
          "started", "forwarded", "stuck", "journey_pass", "journey_complete", "journey_timeout");

  private SocialSamples() {}

  static void add(SocialState state, Samples samples) {
    samples.set(STATUSES, state.statuses().map(list -> list.byName().size()).orElse(0));
    Optional<Coordinate> place = state.own().flatMap(own -> own.status().coordinate());
    samples.set(COORDINATE, place.map(Coordinate::x).orElse(0.0) / 1e3, "x");
    samples.set(COORDINATE, place.map(Coordinate::y).orElse(0.0) / 1e3, "y");
    samples.set(COORDINATE, place.map(Coordinate::height).orElse(0.0) / 1e3, "height");
    samples.set(COORDINATE_ERROR, place.map(Coordinate::error).orElse(1.0));
    samples.set(JOURNEYS_PENDING, state.journeys().map(JourneyCounts::pending).orElse(0));
    samples.setEach(
        JOURNEYS, JOURNEY_EVENTS, state.journeys().map(JourneyCounts::counts).orElse(Map.of()));
    samples.setEach(
        JOURNEYS_REFUSED,
        List.of("broken_chain"),
        state.journeys().map(JourneyCounts::refused).orElse(Map.of()));
    Optional<StashStatus> stash = state.stash();
    samples.set(STASH_KEPT, stash.map(StashStatus::keptStashes).orElse(0));
    samples.set(STASH_BYTES, stash.map(StashStatus::keptBytes).orElse(0L));
    List<ConfidantState> confidants = stash.map(StashStatus::confidants).orElse(List.of());
    long confirmed = confidants.stream().filter(ConfidantState::confirmed).count();
    samples.set(STASH_CONFIDANTS, confirmed, "confirmed");
    samples.set(STASH_CONFIDANTS, confidants.size() - confirmed, "unconfirmed");
    samples.set(STASH_REJECTED, stash.map(StashStatus::rejectedMessages).orElse(0L));
  }
}
