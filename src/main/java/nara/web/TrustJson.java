package nara.web;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import nara.event.Verdict;
import nara.identity.Keyring;
import nara.identity.PublicKey;
import nara.mesh.server.MeshServerRequest.ServerUsage;
import nara.status.NodeStatus;
import nara.trust.TrustRequest.KeyConflicts;
import nara.trust.TrustRequest.TrustTotals;
import nara.trust.TrustRequest.UnknownEmitters;

/** The keys and claims that this node accepts, as JSON. Keys may be added, never renamed. */
final class TrustJson {
  /** Strangers can claim any number of names. The totals count all of them. */
  private static final int MAX_NAMES = 200;

  private TrustJson() {}

  /**
   * The JSON; a part that does not reply is absent.
   *
   * @param unknown the emitters whose events wait in the quarantine
   */
  static JsonObject of(NodeStatus status, Optional<UnknownEmitters> unknown) {
    JsonObject json = new JsonObject();
    status.verifierFault().ifPresent(reason -> json.put("verifier_fault", reason));
    status.trust().ifPresent(totals -> addTotals(json, totals));
    unknown.ifPresent(waiting -> json.put("waiting", waiting(waiting)));
    status.conflicts().ifPresent(found -> addContested(json, found));
    status
        .server()
        .map(ServerUsage::refused)
        .ifPresent(refused -> json.put("refused_requests", object(refused)));
    return json;
  }

  private static void addTotals(JsonObject json, TrustTotals totals) {
    Map<Verdict, Long> verdicts = new EnumMap<>(Verdict.class);
    verdicts.putAll(totals.verdicts());
    JsonObject byLabel = new JsonObject();
    verdicts.forEach((verdict, count) -> byLabel.put(verdict.label(), count));
    json.put("received", totals.received())
        .put("added", totals.added())
        .put("duplicate", totals.duplicate())
        .put("dropped", totals.dropped())
        .put("rejected", totals.rejected())
        .put("verdicts", byLabel)
        .put(
            "quarantine",
            new JsonObject()
                .put("events", totals.waitingEvents())
                .put("bytes", totals.waitingBytes())
                .put("keys", totals.waitingKeys()));
  }

  /** The names for whose keys most events wait. */
  private static JsonArray waiting(UnknownEmitters unknown) {
    JsonArray waiting = new JsonArray();
    unknown.quarantinedByName().entrySet().stream()
        .sorted(
            Map.Entry.<String, Integer>comparingByValue(Comparator.reverseOrder())
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(MAX_NAMES)
        .forEach(
            each ->
                waiting.add(
                    new JsonObject()
                        .put("name", each.getKey())
                        .put("events", each.getValue())
                        .put("reason", reason(each.getKey(), unknown))));
    return waiting;
  }

  private static String reason(String name, UnknownEmitters unknown) {
    if (unknown.contested().contains(name)) {
      return "its key is contested";
    }
    return unknown.keyless().contains(name) ? "its key is not known" : "another key holds";
  }

  private static void addContested(JsonObject json, KeyConflicts found) {
    JsonArray contested = new JsonArray();
    found.conflicts().stream()
        .limit(MAX_NAMES)
        .forEach(
            each -> contested.add(contested(each, found.waiting().getOrDefault(each.name(), 0))));
    json.put("contested_count", found.conflicts().size()).put("contested", contested);
  }

  private static JsonObject contested(Keyring.Conflict conflict, int waiting) {
    JsonArray claims = new JsonArray();
    conflict
        .claims()
        .forEach(
            claim ->
                claims.add(
                    new JsonObject()
                        .put("key", claim.key().encoded())
                        .put("holds", conflict.decision().filter(claim.key()::equals).isPresent())
                        .put("evidence", new JsonArray(claim.evidence()))));
    JsonObject json =
        new JsonObject()
            .put("name", conflict.name())
            .put("decision", conflict.decision().map(PublicKey::encoded).orElse("undecided"))
            .put("by_operator", conflict.byOperator())
            .put("disputed", conflict.disputed())
            .put("claims", claims)
            .put("waiting", waiting);
    if (!conflict.claimedBy().isEmpty()) {
      json.put("claimed_by", new JsonArray(List.copyOf(conflict.claimedBy())));
    }
    return json;
  }

  private static JsonObject object(Map<String, Long> numbers) {
    JsonObject object = new JsonObject();
    new TreeMap<>(numbers).forEach(object::put);
    return object;
  }
}
