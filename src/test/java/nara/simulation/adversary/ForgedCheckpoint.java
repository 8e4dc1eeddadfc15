package nara.simulation.adversary;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import nara.event.Checkpoint;
import nara.event.Checkpoint.AgreedValues;
import nara.event.json.EventWriter;
import nara.identity.Identity;

/** Checkpoints that only keys of hostile peers have voted for. */
public final class ForgedCheckpoint {
  private ForgedCheckpoint() {}

  /** One about a nara, with the votes of these. */
  public static byte[] about(Surroundings.Nara subject, long asOf, long ts, List<Identity> voters) {
    AgreedValues values = new AgreedValues(1, 1, 1_600_000_000L);
    Checkpoint unsigned = checkpoint(subject, asOf, values, List.of(), List.of());
    List<String> signatures =
        voters.stream()
            .map(v -> v.keys().signBase64(unsigned.attestation(v.id()).getBytes(UTF_8)))
            .toList();
    List<String> ids = voters.stream().map(Identity::id).toList();
    return EventWriter.writeUnsigned(ts, checkpoint(subject, asOf, values, ids, signatures));
  }

  private static Checkpoint checkpoint(
      Surroundings.Nara subject,
      long asOf,
      AgreedValues values,
      List<String> ids,
      List<String> signatures) {
    return new Checkpoint(2, subject.name(), subject.id(), "", values, asOf, 1, ids, signatures);
  }
}
