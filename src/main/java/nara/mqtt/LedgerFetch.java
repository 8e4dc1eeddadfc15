package nara.mqtt;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import nara.mqtt.PlazaRequest.FetchLedgers;
import nara.mqtt.PlazaRequest.LedgersFetched;
import nara.mqtt.PlazaRequest.NeighbourResponse;

/**
 * One fetch of ledgers over MQTT, as a state machine without time or sockets of its own.
 *
 * <p>MQTT does not confirm that a request or a response arrived. So a peer that has not responded
 * gets the request again: when the broker comes back, when the peer announces itself, and once
 * after half of the stall timeout. The stall timeout does not run while the broker is away. After
 * that it is at least as long as peers may need to reconnect.
 */
final class LedgerFetch {
  private final FetchLedgers request;
  private final Duration reconnectTime;
  private final Instant deadline;
  private final Set<String> unanswered;
  private final List<String> responders = new ArrayList<>();
  private final List<NeighbourResponse> responses = new ArrayList<>();
  private final Set<String> retriedOnAnnouncement = new HashSet<>();

  private boolean connected;
  private boolean connectionLost;
  private boolean everConnected;
  private boolean retried;
  private int mergesInFlight;
  private Instant lastActivity;

  /** Begins now. Peers may take {@code reconnectTime} to come back after the broker was away. */
  LedgerFetch(FetchLedgers request, Duration reconnectTime, Instant now) {
    this.request = request;
    this.reconnectTime = reconnectTime;
    this.deadline = now.plus(request.timeout());
    this.unanswered = new TreeSet<>(request.subjectsByNeighbour().keySet());
    this.lastActivity = now;
  }

  /** Returns the peers to send the request to. */
  List<String> onConnected(Instant now) {
    connected = true;
    everConnected = true;
    retried = false;
    lastActivity = now;
    return List.copyOf(unanswered);
  }

  void onConnectionLost(Instant now) {
    connected = false;
    connectionLost = everConnected;
    lastActivity = now;
  }

  /** A peer announced itself. Returns whether to send it the request again. */
  boolean onAnnouncement(String name, Instant now) {
    if (!connected || !unanswered.contains(name) || !retriedOnAnnouncement.add(name)) {
      return false;
    }
    lastActivity = now;
    return true;
  }

  /** A peer responded. Returns whether to merge the response. */
  boolean onResponse(String name, Instant now) {
    long earlier = responders.stream().filter(name::equals).count();
    if (!request.subjectsByNeighbour().containsKey(name)
        || earlier >= MqttLimits.MAX_RESPONSES_PER_PEER) {
      return false;
    }
    responders.add(name);
    unanswered.remove(name);
    mergesInFlight++;
    lastActivity = now;
    return true;
  }

  void onMerged(NeighbourResponse response, Instant now) {
    mergesInFlight--;
    responses.add(response);
    lastActivity = now;
  }

  /** The merge of a response failed. The peer counts as one without a response. */
  void onMergeFailed(String name, Instant now) {
    mergesInFlight--;
    unanswered.add(name);
    lastActivity = now;
  }

  /** The peers to send the request to again, after half of the stall timeout. */
  List<String> retries(Instant now) {
    if (!connected || retried || now.isBefore(retryTime())) {
      return List.of();
    }
    retried = true;
    return List.copyOf(unanswered);
  }

  /** The result, once there is one; {@code error} is the connection's error, or empty. */
  Optional<LedgersFetched> result(Instant now, String error) {
    if (unanswered.isEmpty() && mergesInFlight == 0) {
      return Optional.of(resultWith(""));
    }
    String noBroker = error.isEmpty() ? "no connection to the broker" : error;
    if (!now.isBefore(deadline)) {
      return Optional.of(resultWith(connected ? "the deadline passed" : noBroker));
    }
    boolean stalled = mergesInFlight == 0 && !now.isBefore(stallTime());
    if (stalled && connected) {
      return Optional.of(resultWith("nothing came for " + stallTimeout().toMillis() + " ms"));
    }
    return stalled && !everConnected ? Optional.of(resultWith(noBroker)) : Optional.empty();
  }

  LedgersFetched resultOnStop() {
    return resultWith("this node is stopping");
  }

  /** How long to wait before the next check. */
  Duration nextCheck(Instant now) {
    Instant next =
        Stream.of(retryTime(), stallTime(), deadline)
            .filter(time -> time.isAfter(now))
            .min(Instant::compareTo)
            .orElse(now);
    return next.isAfter(now) ? Duration.between(now, next) : Duration.ofMillis(1);
  }

  List<String> subjectsOf(String name) {
    return request.subjectsByNeighbour().get(name);
  }

  private Instant retryTime() {
    return lastActivity.plus(stallTimeout().dividedBy(2));
  }

  private Instant stallTime() {
    return lastActivity.plus(stallTimeout());
  }

  private Duration stallTimeout() {
    Duration requested = request.stallTimeout();
    return connectionLost && reconnectTime.compareTo(requested) > 0 ? reconnectTime : requested;
  }

  private LedgersFetched resultWith(String error) {
    return new LedgersFetched(List.copyOf(responses), Set.copyOf(unanswered), error);
  }
}
