package nara.web.inspector;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import nara.bus.Bus;
import nara.bus.Timeouts;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.Service;
import nara.event.Voters;
import nara.identity.Keyring;
import nara.identity.PublicKey;
import nara.ledger.InspectionRequest;
import nara.ledger.InspectionRequest.EventFilter;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.web.http.ReadRoutes;
import nara.web.http.Reply;

/** The newest checkpoint of each nara, and whose votes back it. */
public final class CheckpointRoutes {
  /** Checkpoints in one response: one for each nara of a large network. */
  private static final int MAX_CHECKPOINTS = 1_000;

  private final Bus bus;
  private final Keyring keys;

  public CheckpointRoutes(Vertx vertx, Keyring keys) {
    this.bus = Bus.of(vertx);
    this.keys = keys;
  }

  public void addTo(ReadRoutes routes) {
    routes.get("/api/inspector/checkpoints", context -> list());
    routes.get("/api/inspector/checkpoint/:name", this::find);
  }

  private Future<?> list() {
    return bus.request(
            InspectionRequest.ADDRESS,
            new InspectionRequest.ListLatestCheckpoints(MAX_CHECKPOINTS),
            Timeouts.STATUS)
        .map(
            latest -> {
              JsonArray checkpoints = new JsonArray();
              for (JudgedEvent judged : latest.events()) {
                if (judged.event().payload() instanceof Checkpoint checkpoint) {
                  checkpoints.add(summary(judged, checkpoint));
                }
              }
              return new JsonObject().put("checkpoints", checkpoints);
            });
  }

  private JsonObject summary(JudgedEvent judged, Checkpoint checkpoint) {
    List<String> voters = checkpoint.voterIds();
    long known = voters.stream().filter(id -> !keys.keysOfId(id).isEmpty()).count();
    long valid = voters.stream().filter(id -> voted(judged, id)).count();
    JsonObject summary =
        new JsonObject()
            .put("subject", checkpoint.subject())
            .put("subject_id", checkpoint.subjectId())
            .put("as_of_time", checkpoint.asOfTime())
            .put("round", checkpoint.round())
            .put("restarts", checkpoint.agreedValues().restarts())
            .put("total_uptime", checkpoint.agreedValues().totalUptime())
            .put("start_time", checkpoint.agreedValues().startTime())
            .put("voter_count", voters.size())
            .put("verified_count", valid)
            .put("known_count", known)
            .put("verified", valid >= Voters.MIN)
            .put("version", checkpoint.version());
    if (!checkpoint.previousCheckpointId().isEmpty()) {
      summary.put("previous_checkpoint_id", checkpoint.previousCheckpointId());
    }
    return summary;
  }

  /** Whether a vote of the id was valid when this node merged the checkpoint. */
  private boolean voted(JudgedEvent judged, String voterId) {
    Set<PublicKey> valid = new HashSet<>();
    judged.voters().valid().forEach(voter -> valid.add(voter.key()));
    return keys.keysOfId(voterId).stream().anyMatch(valid::contains);
  }

  private Future<?> find(RoutingContext context) {
    EventFilter newest =
        new EventFilter(
            Set.of(Service.CHECKPOINT.wireName()),
            Set.of(ReadRoutes.name(context)),
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            Optional.empty());
    return bus.request(
            InspectionRequest.ADDRESS,
            new InspectionRequest.ListEvents(newest, 0, 1),
            Timeouts.STATUS)
        .map(
            list ->
                list.events().stream()
                    .findFirst()
                    .orElseThrow(() -> new Reply.NotThere("checkpoint not found")))
        .map(this::detail);
  }

  private JsonObject detail(JudgedEvent judged) {
    Event event = judged.event();
    Checkpoint checkpoint = (Checkpoint) event.payload();
    JsonArray voters = new JsonArray();
    int verified = 0;
    for (int i = 0; i < checkpoint.voterIds().size(); i++) {
      String id = checkpoint.voterIds().get(i);
      boolean valid = voted(judged, id);
      verified += valid ? 1 : 0;
      voters.add(
          new JsonObject()
              .put("voter_id", id)
              .put(
                  "voter_name",
                  id.equals(checkpoint.subjectId())
                      ? checkpoint.subject()
                      : keys.nameOf(id).orElse(""))
              .put("signature", checkpoint.signatures().get(i))
              .put("verified", valid)
              .put("verification_error", valid ? null : error(judged, id)));
    }
    return new JsonObject()
        .put("event", EventRoutes.onWire(event))
        .put(
            "summary",
            new JsonObject()
                .put("is_self_attestation", checkpoint.voterIds().contains(checkpoint.subjectId()))
                .put("total_voters", checkpoint.voterIds().size())
                .put("verified_voters", verified))
        .put("voters", voters);
  }

  private String error(JudgedEvent judged, String voterId) {
    return keys.keysOfId(voterId).isEmpty()
        ? "public key not found"
        : judged.voters().examined()
            ? "signature verification failed"
            : "this node has not verified the votes";
  }
}
