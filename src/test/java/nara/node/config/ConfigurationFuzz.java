package nara.node.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import nara.fuzz.FuzzTarget;
import nara.fuzz.Property;
import nara.node.config.ConfigReader.ConfigResult;

/** Arbitrary text as a configuration. */
public final class ConfigurationFuzz implements FuzzTarget {
  private static final long MEGABYTES = 1_000;

  @Override
  public List<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>();
    for (String name : List.of("node.json", "cluster.json")) {
      if (Files.exists(Path.of("conf", name))) {
        seeds.add(Files.readAllBytes(Path.of("conf", name)));
      }
    }
    seeds.add(ConfigReader.read("{}", Map.of(), MEGABYTES).effective().getBytes(UTF_8));
    seeds.add(
        """
        {"identity": {"name": "bart", "soul": "x", "soul_file": "/nowhere/\\n"},
         "discovery": {"peers": ["lisa@10.0.0.1:7433", "[::1]"], "scan": {"cidr": "10.0.0.0/24"}},
         "plaza": {"url": "mqtts://user:secret@host:1"}, "mesh": {"port": 1e9, "stall": "5h", "port": 1}}
        """
            .getBytes(UTF_8));
    return seeds;
  }

  @Override
  public void run(byte[] input) {
    ConfigResult result = ConfigReader.read(new String(input, UTF_8), Map.of(), MEGABYTES);
    Property.equal(result.config().isPresent(), result.problems().isEmpty(), "valid or problems");
    result.problems().forEach(problem -> Property.printable(problem.sentence()));
    result.warnings().forEach(Property::printable);
    if (result.config().isPresent() && result.config().get().identity().soul().isEmpty()) {
      ConfigResult again = ConfigReader.read(result.effective(), Map.of(), MEGABYTES);
      boolean isMasked = !again.problems().isEmpty() && result.effective().contains("\"***\"");
      Property.holds(isMasked || again.problems().isEmpty(), "effective: " + again.problems());
      if (!isMasked) {
        Property.equal(again.config(), result.config(), "the effective configuration");
        Property.equal(again.effective(), result.effective(), "what it prints");
      }
    }
  }
}
