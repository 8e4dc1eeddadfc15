package nara.mesh.client;

import static java.util.Locale.ROOT;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.bus.BusMessage;
import nara.bus.Request;
import nara.event.EventId;
import nara.identity.PublicKey;
import nara.identity.Witness;
import nara.ledger.Query;
import nara.mesh.wire.MeshFailure;
import nara.mesh.wire.PeerAddress;
import nara.trust.TrustRequest.OfferResult;

/**
 * The requests to the mesh sync verticle. A failure that a peer causes is a value of the reply, not
 * a failed Future.
 *
 * @param <R> the type of the reply
 */
public sealed interface MeshRequest<R extends BusMessage> extends Request<R> {
  String ADDRESS = "nara.mesh";

  /**
   * A nara and where to reach it.
   *
   * @param configured whether the operator named this address; others were discovered
   */
  record Peer(String name, String address, boolean configured) {
    /** A discovered peer. */
    public Peer(String name, String address) {
      this(name, address, false);
    }

    /** This peer as one that serves keys: a configured one counts by its whole address. */
    public Witness witness() {
      return configured
          ? new Witness(address, true)
          : PeerAddress.parse(address)
              .map(known -> new Witness(known.host(), false))
              .orElse(Witness.NONE);
    }

    /** The host of the address, in lower case. */
    public String host() {
      return PeerAddress.hostOf(address).toLowerCase(ROOT);
    }
  }

  /**
   * Fetches one response of {@code /events/sync}, verifies it twice and offers its events to trust.
   * The reply comes when they are merged.
   *
   * @param timeout for the whole exchange; a stall of the peer ends it earlier
   * @param stallTimeout how long the peer may send nothing, or hardly anything; empty for the
   *     configured one
   */
  record FetchPage(Peer peer, Query query, Duration timeout, Optional<Duration> stallTimeout)
      implements MeshRequest<FetchOutcome> {
    /** A fetch with the configured stall timeout. */
    public FetchPage(Peer peer, Query query, Duration timeout) {
      this(peer, query, timeout, Optional.empty());
    }
  }

  /** Fetches one page of {@code /api/checkpoints/all}. */
  record FetchCheckpointPage(Peer peer, int offset, int limit, Duration timeout)
      implements MeshRequest<FetchOutcome> {}

  sealed interface FetchOutcome extends BusMessage {}

  /**
   * It brought a response, perhaps an empty one.
   *
   * @param bytes of the body as it was on the wire
   * @param events in the response
   * @param oldestTs smallest timestamp among them, 0 when there are none
   * @param newestTs largest timestamp among them, 0 when there are none
   * @param nextCursor the cursor of the next page; empty at the end
   * @param hasMore of the checkpoint list only
   * @param eventRefs time and id of each event, as it states them, in the response's order; an
   *     event that does not state both in the usual form is left out
   * @param offerResult what became of the events
   * @param elapsed from the request to the last byte
   * @param fault why the response is not what was requested; empty when it is. Trust judges each of
   *     its events by itself in any case
   */
  record PageFetched(
      long bytes,
      int events,
      long oldestTs,
      long newestTs,
      Optional<Long> nextCursor,
      boolean hasMore,
      List<EventRef> eventRefs,
      OfferResult offerResult,
      Duration elapsed,
      String fault)
      implements FetchOutcome {
    /** A response without fault. */
    public PageFetched(
        long bytes,
        int events,
        long oldestTs,
        long newestTs,
        Optional<Long> nextCursor,
        boolean hasMore,
        List<EventRef> eventRefs,
        OfferResult offerResult,
        Duration elapsed) {
      this(
          bytes,
          events,
          oldestTs,
          newestTs,
          nextCursor,
          hasMore,
          eventRefs,
          offerResult,
          elapsed,
          "");
    }
  }

  /** The fields that an event states of itself, unverified. */
  record EventRef(long ts, EventId id) {}

  record FetchFailed(MeshFailure failure, String reason) implements FetchOutcome {}

  /**
   * Compares the ledger with a peer's, fetches the missing events and offers them to trust. The
   * reply comes when they are merged. Peers take turns unless one takes long, so that the second
   * does not list what the first has sent.
   *
   * @param since Unix nanoseconds; older events are not compared
   * @param timeout for each exchange
   */
  record ReconcileWithPeer(Peer peer, long since, Duration timeout)
      implements MeshRequest<ReconcileOutcome> {}

  sealed interface ReconcileOutcome extends BusMessage {}

  /**
   * The ledgers were compared, perhaps not to the end.
   *
   * @param incompleteReason why this ledger may still lack events of the peer; empty when complete
   * @param rounds messages with their replies
   * @param fetchRequests requests for events
   * @param comparedBytes of all messages, both ways, and of the requests for events
   * @param fetchedBytes of the responses with events, as they were on the wire
   * @param missing events that the peer listed and this ledger lacked
   * @param surplus events of this ledger that the peer did not list, as far as compared
   * @param notHeld missing events that are still not held: rejected, quarantined, over a limit, or
   *     never sent
   * @param offerResult the verdicts of the events that the peer sent
   */
  record PeerReconciled(
      String incompleteReason,
      int rounds,
      int fetchRequests,
      long comparedBytes,
      long fetchedBytes,
      int missing,
      int surplus,
      int notHeld,
      OfferResult offerResult)
      implements ReconcileOutcome {
    /** Whether this ledger holds all wanted events of the peer. */
    public boolean isComplete() {
      return incompleteReason.isEmpty();
    }
  }

  /** The peer sent no valid message. */
  record ReconcileFailed(MeshFailure failure, String reason) implements ReconcileOutcome {}

  /** {@code GET /ping} at an address. */
  record PingPeer(String address, Duration timeout) implements MeshRequest<PingOutcome> {}

  sealed interface PingOutcome extends BusMessage {}

  /**
   * A nara responded. The receiver of the reply decides whether to learn its key, and whether its
   * clock counts.
   *
   * @param clockOffset the lead of the other nara's clock over this node's; empty when the response
   *     states no time
   */
  record Pong(
      String name, PublicKey key, String meshIp, Duration rtt, Optional<Duration> clockOffset)
      implements PingOutcome {
    /** A response that states no time. */
    public Pong(String name, PublicKey key, String meshIp, Duration rtt) {
      this(name, key, meshIp, rtt, Optional.empty());
    }
  }

  /** The address did not respond, or not in this protocol. */
  record PingFailed(MeshFailure failure, String reason) implements PingOutcome {}

  /**
   * Asks peers for the key of a name, and learns the keys in their responses.
   *
   * @param everyPeer asks each of them for its own opinion; otherwise only until one knows a key
   */
  record FindPeerKey(String target, List<Peer> peers, boolean everyPeer, Duration timeout)
      implements MeshRequest<PeerKeyResult> {
    /** Asks until one peer knows a key. */
    public FindPeerKey(String target, List<Peer> peers, Duration timeout) {
      this(target, peers, false, timeout);
    }
  }

  /** The reply to {@link FindPeerKey}; without a key when it is unknown or contested. */
  record PeerKeyResult(Optional<PublicKey> key, String meshIp, List<String> askedPeers)
      implements BusMessage {}

  /**
   * Sends our zine to some peers, and offers the events of their zines to trust. The reply comes
   * when all events are merged.
   *
   * @param span the greatest age of the events in our zine
   * @param timeout for each exchange
   */
  record ExchangeZines(List<Peer> peers, Duration span, Duration timeout)
      implements MeshRequest<ZinesExchanged> {}

  /**
   * The reply to {@link ExchangeZines}.
   *
   * @param merged the result for each peer that accepted our zine, by name
   * @param failures the reason for each other peer, by name
   */
  record ZinesExchanged(Map<String, OfferResult> merged, Map<String, String> failures)
      implements BusMessage {}

  /**
   * Sends one signed event to one peer.
   *
   * @param event its JSON
   */
  record SendEvent(Peer peer, byte[] event, Duration timeout)
      implements MeshRequest<DeliveryOutcome> {}

  sealed interface DeliveryOutcome extends BusMessage {}

  /** The peer accepted the event; {@code added} when it was new there. */
  record EventDelivered(boolean added) implements DeliveryOutcome {}

  record DeliveryFailed(MeshFailure failure, String reason) implements DeliveryOutcome {}

  /**
   * Sends a message of a service, such as the stash, to one peer.
   *
   * @param message its JSON
   */
  record PostMessage(Peer peer, byte[] message, Duration timeout)
      implements MeshRequest<MessageOutcome> {}

  sealed interface MessageOutcome extends BusMessage {}

  /**
   * The peer has the message.
   *
   * @param replies the body of its response, unread; empty when it sends replies by itself
   */
  record MessagePosted(byte[] replies) implements MessageOutcome {}

  record PostFailed(MeshFailure failure, String reason) implements MessageOutcome {}

  /**
   * Sends a journey to one peer. The reference answers only when all peers behind it have.
   *
   * @param journey its JSON
   */
  record SendJourney(Peer peer, byte[] journey, Duration timeout)
      implements MeshRequest<SendOutcome> {}

  sealed interface SendOutcome extends BusMessage {}

  /** The peer took the journey. */
  record JourneyTaken() implements SendOutcome {}

  record SendFailed(MeshFailure failure, String reason) implements SendOutcome {}
}
