package nara.negentropy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import nara.fuzz.FuzzTarget;
import nara.fuzz.Property;
import nara.negentropy.Reconciliation.RoundResult;

/** Arbitrary bytes as a message of the reconciliation, to either side. */
public final class ReconcileFuzz implements FuzzTarget {
  private static final int MAX_BYTES = Reconciliation.MIN_MESSAGE_BYTES;
  private static final int MAX_SEED_BYTES = 2_000;

  /** Many enough to be split, some with equal times. */
  private static final ListItems OWN =
      ListItems.of(IntStream.range(0, 200).mapToObj(i -> ListItems.hashed(i / 3, i)).toList());

  private final Set<ItemId> ownIds = new HashSet<>(OWN.ids());

  @Override
  public List<byte[]> seeds() throws MalformedMessageException {
    List<byte[]> seeds = new ArrayList<>();
    seeds.add(Reconciliation.initiate(OWN, 0));
    ListItems other =
        ListItems.of(
            IntStream.range(0, 300)
                .filter(i -> i % 7 != 0)
                .mapToObj(i -> ListItems.hashed(i / 3, i))
                .toList());
    byte[] message = Reconciliation.initiate(other, 10);
    for (Optional<byte[]> next = Optional.of(message); next.isPresent(); ) {
      byte[] response = Reconciliation.respond(OWN, next.get(), MAX_BYTES);
      seeds.add(next.get());
      seeds.add(response);
      next = Reconciliation.handleResponse(other, response, MAX_BYTES).nextMessage();
    }
    try (InputStream dialogues = getClass().getResourceAsStream("/reconcile/dialogues.json")) {
      for (JsonNode dialogue :
          new ObjectMapper().readValue(dialogues, new TypeReference<List<JsonNode>>() {})) {
        for (JsonNode each : dialogue.path("messages")) {
          if (each.asText().length() < 2 * MAX_SEED_BYTES) {
            seeds.add(HexFormat.of().parseHex(each.asText()));
          }
        }
      }
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
    return seeds;
  }

  @Override
  public void run(byte[] message) {
    try {
      byte[] response = Reconciliation.respond(OWN, message, MAX_BYTES);
      checkMessage(response);
      // The other side can read our message, and learns only true facts from it.
      RoundResult learned =
          Reconciliation.handleResponse(ListItems.of(List.of()), response, MAX_BYTES);
      Property.holds(ownIds.containsAll(learned.missing()), "a response lists only held ids");
    } catch (MalformedMessageException malformed) {
      Property.printable(malformed.getMessage());
    }
    try {
      RoundResult round = Reconciliation.handleResponse(OWN, message, MAX_BYTES);
      round.nextMessage().ifPresent(ReconcileFuzz::checkMessage);
      Property.holds(
          round.missing().size() <= message.length / ItemId.BYTES,
          "missing ids were in the message");
      Property.holds(ownIds.containsAll(round.surplus()), "surplus ids are held");
      Property.holds(
          new HashSet<>(round.surplus()).size() == round.surplus().size(), "each is surplus once");
      if (round.nextMessage().isPresent()) {
        Reconciliation.respond(OWN, round.nextMessage().get(), MAX_BYTES);
      }
    } catch (MalformedMessageException malformed) {
      Property.printable(malformed.getMessage());
    }
  }

  private static void checkMessage(byte[] message) {
    Property.holds(
        message.length <= MAX_BYTES, "a message of " + message.length + " bytes is too long");
  }
}
