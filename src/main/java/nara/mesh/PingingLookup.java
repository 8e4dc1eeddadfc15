package nara.mesh;

import io.vertx.core.Future;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import nara.identity.Keyring;
import nara.identity.Origin;

/**
 * Learns a sender's key by pinging the address that it comes from, as the wire contract says: what
 * answers there must call itself by the name that was claimed.
 *
 * <p>Only that address is ever pinged, at the port where the directory has the name, where the
 * sender says, or at the network's port. Strangers cannot make this node ping much: look-ups at
 * once and in a second are bounded, in all and for each address, and one that failed is not
 * repeated for a while.
 *
 * <p>Lives on one event loop.
 */
final class PingingLookup implements SenderLookup {
  private final MeshClient client;
  private final Keyring keys;
  private final Directory directory;
  private final InstantSource clock;

  private final Map<Sender, Future<Boolean>> underWay = new HashMap<>();
  private final Map<Sender, Instant> failed =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Sender, Instant> eldest) {
          return size() > MeshLimits.SENDER_PINGS_AT_ONCE * 32;
        }
      };
  private Instant second = Instant.MIN;
  private final Map<String, Integer> thisSecondByHost = new HashMap<>();

  private record Sender(String name, String host) {}

  PingingLookup(MeshClient client, Keyring keys, Directory directory, InstantSource clock) {
    this.client = client;
    this.keys = keys;
    this.directory = directory;
    this.clock = clock;
  }

  @Override
  public Future<Boolean> learn(String name, String host, OptionalInt port) {
    Sender sender = new Sender(name, host);
    Future<Boolean> already = underWay.get(sender);
    if (already != null) {
      return already;
    }
    if (failedLately(sender) || !mayPing(host)) {
      return Future.succeededFuture(false);
    }
    Future<Boolean> lookup = tryEach(name, addresses(name, host, port), 0);
    if (!lookup.isComplete()) {
      underWay.put(sender, lookup);
    }
    return lookup.onSuccess(
        learned -> {
          underWay.remove(sender);
          if (!learned) {
            failed.put(sender, clock.instant());
          }
        });
  }

  private Future<Boolean> tryEach(String name, List<String> addresses, int index) {
    if (index == addresses.size()) {
      return Future.succeededFuture(false);
    }
    return client
        .ping(addresses.get(index), MeshLimits.SENDER_PING_TIME)
        .map(pong -> takes(name, pong.answer()))
        // Nobody there, or nobody who speaks this protocol: the sender stays a stranger.
        .otherwise(false)
        .compose(
            learned ->
                learned ? Future.succeededFuture(true) : tryEach(name, addresses, index + 1));
  }

  private boolean takes(String name, PingAnswer pong) {
    if (!pong.from().equals(name)) {
      return false;
    }
    keys.learn(name, "", pong.key(), Origin.PING);
    return keys.byName(name).isPresent();
  }

  private List<String> addresses(String name, String host, OptionalInt told) {
    List<Integer> ports = new ArrayList<>();
    directory
        .addressOf(name)
        .flatMap(PeerAddress::parse)
        .filter(known -> known.host().equals(host))
        .ifPresent(known -> ports.add(known.port()));
    told.ifPresent(ports::add);
    ports.add(MeshConfig.DEFAULT_PORT);
    return ports.stream()
        .distinct()
        .limit(2)
        .map(port -> new PeerAddress(host, port).toString())
        .toList();
  }

  private boolean failedLately(Sender sender) {
    Instant at = failed.get(sender);
    return at != null && clock.instant().isBefore(at.plus(MeshLimits.SENDER_PING_AGAIN));
  }

  private boolean mayPing(String host) {
    Instant now = clock.instant();
    if (now.isAfter(second.plusSeconds(1))) {
      second = now;
      thisSecondByHost.clear();
    }
    long ofHost = underWay.keySet().stream().filter(other -> other.host().equals(host)).count();
    int all = thisSecondByHost.values().stream().mapToInt(Integer::intValue).sum();
    if (underWay.size() >= MeshLimits.SENDER_PINGS_AT_ONCE
        || all >= MeshLimits.SENDER_PINGS_PER_SECOND
        || ofHost >= MeshLimits.SENDER_PINGS_PER_ADDRESS
        || thisSecondByHost.getOrDefault(host, 0) >= MeshLimits.SENDER_PINGS_PER_ADDRESS) {
      return false;
    }
    thisSecondByHost.merge(host, 1, Integer::sum);
    return true;
  }
}
