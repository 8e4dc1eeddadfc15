package nara.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import nara.cli.output.Counted;
import nara.cli.output.Terminal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
  /** A node may have to try many naras before one takes a journey. */
  private static final Duration START_TIMEOUT = Duration.ofMinutes(10);

  /** Between two looks at a journey: a person does not notice it. */
  private static final Duration PAUSE = Duration.ofMillis(250);

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());

  @Parameters(paramLabel = "MESSAGE", description = "The message; every nara can read it.")
  private String message;

  @Mixin private ManagementClient node;

  @Option(names = "--json", description = "Print the journey as JSON.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    if (message.isEmpty()) {
      throw usageError("the message is empty");
    }
    try (ManagementClient client = node) {
      byte[] body = new JsonObject().put("message", message).toBuffer().getBytes();
      ManagementClient.Response started =
          client.send("POST", "/world/start", body, START_TIMEOUT, terminal());
      if (started.status() == 500) {
        terminal().message("nara: no nara took the journey: %s", started.excerpt());
        return ExitCode.NOT_TAKEN;
      }
      if (started.status() != 200) {
        throw started.unexpected("the node starts no journey");
      }
      return follow(client, started.json("id", String.class).getString("id"));
    }
  }

  private int follow(ManagementClient client, String id) throws InterruptedException {
    terminal().message("the journey has started");
    String path = "/world/journeys?id=" + URLEncoder.encode(id, StandardCharsets.UTF_8);
    while (true) {
      JsonArray found =
          client
              .send("GET", path, terminal())
              .json("journeys", JsonArray.class)
              .getJsonArray("journeys");
      JsonObject journey = found.isEmpty() ? new JsonObject() : found.getJsonObject(0);
      String state = journey.getString("state", "");
      if (state.equals("complete")) {
        print(journey);
        return ExitCode.OK;
      }
      if (!state.equals("under_way")) {
        terminal().message("nara: the journey was not back after five minutes");
        return ExitCode.LOST;
      }
      Thread.sleep(PAUSE);
    }
  }

  private void print(JsonObject journey) {
    if (json) {
      terminal().out().println(Terminal.printable(journey.encode()));
      return;
    }
    int number = 0;
    for (Object each : journey.getJsonArray("hops")) {
      JsonObject hop = (JsonObject) each;
      terminal()
          .out()
          .println(
              "%d. %s %s %s"
                  .formatted(
                      ++number,
                      TIME.format(Instant.ofEpochSecond(hop.getLong("timestamp"))),
                      Terminal.printable(hop.getString("stamp")),
                      Terminal.printable(hop.getString("nara"))));
    }
    terminal().message("the journey is back, with %s", Counted.of(number, "hop"));
  }
}
