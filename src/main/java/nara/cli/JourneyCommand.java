package nara.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import nara.cli.file.CommandFailure;
import nara.cli.output.Counted;
import nara.cli.output.Terminal;
import nara.mesh.wire.PeerAddress;
import nara.node.config.ConfigReader;
import nara.node.config.NodeConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Starts a journey at a running node, and waits until it is back. */
@Command(
    name = "journey",
    description =
        "Send a message round all naras that are online, from a running node on this machine, and"
            + " print who signed it.",
    exitCodeList = {"3:the journey was not back after five minutes", "4:no nara took the journey"})
final class JourneyCommand extends TerminalCommand {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());

  @Parameters(paramLabel = "MESSAGE", description = "The message; every nara can read it.")
  private String message;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The configuration of the running node: web.host and web.port are used.")
  private Path config;

  @Option(
      names = "--at",
      paramLabel = "HOST:PORT",
      description = "The management port of the running node (default: 127.0.0.1:7434).")
  private String at;

  @Option(names = "--json", description = "Print the journey as JSON.")
  private boolean json;

  @Override
  public Integer call() {
    if (message.isEmpty()) {
      throw usageError("the message is empty");
    }
    if (config != null && at != null) {
      throw usageError("give --config or --at, not both");
    }
    try (JourneyClient node = new JourneyClient(managementAddress(), terminal())) {
      JourneyClient.TextResponse started = node.startJourney(message);
      if (started.status() == 500) {
        terminal().message("nara: no nara took the journey: %s", started.printableText());
        return ExitCode.NOT_TAKEN;
      }
      if (started.status() != 200) {
        throw new CommandFailure(
            "the node at %s starts no journey: %d %s"
                .formatted(node.address(), started.status(), started.printableText()));
      }
      return follow(node, started.json().path("id").asText());
    }
  }

  private PeerAddress managementAddress() {
    if (at != null) {
      return PeerAddress.parse(at)
          .orElseThrow(
              () -> usageError("--at %s is no HOST:PORT".formatted(Terminal.printable(at))));
    }
    NodeConfig.WebConfig web =
        config == null
            ? ConfigReader.defaults().web()
            : ConfigLoader.requireValid(config, ConfigLoader.read(config), terminal()).web();
    if (!web.enabled() || web.port() == 0) {
      throw new CommandFailure(
          "%s opens no management port with a known number; set web.enabled to true and web.port"
              .formatted(config));
    }
    boolean everywhere = web.host().equals("0.0.0.0") || web.host().equals("::");
    return new PeerAddress(everywhere ? "127.0.0.1" : web.host(), web.port());
  }

  private int follow(JourneyClient node, String id) {
    terminal().message("the journey has started");
    while (true) {
      JsonNode journey = node.journey(id);
      String state = journey.path("state").asText();
      if (state.equals("complete")) {
        print(journey);
        return ExitCode.OK;
      }
      if (!state.equals("under_way")) {
        terminal().message("nara: the journey was not back after five minutes");
        return ExitCode.LOST;
      }
      node.pause();
    }
  }

  private void print(JsonNode journey) {
    if (json) {
      terminal().out().println(Terminal.printable(journey.toString()));
      return;
    }
    int number = 0;
    for (JsonNode hop : journey.path("hops")) {
      terminal()
          .out()
          .println(
              "%d. %s %s %s"
                  .formatted(
                      ++number,
                      TIME.format(Instant.ofEpochSecond(hop.path("timestamp").asLong())),
                      Terminal.printable(hop.path("stamp").asText()),
                      Terminal.printable(hop.path("nara").asText())));
    }
    terminal().message("the journey is back, with %s", Counted.of(number, "hop"));
  }
}
