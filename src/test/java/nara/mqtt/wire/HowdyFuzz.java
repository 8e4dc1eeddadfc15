package nara.mqtt.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import nara.event.json.JsonSpans.MalformedJsonException;
import nara.fuzz.FuzzTarget;
import nara.fuzz.Property;
import nara.profile.Status;
import nara.testing.Citizen;

/** Arbitrary bytes as a howdy. */
public final class HowdyFuzz implements FuzzTarget {
  private static final HowdyMessage GENUINE = genuine();

  private final PlazaDecoder decoder = StatusFuzz.decoder();

  private static HowdyMessage genuine() {
    Citizen bart = Citizen.named("bart");
    String status = Status.of(bart.identity(), "1", "10.0.0.1").json();
    HowdyObservation you = HowdyObservation.onlineAt(1_800_000_000);
    return new HowdyMessage(
        "bart",
        "lisa",
        3,
        you,
        List.of(new HowdyMessage.HowdyNeighbour("moe", "", "10.0.0.2", "", you)),
        status,
        Status.read(status),
        bart.identity()
            .keys()
            .signBase64(HowdyMessage.signedText("bart", "lisa", 3).getBytes(UTF_8)));
  }

  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = StatusFuzz.recorded("howdy");
    seeds.add(GENUINE.json());
    return seeds;
  }

  @Override
  public void run(byte[] json) {
    if (decoder.decode(Topics.HOWDY, json) instanceof PlazaMessage.VerifiedHowdy verified) {
      Property.equal(
          Topics.nameError(verified.message().from()), java.util.Optional.empty(), "the sender");
    }
    try {
      HowdyMessage howdy = HowdyMessage.read(json);
      Property.holds(
          howdy.neighbours().size() <= HowdyMessage.MAX_NEIGHBOURS, "neighbours are bounded");
      Property.equal(HowdyMessage.read(howdy.json()), howdy, "a howdy written again");
      StatusFuzz.checkStatus(howdy.status());
    } catch (MalformedJsonException malformed) {
      Property.printable(malformed.getMessage());
    }
  }
}
