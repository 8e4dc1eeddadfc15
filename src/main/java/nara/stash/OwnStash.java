package nara.stash;

import io.vertx.core.Future;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import nara.bounds.BoundedMap;
import nara.bounds.SafeText;
import nara.discovery.Neighbour;
import nara.identity.Identity;
import nara.identity.SelfEncryption;
import nara.mesh.client.MeshRequest.Peer;
import nara.stash.wire.MeshMessage.Receiver;
import nara.stash.wire.StashLimits;
import nara.stash.wire.StashPayload;
import nara.stash.wire.StashPayload.Ack;
import nara.stash.wire.StashPayload.Response;

/**
 * This node's own stash: its content, its confidants, and the passes that look after both. A pass
 * first asks neighbours that were not asked yet, as long as no stash was found. Only then it gives
 * its own content to confidants, and to none that was not asked before: a node that lost its disk
 * must not overwrite what it has not found yet.
 *
 * <p>Lives on one event loop.
 */
final class OwnStash {
  /** Does blocking work, on a worker. */
  @FunctionalInterface
  interface Workers {
    <T> Future<T> run(Callable<T> work);
  }

  private static final int MAX_GIVEN = 64;

  private final Identity me;
  private final MessageExchange exchange;
  private final Workers workers;
  private final RandomGenerator random;
  private final Function<String, Optional<String>> idOf;
  private final SecureRandom nonces;

  private StashContent content = StashContent.EMPTY;
  private List<Confidant> confidants = new ArrayList<>();
  private boolean found;
  private boolean set;
  private String sentence = "not looked for yet";

  /** When the contents were written that this run gave to others: finding one is no find. */
  private final Set<Long> given = Collections.newSetFromMap(BoundedMap.fifo(MAX_GIVEN));

  /** Neighbours that said what they hold, by name. */
  private final Set<String> asked = new HashSet<>();

  /**
   * An empty stash.
   *
   * @param random chooses confidants
   * @param nonces for the encryption
   * @param idOf the nara id of a name, as far as it is known
   */
  OwnStash(
      Identity me,
      MessageExchange exchange,
      Workers workers,
      RandomGenerator random,
      SecureRandom nonces,
      Function<String, Optional<String>> idOf) {
    this.me = me;
    this.exchange = exchange;
    this.workers = workers;
    this.random = random;
    this.nonces = nonces;
    this.idOf = idOf;
  }

  StashContent content() {
    return content;
  }

  List<Confidant> confidants() {
    return List.copyOf(confidants);
  }

  /** Whether a stash of an earlier run was found. */
  boolean isFound() {
    return found;
  }

  /** Whether some neighbour said what it holds. */
  boolean hasAsked() {
    return !asked.isEmpty();
  }

  /** Where the stash came from, in words. */
  String sentence() {
    return set && !found ? "set by the operator; an earlier one: " + sentence : sentence;
  }

  /** Whether three confidants hold the present content, or there is none to hold. */
  boolean isSettled() {
    return content.isEmpty()
        || confidants.size() == StashLimits.CONFIDANTS
            && confidants.stream().allMatch(each -> each.confirmed() == content.writtenAt());
  }

  // State that comes from elsewhere.

  /** Takes back what the snapshot kept. */
  Future<?> restore(byte[] sealed, List<Confidant> saved) {
    confidants = new ArrayList<>(saved);
    return decrypt(sealed, 0)
        .onSuccess(
            restored ->
                restored.ifPresent(
                    kept -> {
                      content = kept;
                      found = true;
                      sentence = "kept in the snapshot of this node";
                    }));
  }

  void setData(byte[] data, Instant now) {
    set = true;
    content = content.withData(data, now);
  }

  void updateEssentials(Essentials current, Instant now) {
    if (!current.isMuchLike(content.essentials())) {
      content = content.withEssentials(current, now);
    }
  }

  /** Forgets whom it asked, so that the next pass asks everybody again. */
  void askAgain() {
    asked.clear();
    found = false;
  }

  /**
   * Takes a stash that a confidant sent. Returns whether it was this node's own.
   *
   * @param from the confidant
   * @param id its nara id; empty when it is unknown
   */
  Future<Boolean> take(Response response, String from, String id, Instant now) {
    if (!response.found() || !response.ownerId().equals(me.id())) {
      return Future.succeededFuture(false);
    }
    byte[] sealed = joined(response.nonce(), response.ciphertext());
    return decrypt(sealed, response.storedAt())
        .map(
            decrypted -> {
              decrypted.ifPresent(other -> merge(other, from, id, now));
              return decrypted.isPresent();
            });
  }

  private void merge(StashContent other, String from, String id, Instant now) {
    if (!found && !given.contains(other.writtenAt())) {
      found = true;
      sentence =
          "found with %s, written %s ago"
              .formatted(
                  SafeText.excerpt(from),
                  inWords(Duration.between(Instant.ofEpochSecond(other.writtenAt()), now)));
    }
    content = content.isEmpty() ? other : content.mergedWith(other, now);
    int index = indexOf(from);
    if (index >= 0) {
      confidants.set(index, confidants.get(index).holding(other.writtenAt()));
    } else if (!id.isEmpty() && confidants.size() < StashLimits.CONFIDANTS) {
      confidants.add(new Confidant(from, id, other.writtenAt()));
    }
  }

  private int indexOf(String name) {
    for (int i = 0; i < confidants.size(); i++) {
      if (confidants.get(i).name().equals(name)) {
        return i;
      }
    }
    return -1;
  }

  static String inWords(Duration age) {
    long seconds = Math.max(0, age.toSeconds());
    return seconds < 120
        ? seconds + " s"
        : seconds < 7_200
            ? seconds / 60 + " min"
            : seconds < 172_800 ? seconds / 3_600 + " h" : seconds / 86_400 + " d";
  }

  // Passes.

  /** Asks reachable neighbours for this node's stash, each once, until a stash is found. */
  Future<Void> search(List<Neighbour> reachable, Instant now) {
    if (found) {
      return Future.succeededFuture();
    }
    Set<String> former =
        confidants.stream().map(Confidant::name).collect(Collectors.toUnmodifiableSet());
    List<Neighbour> open =
        reachable.stream()
            .filter(neighbour -> !asked.contains(neighbour.name()))
            .sorted(Comparator.comparing(n -> !former.contains(n.name())))
            .limit(StashLimits.ASKED_IN_A_PASS)
            .toList();
    return searchFrom(open, 0, now)
        .onSuccess(
            done -> {
              if (!found) {
                sentence =
                    asked.isEmpty()
                        ? "no neighbour could be asked yet"
                        : "not found with %d %s"
                            .formatted(
                                asked.size(), asked.size() == 1 ? "neighbour" : "neighbours");
              }
            });
  }

  private Future<Void> searchFrom(List<Neighbour> open, int start, Instant now) {
    if (start >= open.size()) {
      return Future.succeededFuture();
    }
    int end = Math.min(open.size(), start + StashLimits.ASKED_AT_ONCE);
    return Future.join(open.subList(start, end).stream().map(each -> ask(each, now)).toList())
        .transform(done -> searchFrom(open, end, now));
  }

  /** Asks one neighbour for this node's stash and merges it. Fails when there is no reply. */
  private Future<Boolean> ask(Neighbour neighbour, Instant now) {
    return exchange
        .call(peer(neighbour), receiver(neighbour), new StashPayload.Request(me.id(), ""))
        .compose(
            reply -> {
              asked.add(neighbour.name());
              return reply instanceof Response response
                  ? take(response, neighbour.name(), idOfNeighbour(neighbour).orElse(""), now)
                  : Future.succeededFuture(false);
            });
  }

  /**
   * Checks the confidants, replaces those that are gone, and gives all of them the present content.
   *
   * @param uptime in seconds; 0 when unknown
   */
  Future<Void> distribute(
      List<Neighbour> reachable, ToLongFunction<Neighbour> uptime, Instant now) {
    if (content.isEmpty()) {
      return Future.succeededFuture();
    }
    Map<String, Neighbour> byName =
        reachable.stream()
            .collect(Collectors.toMap(Neighbour::name, each -> each, (one, two) -> one));
    return Future.join(
            confidants.stream().map(each -> check(each, byName.get(each.name()), now)).toList())
        .transform(
            checked -> {
              Set<String> taken =
                  confidants.stream().map(Confidant::name).collect(Collectors.toSet());
              List<Neighbour> candidates =
                  reachable.stream()
                      .filter(each -> !taken.contains(each.name()))
                      .filter(each -> found || asked.contains(each.name()))
                      .filter(each -> idOfNeighbour(each).isPresent())
                      .toList();
              return choose(
                  new ConfidantChoice(candidates, uptime, random),
                  StashLimits.CANDIDATES_IN_A_PASS);
            });
  }

  /** Asks whether a confidant has the present content, or gives it. Never fails. */
  private Future<Void> check(Confidant confidant, Neighbour neighbour, Instant now) {
    if (neighbour == null) {
      miss(confidant.name(), now);
      return Future.succeededFuture();
    }
    boolean isKnownToHold = confidant.confirmed() == content.writtenAt();
    Future<?> held =
        isKnownToHold || !asked.contains(confidant.name())
            ? ask(neighbour, now).onSuccess(has -> unconfirm(confidant.name(), has))
            : Future.succeededFuture();
    return held.compose(done -> giveUnlessHeld(neighbour))
        .<Void>mapEmpty()
        .recover(
            failure -> {
              miss(confidant.name(), now);
              return Future.succeededFuture();
            });
  }

  private void unconfirm(String name, boolean hasStash) {
    int index = indexOf(name);
    if (index >= 0 && !hasStash) {
      confidants.set(index, confidants.get(index).holding(0));
    }
  }

  private Future<?> giveUnlessHeld(Neighbour neighbour) {
    int index = indexOf(neighbour.name());
    return index >= 0 && confidants.get(index).confirmed() == content.writtenAt()
        ? Future.succeededFuture()
        : give(neighbour);
  }

  private void miss(String name, Instant now) {
    int index = indexOf(name);
    if (index < 0) {
      return;
    }
    Confidant missed = confidants.get(index).missed(now);
    if (missed.missedChecks() >= StashLimits.MISSED_CHECKS) {
      confidants.remove(index);
    } else {
      confidants.set(index, missed);
    }
  }

  private Future<Void> choose(ConfidantChoice choice, int tries) {
    if (confidants.size() >= StashLimits.CONFIDANTS || choice.isEmpty() || tries == 0) {
      return Future.succeededFuture();
    }
    return give(choice.next(confidants.isEmpty())).transform(ended -> choose(choice, tries - 1));
  }

  /** Gives the present content to a neighbour, which becomes a confidant unless it refuses. */
  private Future<Boolean> give(Neighbour neighbour) {
    StashContent present = content;
    given.add(present.writtenAt());
    String id = idOfNeighbour(neighbour).orElse("");
    return encrypt(present)
        .compose(
            encrypted ->
                exchange.call(
                    peer(neighbour),
                    new Receiver(neighbour.name(), id),
                    new StashPayload.Store(
                        me.id(),
                        me.name(),
                        Arrays.copyOf(encrypted, SelfEncryption.NONCE_LENGTH),
                        Arrays.copyOfRange(
                            encrypted, SelfEncryption.NONCE_LENGTH, encrypted.length),
                        present.writtenAt())))
        .map(
            reply -> {
              boolean accepted = reply instanceof Ack ack && ack.success();
              int index = indexOf(neighbour.name());
              if (!accepted && index >= 0) {
                confidants.remove(index);
              } else if (accepted && index >= 0) {
                confidants.set(index, confidants.get(index).holding(present.writtenAt()));
              } else if (accepted && confidants.size() < StashLimits.CONFIDANTS) {
                confidants.add(new Confidant(neighbour.name(), id, present.writtenAt()));
              }
              return accepted;
            });
  }

  private Optional<String> idOfNeighbour(Neighbour neighbour) {
    return idOf.apply(neighbour.name())
        .or(() -> Optional.of(neighbour.id()).filter(id -> !id.isEmpty()));
  }

  private Receiver receiver(Neighbour neighbour) {
    return new Receiver(neighbour.name(), idOfNeighbour(neighbour).orElse(""));
  }

  private static Peer peer(Neighbour neighbour) {
    return new Peer(neighbour.name(), neighbour.address());
  }

  // Encryption.

  /** The content as it leaves this node, nonce first. Fails when it is too large. */
  Future<byte[]> encrypt(StashContent plain) {
    return workers.run(
        () -> {
          byte[] text = plain.plaintext();
          if (text.length + SelfEncryption.TAG_LENGTH > StashLimits.CIPHERTEXT_BYTES) {
            throw new IllegalStateException("the stash is too large to be kept by others");
          }
          return SelfEncryption.encrypt(me.soul(), text, nonces);
        });
  }

  private Future<Optional<StashContent>> decrypt(byte[] sealed, long storedAt) {
    return workers.run(
        () ->
            SelfEncryption.decrypt(me.soul(), sealed)
                .map(plain -> StashContent.read(plain, storedAt)));
  }

  private static byte[] joined(byte[] nonce, byte[] ciphertext) {
    byte[] sealed = Arrays.copyOf(nonce, nonce.length + ciphertext.length);
    System.arraycopy(ciphertext, 0, sealed, nonce.length, ciphertext.length);
    return sealed;
  }
}
