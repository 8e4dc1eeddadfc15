package nara.stash;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import nara.event.json.JsonFields;
import nara.event.json.JsonRecord;
import nara.event.json.JsonWriter;
import nara.identity.PublicKey;
import nara.stash.wire.StashLimits;

/**
 * What a nara needs first after it lost its memory: its last checkpoint, and its neighbours.
 *
 * @param checkpointId of this node's latest checkpoint, or empty
 * @param neighbours sorted by name
 */
record Essentials(String checkpointId, List<KnownNara> neighbours) {
  static final Essentials NONE = new Essentials("", List.of());

  private static final JsonFields NEIGHBOUR =
      new JsonFields(StashLimits.TEXT_CHARACTERS, true)
          .texts("name", "id", "key", "address")
          .numbers("seen");
  private static final JsonFields FIELDS =
      new JsonFields(StashLimits.TEXT_CHARACTERS, true)
          .texts("checkpoint")
          .objectList("neighbours", NEIGHBOUR, StashLimits.KNOWN_NARAS);

  /**
   * A neighbour.
   *
   * @param id or empty
   * @param address as {@code host:port}
   * @param seenAt when it was last online, Unix seconds
   */
  record KnownNara(String name, String id, Optional<PublicKey> key, String address, long seenAt) {
    private static KnownNara of(JsonRecord json) {
      return new KnownNara(
          json.text("name"),
          json.text("id"),
          PublicKey.parse(json.text("key")),
          json.text("address"),
          json.number("seen"));
    }

    private void write(JsonWriter out) {
      out.text("name", name)
          .optional("id", id)
          .optional("key", key.map(PublicKey::encoded).orElse(""))
          .text("address", address)
          .number("seen", seenAt);
    }

    private KnownNara at(long time) {
      return new KnownNara(name, id, key, address, time);
    }
  }

  static JsonFields fields() {
    return FIELDS;
  }

  static Essentials of(JsonRecord json) {
    return new Essentials(
        json.text("checkpoint"), json.objects("neighbours").stream().map(KnownNara::of).toList());
  }

  void write(JsonWriter out) {
    out.optional("checkpoint", checkpointId);
    out.objectList("neighbours", neighbours, (each, neighbour) -> neighbour.write(each));
  }

  /**
   * These essentials with what is known now. Former neighbours stay for a while: those that are
   * known now may be only the first that answered after a restart.
   *
   * @param latestCheckpoint or empty: the former one stays
   */
  Essentials updated(String latestCheckpoint, Collection<KnownNara> online, Instant now) {
    return new Essentials(
        latestCheckpoint.isEmpty() ? checkpointId : latestCheckpoint, merged(online, now));
  }

  /** Both together. */
  Essentials mergedWith(Essentials other, Instant now) {
    String checkpoint = checkpointId.isEmpty() ? other.checkpointId : checkpointId;
    return new Essentials(checkpoint, merged(other.neighbours, now));
  }

  private List<KnownNara> merged(Collection<KnownNara> others, Instant now) {
    long oldest = now.minus(StashLimits.FORGOTTEN_AFTER).getEpochSecond();
    Map<String, KnownNara> byName = new HashMap<>();
    List<KnownNara> all = new ArrayList<>(neighbours);
    all.addAll(others);
    for (KnownNara each : all) {
      if (each.seenAt() >= oldest && !each.name().isEmpty() && !each.address().isEmpty()) {
        byName.merge(each.name(), each, (one, next) -> next.seenAt() >= one.seenAt() ? next : one);
      }
    }
    return byName.values().stream()
        .sorted(
            Comparator.comparingLong(KnownNara::seenAt).reversed().thenComparing(KnownNara::name))
        .limit(StashLimits.KNOWN_NARAS)
        .sorted(Comparator.comparing(KnownNara::name))
        .toList();
  }

  /** Whether only the times differ, by less than a day: not worth another store. */
  boolean isMuchLike(Essentials other) {
    if (!checkpointId.equals(other.checkpointId) || neighbours.size() != other.neighbours.size()) {
      return false;
    }
    for (int i = 0; i < neighbours.size(); i++) {
      KnownNara one = neighbours.get(i);
      KnownNara two = other.neighbours.get(i);
      boolean isRecent = Math.abs(one.seenAt() - two.seenAt()) < 86_400;
      if (!isRecent || !one.at(0).equals(two.at(0))) {
        return false;
      }
    }
    return true;
  }
}
