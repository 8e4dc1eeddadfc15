package nara.liveness;

import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import nara.discovery.DiscoveryRequest;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.SubjectSummary;
import nara.opinion.OpinionRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Backfill and expiry. Backfill records the opinion about each online neighbour of whom the ledger
 * holds no backfill. Expiry makes discovery forget neighbours that have been away for long.
 */
final class NeighbourMaintenance {
  private static final Logger LOG = LoggerFactory.getLogger(NeighbourMaintenance.class);

  /** No ledger ever prunes a backfill, and anybody can invent names. */
  private static final int MAX_BACKFILLS = 1_000;

  private final LivenessClient client;
  private final ObservationWriter observationWriter;
  private final NeighbourExpiry expiry = new NeighbourExpiry();
  private Map<String, SubjectSummary> summaries = Map.of();
  private long expired;

  NeighbourMaintenance(LivenessClient client, ObservationWriter writer) {
    this.client = client;
    this.observationWriter = writer;
  }

  /** Fetches the opinions, which later expiry runs use too. */
  Future<?> fetchOpinions() {
    return client
        .request(OpinionRequest.ADDRESS, new OpinionRequest.GetOpinions())
        .onSuccess(opinions -> summaries = opinions.bySubject());
  }

  /** Of online neighbours only: a restart on record would make any other one online. */
  Future<?> backfill(Instant now) {
    return client.neighbourhood(now).compose(found -> backfill(found, now));
  }

  private Future<?> backfill(Neighbourhood found, Instant now) {
    List<SubjectSummary> candidates =
        found.neighbours().keySet().stream()
            .filter(found::isOnline)
            .map(summaries::get)
            .filter(Objects::nonNull)
            .filter(summary -> ObservationWriter.startTime(summary) > 0)
            .toList();
    Set<String> names =
        candidates.stream().map(SubjectSummary::subject).collect(Collectors.toSet());
    return client
        .request(LedgerRequest.ADDRESS, new LedgerRequest.FindBackfilled(names))
        .compose(
            backfilled ->
                Future.join(
                    candidates.stream()
                        .filter(summary -> !backfilled.subjects().contains(summary.subject()))
                        .limit(MAX_BACKFILLS)
                        .map(s -> observationWriter.backfill(s, found.idOf(s.subject())))
                        .map(observation -> client.record(observation, now))
                        .toList()));
  }

  /** Expires neighbours, and returns their names. */
  Future<Set<String>> expire(Instant now) {
    return client
        .neighbourhood(now)
        .compose(found -> forget(expiry.expired(found, summaries, now)));
  }

  private Future<Set<String>> forget(Set<String> names) {
    if (names.isEmpty()) {
      return Future.succeededFuture(names);
    }
    expired += names.size();
    LOG.info("Forget neighbours that were away for long; count={}", names.size());
    return client
        .request(DiscoveryRequest.ADDRESS, new DiscoveryRequest.ForgetNeighbours(names))
        .map(names);
  }

  /** How many neighbours have expired. */
  long expired() {
    return expired;
  }
}
