package nara.mesh.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.bus.BusMessage;
import nara.bus.Request;
import nara.event.EventId;
import nara.identity.PublicKey;
import nara.ledger.Query;
import nara.mesh.wire.MeshFailure;
import nara.trust.TrustRequest;

/**
 * What the mesh sync verticle is asked: to speak to one peer. Troubles of the peer are answers, not
 * failures.
 *
 * @param <R> the type of the answer
 */
public sealed interface MeshRequest<R extends BusMessage> extends Request<R> {
  /** Where the mesh sync verticle is asked. */
  String ADDRESS = "nara.mesh";

  /** A peer to speak to. */
  record Peer(String name, String address) {}

  /**
   * Fetches one answer of {@code /events/sync}, verifies it twice and offers its events for
   * judging; the answer comes when they are merged.
   *
   * @param timeout for the whole exchange; a stall of the peer ends it earlier
   * @param stallTimeout how long the peer may bring nothing, or hardly anything, before it stalls;
   *     empty for what is configured
   */
  record FetchPage(Peer peer, Query query, Duration timeout, Optional<Duration> stallTimeout)
      implements MeshRequest<FetchOutcome> {
    /** The same with the patience that is configured. */
    public FetchPage(Peer peer, Query query, Duration timeout) {
      this(peer, query, timeout, Optional.empty());
    }
  }

  /** Fetches one page of {@code /api/checkpoints/all}. */
  record FetchCheckpointPage(Peer peer, int offset, int limit, Duration timeout)
      implements MeshRequest<FetchOutcome> {}

  /** How a fetch went. */
  sealed interface FetchOutcome extends BusMessage {}

  /**
   * It brought an answer, perhaps an empty one.
   *
   * @param bytes of the body as it was on the wire
   * @param events in the answer
   * @param oldestTs smallest timestamp among them, 0 when there are none
   * @param newestTs largest timestamp among them, 0 when there are none
   * @param nextCursor where a page goes on; empty at the end
   * @param hasMore of the checkpoint list only
   * @param eventRefs time and id of each event, as it states them, in the answer's order; an event
   *     that does not state both in the usual form is left out
   * @param offerResult what became of the events
   * @param elapsed from the request to the last byte
   */
  record PageFetched(
      long bytes,
      int events,
      long oldestTs,
      long newestTs,
      Optional<Long> nextCursor,
      boolean hasMore,
      List<EventRef> eventRefs,
      TrustRequest.OfferResult offerResult,
      Duration elapsed)
      implements FetchOutcome {}

  /** What an event states of itself; nothing is verified about it. */
  record EventRef(long ts, EventId id) {}

  /** It brought nothing. */
  record FetchFailed(MeshFailure failure, String reason) implements FetchOutcome {}

  /**
   * Compares the ledger with a peer's and fetches what it lacks, offering it for judging; the
   * answer comes when all that is merged. One peer after the other, unless one takes long: what the
   * first one brought need not be listed by the second.
   *
   * @param since Unix nanoseconds: what is older is left alone
   * @param timeout for each exchange
   */
  record ReconcileWithPeer(Peer peer, long since, Duration timeout)
      implements MeshRequest<ReconcileOutcome> {}

  /** How a reconciliation went. */
  sealed interface ReconcileOutcome extends BusMessage {}

  /**
   * The ledgers were compared, perhaps not to the end.
   *
   * @param incompleteReason why this ledger may still lack something of the peer's; empty when it
   *     does not
   * @param rounds messages sent and answered
   * @param fetchRequests requests for events
   * @param comparedBytes of all messages' bodies, both ways, and of the requests for events
   * @param fetchedBytes of the answers with events, as they were on the wire
   * @param missing events that the peer listed and this ledger had not
   * @param surplus events of this ledger that the peer did not list, as far as was seen
   * @param notHeld of those listed, how many are not held after all: refused, waiting for keys,
   *     against a limit, or never given
   * @param offerResult what became of the events that were given
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
      TrustRequest.OfferResult offerResult)
      implements ReconcileOutcome {
    /** Whether nothing that the peer has is lacking any more, but for what is not wanted. */
    public boolean isComplete() {
      return incompleteReason.isEmpty();
    }
  }

  /** It did not come to an exchange. */
  record ReconcileFailed(MeshFailure failure, String reason) implements ReconcileOutcome {}

  /** {@code GET /ping} at an address. */
  record PingPeer(String address, Duration timeout) implements MeshRequest<PingOutcome> {}

  /** How a ping went. */
  sealed interface PingOutcome extends BusMessage {}

  /** Somebody is there. Its key is not yet learned; that is the asker's decision. */
  record Pong(String name, PublicKey key, String meshIp, Duration rtt) implements PingOutcome {}

  /** Nobody, or nobody who speaks this protocol. */
  record PingFailed(MeshFailure failure, String reason) implements PingOutcome {}

  /**
   * Asks peers who has a name's key, following redirects, until one knows. A key that is found is
   * learned.
   */
  record FindPeerKey(String target, List<Peer> peers, Duration timeout)
      implements MeshRequest<PeerKeyResult> {}

  /** The answer to {@link FindPeerKey}. */
  record PeerKeyResult(Optional<PublicKey> key, String meshIp, List<String> askedPeers)
      implements BusMessage {}

  /**
   * Gives our zine to each of some peers, and offers what they give in return for judging. The
   * answer comes when all of it is merged.
   *
   * @param span how old the events in our zine may be
   * @param timeout for each exchange
   */
  record ExchangeZines(List<Peer> peers, Duration span, Duration timeout)
      implements MeshRequest<ZinesExchanged> {}

  /**
   * The answer to {@link ExchangeZines}.
   *
   * @param merged what became of the events of those who took ours, by name
   * @param failures why the others did not, by name
   */
  record ZinesExchanged(Map<String, TrustRequest.OfferResult> merged, Map<String, String> failures)
      implements BusMessage {}

  /**
   * Sends one signed event to a peer, and to nobody else.
   *
   * @param event its JSON
   */
  record SendEvent(Peer peer, byte[] event, Duration timeout)
      implements MeshRequest<DeliveryOutcome> {}

  /** How a delivery went. */
  sealed interface DeliveryOutcome extends BusMessage {}

  /** It was taken; whether it was new there. */
  record EventDelivered(boolean added) implements DeliveryOutcome {}

  /** It was not taken. */
  record DeliveryFailed(MeshFailure failure, String reason) implements DeliveryOutcome {}
}
