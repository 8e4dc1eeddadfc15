package nara.soak;

import java.net.http.HttpResponse;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nara.event.Chau;
import nara.event.EventId;
import nara.event.HeyThere;
import nara.event.Observation;
import nara.event.ReadResult.ParsedEvent;
import nara.event.json.EventReader;
import nara.identity.Identity;
import nara.identity.PublicKey;
import nara.ledger.Query;
import nara.mesh.wire.MeshException;
import nara.mesh.wire.SyncRequest;
import nara.mesh.wire.SyncResponse;
import nara.trust.verifier.SignatureCheck;
import nara.trust.verifier.SignatureVerifier;

/**
 * A node's ledger as it serves it, page by page, to one of its neighbours.
 *
 * @param answered whether all pages came; otherwise the rest counts what came
 * @param byHonest events of honest nodes, without their observations of others
 * @param observations of others, by honest nodes; the rest of the ledger is of others
 * @param forged events in the name of an honest node, with a signature that isn't its own
 * @param forgedAnnouncements the same of hey-theres and chaus, which carry a key of their own
 * @param honestHeld how many of the expected honest events are among them
 */
record Audit(
    boolean answered,
    int ledger,
    int byHonest,
    int observations,
    int forged,
    int forgedAnnouncements,
    int honestHeld,
    int honestExpected) {
  private static final int MAX_PAGES = 40;

  static Audit of(
      SoakNode node,
      SoakNode asker,
      Http http,
      SignatureVerifier verifier,
      Map<String, PublicKey> honestKeys,
      Set<EventId> expected)
      throws InterruptedException {
    Identity me = asker.citizen().identity();
    EventReader reader = new EventReader();
    Set<EventId> held = new HashSet<>();
    int byHonest = 0;
    int observations = 0;
    int forged = 0;
    int announcements = 0;
    long after = Long.MIN_VALUE;
    boolean answered = false;
    for (int page = 0; page < MAX_PAGES && !answered; page++) {
      byte[] body =
          SyncRequest.of(me.name(), new Query.Page(after, Query.MAX_EVENTS, Query.Filter.ALL))
              .write();
      Optional<HttpResponse<byte[]>> response =
          http.post(me, asker.meshPort(), "http://" + node.meshAddress() + "/events/sync", body);
      if (response.isEmpty() || response.get().statusCode() != 200) {
        break;
      }
      try {
        SyncResponse read = SyncResponse.read(response.get().body(), Query.MAX_EVENTS);
        for (int i = 0; i < read.events().size(); i++) {
          if (read.events().read(i, reader) instanceof ParsedEvent event) {
            held.add(event.event().id());
            if (honestKeys.containsKey(event.event().actor())) {
              boolean ofOther =
                  event.event().payload() instanceof Observation observation
                      && !honestKeys.containsKey(observation.subject());
              observations += ofOther ? 1 : 0;
              byHonest += ofOther ? 0 : 1;
            }
            if (isForged(event, honestKeys, verifier)) {
              boolean announces =
                  event.event().payload() instanceof HeyThere
                      || event.event().payload() instanceof Chau;
              announcements += announces ? 1 : 0;
              forged += announces ? 0 : 1;
            }
          }
        }
        answered = read.nextCursor().isEmpty();
        after = read.nextCursor().orElse(after);
      } catch (MeshException malformed) {
        break;
      }
    }
    int honest = (int) expected.stream().filter(held::contains).count();
    return new Audit(
        answered,
        held.size(),
        byHonest,
        observations,
        forged,
        announcements,
        honest,
        expected.size());
  }

  private static boolean isForged(
      ParsedEvent event, Map<String, PublicKey> honestKeys, SignatureVerifier verifier) {
    PublicKey key = honestKeys.get(event.event().emitter());
    if (key == null || !event.event().isSigned()) {
      return false;
    }
    return event
        .event()
        .signature()
        .map(
            signature ->
                !verifier
                    .verify(List.of(new SignatureCheck(key, event.signableHash(), signature)))[0])
        .orElse(true);
  }
}
