package nara.trust;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.MeshRequest.Peer;
import nara.mesh.client.PeerKeySource;
import nara.testing.Citizen;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class KeySearchTest {
  private static final List<Peer> PEERS = List.of(new Peer("moe", "127.0.0.1:1"));

  private final Map<String, Integer> waiting = new HashMap<>();
  private final Set<String> asked = ConcurrentHashMap.newKeySet();

  @Test
  void most_wanted_names_are_looked_up_within_the_limit(Vertx vertx, VertxTestContext test) {
    for (int i = 0; i < 500; i++) {
      waiting.put("nobody" + i, 1);
    }
    waiting.put("bart", 1_000);
    search(vertx, PEERS)
        .onComplete(
            test.succeeding(
                result ->
                    test.verify(
                        () -> {
                          assertThat(result.namesQueried()).isEqualTo(KeySearch.MAX_NAMES);
                          assertThat(result.keysLearned()).isEqualTo(1);
                          assertThat(asked).hasSize(KeySearch.MAX_NAMES).contains("bart");
                          assertThat(result.offerResult()).isEqualTo(TrustRequest.OfferResult.NONE);
                          test.completeNow();
                        })));
  }

  @Test
  void failed_lookup_does_not_affect_other_names(Vertx vertx, VertxTestContext test) {
    waiting.putAll(Map.of("broken", 5, "bart", 1));
    search(vertx, PEERS)
        .onComplete(
            test.succeeding(
                result ->
                    test.verify(
                        () -> {
                          assertThat(result.namesQueried()).isEqualTo(2);
                          assertThat(result.keysLearned()).isEqualTo(1);
                          test.completeNow();
                        })));
  }

  @Test
  void quarantine_is_verified_without_lookups_when_there_are_no_peers(
      Vertx vertx, VertxTestContext test) {
    waiting.put("bart", 1);
    search(vertx, List.of())
        .onComplete(
            test.succeeding(
                result ->
                    test.verify(
                        () -> {
                          assertThat(result.namesQueried()).isZero();
                          assertThat(asked).isEmpty();
                          test.completeNow();
                        })));
  }

  private Future<KeySearch.KeySearchResult> search(Vertx vertx, List<Peer> peers) {
    Bus bus = Bus.of(vertx);
    bus.serve(TrustRequest.ADDRESS, TrustRequest.class, this::trust);
    bus.serve(MeshRequest.ADDRESS, MeshRequest.class, this::mesh);
    return new KeySearch(bus, new PeerKeySource(bus, peers)).search();
  }

  private Future<? extends BusMessage> trust(TrustRequest<?> request) {
    return request instanceof TrustRequest.ListUnknownEmitters
        ? Future.succeededFuture(new TrustRequest.UnknownEmitters(waiting, Set.of(), Set.of()))
        : Future.succeededFuture(TrustRequest.OfferResult.NONE);
  }

  private Future<? extends BusMessage> mesh(MeshRequest<?> request) {
    String target = ((MeshRequest.FindPeerKey) request).target();
    asked.add(target);
    return switch (target) {
      case "broken" -> Future.failedFuture(new IllegalStateException("out of order"));
      case "bart" ->
          Future.succeededFuture(
              new MeshRequest.PeerKeyResult(
                  Optional.of(Citizen.named("bart").key()), "", List.of()));
      default ->
          Future.succeededFuture(new MeshRequest.PeerKeyResult(Optional.empty(), "", List.of()));
    };
  }
}
