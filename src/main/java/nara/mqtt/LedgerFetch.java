package nara.mqtt;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import nara.mqtt.PlazaRequest.FetchLedgers;
import nara.mqtt.PlazaRequest.LedgersFetched;
import nara.mqtt.PlazaRequest.NeighbourResponse;

/**
 * One round of asking ledgers, from the first question to the end: a state machine without time or
 * sockets of its own.
 *
 * <p>MQTT carries questions and answers without saying whether they arrived. So whoever has not
 * answered is asked again when the broker comes back, when it announces itself (it was away and
 * could not hear the question), and once halfway through the quiet period. While the broker is away
 * nothing can come, and the quiet period does not run; after that it is as long as a neighbour may
 * take to come back to the broker.
 */
final class LedgerFetch {
  /** Answers taken from one neighbour: to the first question and to the repeated ones. */
  private static final int MAX_RESPONSES = 3;

  private final FetchLedgers request;
  private final Duration stallTimeoutAfterReconnect;
  private final Instant deadline;
  private final Set<String> unanswered;
  private final List<String> responders = new ArrayList<>();
  private final List<NeighbourResponse> responses = new ArrayList<>();
  private final Set<String> retriedOnAnnouncement = new LinkedHashSet<>();

  private boolean connected;
  private boolean connectionLost;
  private boolean everConnected;
  private boolean retried;
  private int mergesInFlight;
  private Instant lastActivity;

  /**
   * A round that begins now.
   *
   * @param stallTimeoutAfterReconnect how long neighbours may take to come back after the broker
   *     was away
   */
  LedgerFetch(FetchLedgers request, Duration stallTimeoutAfterReconnect, Instant now) {
    this.request = request;
    this.stallTimeoutAfterReconnect = stallTimeoutAfterReconnect;
    this.deadline = now.plus(request.timeout());
    this.unanswered = new TreeSet<>(request.subjectsByNeighbour().keySet());
    this.lastActivity = now;
  }

  /** The broker is there: whom to ask now. */
  List<String> onConnected(Instant now) {
    connected = true;
    everConnected = true;
    retried = false;
    lastActivity = now;
    return List.copyOf(unanswered);
  }

  /** The broker is gone. */
  void onConnectionLost(Instant now) {
    connected = false;
    connectionLost = everConnected;
    lastActivity = now;
  }

  /** Somebody announced itself: whether to ask it again. */
  boolean onAnnouncement(String name, Instant now) {
    if (!connected || !unanswered.contains(name) || !retriedOnAnnouncement.add(name)) {
      return false;
    }
    lastActivity = now;
    return true;
  }

  /** Somebody answered: whether the answer is taken. */
  boolean onResponse(String name, Instant now) {
    long earlierResponses = responders.stream().filter(name::equals).count();
    if (!request.subjectsByNeighbour().containsKey(name) || earlierResponses >= MAX_RESPONSES) {
      return false;
    }
    responders.add(name);
    unanswered.remove(name);
    mergesInFlight++;
    lastActivity = now;
    return true;
  }

  /** What became of an answer that was taken. */
  void onMerged(NeighbourResponse response, Instant now) {
    mergesInFlight--;
    responses.add(response);
    lastActivity = now;
  }

  /** An answer that was taken could not be merged: as if it had not come. */
  void onMergeFailed(String name, Instant now) {
    mergesInFlight--;
    unanswered.add(name);
    lastActivity = now;
  }

  /** Whom to ask again because half of the quiet period has gone by. */
  List<String> retries(Instant now) {
    if (!connected || retried || now.isBefore(lastActivity.plus(stallTimeout().dividedBy(2)))) {
      return List.of();
    }
    retried = true;
    return List.copyOf(unanswered);
  }

  /**
   * The result, once there is one.
   *
   * @param error of the connection, or empty
   */
  Optional<LedgersFetched> result(Instant now, String error) {
    if (unanswered.isEmpty() && mergesInFlight == 0) {
      return Optional.of(resultWith(""));
    }
    if (!now.isBefore(deadline)) {
      return Optional.of(resultWith(connected ? "the deadline passed" : noBroker(error)));
    }
    boolean stalled = mergesInFlight == 0 && !now.isBefore(lastActivity.plus(stallTimeout()));
    if (stalled && connected) {
      return Optional.of(resultWith("nothing came for " + stallTimeout().toMillis() + " ms"));
    }
    if (stalled && !everConnected) {
      return Optional.of(resultWith(noBroker(error)));
    }
    return Optional.empty();
  }

  /** The result as it is now, because the node stops. */
  LedgersFetched resultOnStop() {
    return resultWith("this node is stopping");
  }

  /** When to look again, at the latest. */
  Duration nextCheck(Instant now) {
    Instant next = deadline;
    for (Instant moment :
        List.of(
            lastActivity.plus(stallTimeout().dividedBy(2)), lastActivity.plus(stallTimeout()))) {
      if (moment.isAfter(now) && moment.isBefore(next)) {
        next = moment;
      }
    }
    Duration wait = Duration.between(now, next);
    return wait.isPositive() ? wait : Duration.ofMillis(1);
  }

  /** What a neighbour is asked about. */
  List<String> subjectsOf(String name) {
    return request.subjectsByNeighbour().get(name);
  }

  private Duration stallTimeout() {
    Duration requested = request.stallTimeout();
    return connectionLost && stallTimeoutAfterReconnect.compareTo(requested) > 0
        ? stallTimeoutAfterReconnect
        : requested;
  }

  private LedgersFetched resultWith(String error) {
    return new LedgersFetched(List.copyOf(responses), Set.copyOf(unanswered), error);
  }

  private static String noBroker(String error) {
    return error.isEmpty() ? "no connection to the broker" : error;
  }
}
