package nara.mqtt;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Stream;
import nara.mqtt.PlazaRequest.FetchLedgers;
import nara.mqtt.PlazaRequest.LedgersFetched;
import nara.mqtt.PlazaRequest.NeighbourResponse;
import nara.mqtt.wire.LedgerRequestMessage;

/**
 * One fetch of ledgers over MQTT, as a state machine without time or sockets of its own.
 *
 * <p>MQTT does not confirm that a request or a response arrived. So a peer that has not responded
 * gets the request again: when the broker comes back, when the peer announces itself, and once
 * after half of the stall timeout. The stall timeout does not run while the broker is away. After
 * that it is at least as long as peers may need to reconnect.
 *
 * <p>No signature proves who responded: anybody on the plaza can respond in a peer's name, and
 * faster. So the fetch offers all responses of a peer, within {@link
 * MqttLimits#MAX_RESPONSE_BYTES_FACTOR}. It listens for {@link MqttLimits#SETTLE_TIME} more while a
 * peer has given no acceptable event. The same holds for a request for everybody's events, the last
 * one of a recovery.
 */
final class LedgerFetch {
  private final FetchLedgers request;
  private final Duration reconnectTime;
  private final Instant deadline;
  private final long maxBytesPerPeer;
  private final boolean lastRequest;

  /** Peers without any response. */
  private final Set<String> unanswered;

  /** Peers without an acceptable event: {@link #unanswered}, and those with empty responses. */
  private final Set<String> withoutEvents;

  private final Map<String, Long> bytesByPeer = new HashMap<>();
  private final List<NeighbourResponse> responses = new ArrayList<>();
  private final Set<String> retriedOnAnnouncement = new HashSet<>();

  private boolean connected;
  private boolean connectionLost;
  private boolean everConnected;
  private boolean retried;
  private int mergesInFlight;
  private Instant lastActivity;

  /** When the last response came that was a peer's first one or had new events. */
  private Instant lastNews;

  /** When every peer had responded; null before. */
  private Instant allResponded;

  /**
   * Begins now.
   *
   * @param reconnectTime how long peers may take to come back after the broker was away
   * @param maxMessageBytes of one response
   */
  LedgerFetch(FetchLedgers request, Duration reconnectTime, long maxMessageBytes, Instant now) {
    this.request = request;
    this.maxBytesPerPeer = maxMessageBytes * MqttLimits.MAX_RESPONSE_BYTES_FACTOR;
    this.lastRequest =
        request.subjectsByNeighbour().values().stream()
            .anyMatch(subjects -> subjects.contains(LedgerRequestMessage.EVERYBODY));
    this.reconnectTime = reconnectTime;
    this.deadline = now.plus(request.timeout());
    this.unanswered = new TreeSet<>(request.subjectsByNeighbour().keySet());
    this.withoutEvents = new TreeSet<>(unanswered);
    this.lastActivity = now;
    this.lastNews = now;
  }

  /** Returns the peers to send the request to. */
  List<String> onConnected(Instant now) {
    connected = true;
    everConnected = true;
    retried = false;
    lastActivity = now;
    lastNews = now;
    return List.copyOf(withoutEvents);
  }

  void onConnectionLost(Instant now) {
    connected = false;
    connectionLost = everConnected;
    lastActivity = now;
  }

  /** A peer announced itself. Returns whether to send it the request again. */
  boolean onAnnouncement(String name, Instant now) {
    if (!connected || !withoutEvents.contains(name) || !retriedOnAnnouncement.add(name)) {
      return false;
    }
    lastActivity = now;
    lastNews = now;
    return true;
  }

  /** A peer responded. Returns whether to merge the response. */
  boolean onResponse(String name, long bytes, Instant now) {
    long earlier = bytesByPeer.getOrDefault(name, 0L);
    boolean settled = settling() && !now.isBefore(settleTime());
    if (!request.subjectsByNeighbour().containsKey(name) || earlier >= maxBytesPerPeer || settled) {
      return false;
    }
    unanswered.remove(name);
    mergesInFlight++;
    bytesByPeer.put(name, earlier + bytes);
    lastActivity = now;
    return true;
  }

  void onMerged(NeighbourResponse response, Instant now) {
    mergesInFlight--;
    lastActivity = now;
    boolean first = responses.stream().noneMatch(isFrom(response.neighbour()));
    if (response.acceptable()) {
      withoutEvents.remove(response.neighbour());
    }
    if (first || response.offerResult().newlyHeld() > 0) {
      lastNews = now;
    }
    allResponded = allResponded == null && unanswered.isEmpty() ? now : allResponded;
    add(response);
  }

  /** Somebody can respond any number of times in a peer's name: the list stays short. */
  private void add(NeighbourResponse response) {
    long listed = responses.stream().filter(isFrom(response.neighbour())).count();
    if (listed > 0 && response.events() == 0) {
      return;
    }
    if (listed < MqttLimits.MAX_LISTED_RESPONSES) {
      responses.add(response);
    } else {
      int last = responses.size() - 1;
      while (!isFrom(response.neighbour()).test(responses.get(last))) {
        last--;
      }
      responses.set(last, responses.get(last).plus(response));
    }
  }

  private static Predicate<NeighbourResponse> isFrom(String name) {
    return response -> response.neighbour().equals(name);
  }

  /** The merge of a response failed. Without another one, the peer counts as silent. */
  void onMergeFailed(String name, Instant now) {
    mergesInFlight--;
    if (responses.stream().noneMatch(isFrom(name))) {
      unanswered.add(name);
      allResponded = null;
    }
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
      return settling() && now.isBefore(settleTime())
          ? Optional.empty()
          : Optional.of(resultWith(""));
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
        Stream.concat(
                Stream.of(retryTime(), stallTime(), deadline),
                settling() ? Stream.of(settleTime()) : Stream.empty())
            .filter(time -> time.isAfter(now))
            .min(Instant::compareTo)
            .orElse(now);
    return next.isAfter(now) ? Duration.between(now, next) : Duration.ofMillis(1);
  }

  List<String> subjectsOf(String name) {
    return request.subjectsByNeighbour().get(name);
  }

  /** Peers that may still respond with events after the fetch has ended. */
  Set<String> withoutEvents() {
    return Set.copyOf(withoutEvents);
  }

  /** Whether every peer responded and the fetch listens for better responses. */
  private boolean settling() {
    return allResponded != null && (lastRequest || !withoutEvents.isEmpty());
  }

  private Instant settleTime() {
    Instant quiet = lastNews.plus(MqttLimits.SETTLE_TIME);
    Instant latest = allResponded.plus(MqttLimits.MAX_SETTLE_TIME);
    Instant end = latest.isBefore(deadline) ? latest : deadline;
    return quiet.isBefore(end) ? quiet : end;
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
