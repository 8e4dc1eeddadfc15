package nara.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import nara.cli.file.CommandFailure;
import nara.cli.file.EventFileWriter;
import nara.cli.output.JsonOutput;
import nara.cli.output.Terminal;
import nara.event.Event;
import nara.event.Service;
import nara.ledger.Ledger;
import nara.ledger.LedgerRequest.LedgerStats;
import nara.ledger.LedgerRequest.QueryResult;
import nara.ledger.LedgerRequest.SubjectSummary;
import nara.ledger.Query;
import nara.mesh.wire.PeerAddress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Looks into a ledger file without a node: one class for each question. */
@Command(
    name = "ledger",
    description = "Looks into a file of events as a node holding it would.",
    synopsisSubcommandLabel = "COMMAND")
final class LedgerCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "say what to do with the file");
  }

  /** What all questions about one file share. */
  abstract static class FileCommand implements Callable<Integer> {
    final Terminal terminal;

    @Parameters(
        index = "0",
        paramLabel = "FILE",
        description = "Events, one JSON object a line; may be gzipped.")
    Path file;

    @Mixin LedgerLoader ledgerLoader = new LedgerLoader();

    @Option(names = "--json", description = "Print one JSON object.")
    boolean json;

    FileCommand(Terminal terminal) {
      this.terminal = terminal;
    }

    Ledger loadLedger() {
      return ledgerLoader.load(List.of(file), terminal).ledger();
    }

    void print(Map<String, Object> object, String text) {
      terminal.out().println(json ? JsonOutput.indented(object) : text);
    }
  }

  /** How much there is. */
  @Command(name = "stats", description = "Counts the events of a file by service.")
  static final class StatsCommand extends FileCommand {
    StatsCommand(Terminal terminal) {
      super(terminal);
    }

    @Override
    public Integer call() {
      LedgerLoader.LoadedLedger ledger = ledgerLoader.load(List.of(file), terminal);
      LedgerStats stats = ledger.ledger().stats();
      Map<String, Integer> byService = new TreeMap<>();
      stats.byService().forEach((service, count) -> byService.put(service.wireName(), count));
      List<Event> events = ledger.ledger().export();
      Map<String, Object> object =
          JsonOutput.object(
              "total", stats.total(),
              "by_service", byService,
              "critical", stats.critical(),
              "bytes", stats.bytes(),
              "subjects", ledger.ledger().subjects().size(),
              "first_ts", events.isEmpty() ? 0 : events.getFirst().ts(),
              "last_ts", events.isEmpty() ? 0 : events.getLast().ts(),
              "lines", ledger.lines(),
              "duplicate", ledger.duplicates(),
              "dropped", ledger.dropped(),
              "not_events", ledger.unreadableLines());
      StringBuilder text = new StringBuilder("%,10d events".formatted(stats.total()));
      byService.forEach((name, count) -> text.append("%n%,10d %s".formatted(count, name)));
      text.append("%n%,10d critical, %,d bytes".formatted(stats.critical(), stats.bytes()));
      text.append(
          "%n%,10d lines: %,d duplicate, %,d dropped by the ledger's limits, %,d no event"
              .formatted(
                  ledger.lines(), ledger.duplicates(), ledger.dropped(), ledger.unreadableLines()));
      print(object, text.toString());
      return ExitCode.OK;
    }
  }

  /** What is derived for one subject. */
  @Command(name = "subject", description = "Prints what follows from a file about one nara.")
  static final class SubjectCommand extends FileCommand {
    @Parameters(index = "1", paramLabel = "NAME", description = "Whom to tell about.")
    private String name;

    @Option(
        names = "--at",
        paramLabel = "SECONDS",
        description = "The moment, Unix seconds; now when it is left out.")
    private Long at;

    SubjectCommand(Terminal terminal) {
      super(terminal);
    }

    @Override
    public Integer call() {
      Ledger ledger = loadLedger();
      if (!ledger.subjects().contains(name)) {
        terminal.err().printf("note: no event of %s mentions %s%n", file, Terminal.printable(name));
      }
      SubjectSummary d =
          ledger.summary(name, at == null ? terminal.clock().instant().getEpochSecond() : at);
      Map<String, Object> opinion =
          JsonOutput.object(
              "start_time", d.opinion().startTime(),
              "restarts", d.opinion().restarts(),
              "last_restart", d.opinion().lastRestart());
      Map<String, Object> object =
          JsonOutput.object(
              "subject", d.subject(),
              "restarts", d.restarts(),
              "total_uptime_s", d.totalUptimeSeconds(),
              "first_seen_s", d.firstSeenSeconds(),
              "latest_checkpoint_id", d.latestCheckpointId(),
              "status", d.status(),
              "opinion", opinion);
      print(
          object,
          """
          subject            %s
          status             %s
          restarts           %d
          total uptime       %d s
          first seen         %d
          latest checkpoint  %s
          opinion            start %d, restarts %d, last restart %d\
          """
              .formatted(
                  Terminal.printable(d.subject()),
                  d.status(),
                  d.restarts(),
                  d.totalUptimeSeconds(),
                  d.firstSeenSeconds(),
                  d.latestCheckpointId().isEmpty() ? "none" : d.latestCheckpointId(),
                  d.opinion().startTime(),
                  d.opinion().restarts(),
                  d.opinion().lastRestart()));
      return ExitCode.OK;
    }
  }

  /** What a node would answer. */
  @Command(
      name = "query",
      description = "Prints the ids that a node holding the file would answer.")
  static final class QueryCommand extends FileCommand {
    private enum Mode {
      page,
      recent,
      slice
    }

    @Option(
        names = "--mode",
        required = true,
        paramLabel = "MODE",
        description = "${COMPLETION-CANDIDATES}")
    private Mode mode;

    @Option(names = "--cursor", paramLabel = "NS", description = "page: only later events.")
    private Long cursor;

    @Option(names = "--page-size", paramLabel = "N", description = "page: at most so many events.")
    private int pageSize = Query.MAX_EVENTS;

    @Option(names = "--limit", paramLabel = "N", description = "recent, slice: at most so many.")
    private Integer limit;

    @Option(names = "--since", paramLabel = "NS", description = "slice: only later events.")
    private long since;

    @Option(names = "--slice-index", paramLabel = "I", description = "slice: which one, from 0.")
    private int sliceIndex;

    @Option(names = "--slice-total", paramLabel = "N", description = "slice: of how many.")
    private int sliceTotal = 1;

    @Option(names = "--service", paramLabel = "S", description = "Only events of these services.")
    private List<String> services = new ArrayList<>();

    @Option(names = "--subject", paramLabel = "N", description = "Only events about or by these.")
    private List<String> subjects = new ArrayList<>();

    QueryCommand(Terminal terminal) {
      super(terminal);
    }

    @Override
    public Integer call() {
      Query query = query();
      // No mode that can be asked for here draws lots.
      QueryResult result = loadLedger().query(query, new SplittableRandom(0));
      List<String> ids = result.events().stream().map(event -> event.id().toString()).toList();
      Map<String, Object> object = JsonOutput.object("ids", ids);
      result.nextCursor().ifPresent(next -> object.put("next_cursor", Long.toString(next)));
      if (json) {
        terminal.out().println(JsonOutput.indented(object));
      } else {
        ids.forEach(terminal.out()::println);
        result.nextCursor().ifPresent(next -> terminal.err().println("next cursor: " + next));
      }
      return ExitCode.OK;
    }

    private Query query() {
      for (String service : services) {
        if (Service.named(service).isEmpty()) {
          throw new CommandFailure(
              "there is no service \"%s\"; there are %s"
                  .formatted(Terminal.printable(service), serviceNames()));
        }
      }
      if (sliceTotal < 1 || sliceIndex < 0 || sliceIndex >= sliceTotal) {
        throw new CommandFailure("--slice-index must be from 0 up to one less than --slice-total");
      }
      Query.Filter filter = new Query.Filter(new HashSet<>(services), new HashSet<>(subjects));
      return switch (mode) {
        case page ->
            new Query.Page(
                cursor == null ? Long.MIN_VALUE : cursor,
                requireLimit("--page-size", pageSize),
                filter);
        case recent ->
            new Query.Recent(
                requireLimit("--limit", Optional.ofNullable(limit).orElse(100)), filter);
        case slice ->
            new Query.Slice(
                since,
                sliceIndex,
                sliceTotal,
                requireLimit("--limit", Optional.ofNullable(limit).orElse(Query.MAX_EVENTS)),
                filter);
      };
    }

    private static int requireLimit(String option, int number) {
      if (number < 1 || number > Query.MAX_EVENTS) {
        throw new CommandFailure(
            "%s must be 1 to %,d, not %d".formatted(option, Query.MAX_EVENTS, number));
      }
      return number;
    }

    private static String serviceNames() {
      return String.join(", ", Arrays.stream(Service.values()).map(Service::wireName).toList());
    }
  }

  /** Everything that a node would hold. */
  @Command(
      name = "export",
      description =
          "Writes what a node would hold of the file, in order of time, as the bytes came.")
  static final class ExportCommand extends FileCommand {
    @Option(
        names = "--out",
        paramLabel = "FILE",
        description = "Where to; gzipped when it ends in .gz. Standard output when left out.")
    private Path out;

    ExportCommand(Terminal terminal) {
      super(terminal);
    }

    @Override
    public Integer call() {
      List<Event> events = loadLedger().export();
      if (out == null) {
        EventFileWriter.write(terminal.out(), events);
      } else {
        EventFileWriter.write(out, events);
      }
      terminal.err().printf("%,d events%n", events.size());
      if (json && out != null) {
        terminal.out().println(JsonOutput.indented(JsonOutput.object("total", events.size())));
      }
      return ExitCode.OK;
    }
  }

  /** Takes other files into a ledger file, or gives them to a node that runs. */
  @Command(
      name = "import",
      description =
          "Takes the events of files into a ledger file, which is made when missing; with --to,"
              + " gives all of the files to a node that runs.")
  static final class ImportCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Spec private CommandSpec spec;

    @Parameters(
        index = "0",
        paramLabel = "FILE",
        description = "The ledger file to change; with --to, events like the rest.")
    private Path file;

    @Parameters(
        index = "1..*",
        arity = "0..*",
        paramLabel = "EVENTS",
        description = "Files of events to take in.")
    private List<Path> sources = List.of();

    @Option(
        names = "--to",
        paramLabel = "HOST:PORT",
        description = "The node that is to have the events: its mesh address.")
    private String nodeAddress;

    @Option(
        names = "--config",
        paramLabel = "FILE",
        description = "That node's configuration: the import is signed with its key.")
    private Path config;

    @Mixin private LedgerLoader ledgerLoader = new LedgerLoader();

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    ImportCommand(Terminal terminal) {
      this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
      return nodeAddress == null ? importIntoFile() : importIntoNode();
    }

    private int importIntoNode() {
      if (config == null) {
        throw new ParameterException(
            spec.commandLine(), "--to needs --config: the node takes imports of its owner only");
      }
      PeerAddress address =
          PeerAddress.parse(nodeAddress)
              .orElseThrow(() -> new CommandFailure("--to " + nodeAddress + " is not HOST:PORT"));
      List<Path> files = new ArrayList<>(List.of(file));
      files.addAll(sources);
      ImportClient node =
          new ImportClient(
              ConfigLoader.identity(
                  ConfigLoader.requireValid(config, ConfigLoader.read(config), terminal)),
              address,
              terminal);
      Map<String, Object> object = node.send(files);
      terminal.out().println(json ? JsonOutput.indented(object) : node.summary());
      return ExitCode.OK;
    }

    private int importIntoFile() throws IOException {
      if (sources.isEmpty()) {
        throw new ParameterException(spec.commandLine(), "say which files to take in");
      }
      List<Path> files = new ArrayList<>();
      if (Files.exists(file)) {
        files.add(file);
      }
      files.addAll(sources);
      LedgerLoader.LoadedLedger ledger = ledgerLoader.load(files, terminal);
      List<Event> events = ledger.ledger().export();
      EventFileWriter.write(file, events);
      Map<String, Object> object =
          JsonOutput.object(
              "total", events.size(),
              "duplicate", ledger.duplicates(),
              "dropped", ledger.dropped(),
              "refused", ledger.refused().values().stream().mapToLong(Long::longValue).sum(),
              "not_events", ledger.unreadableLines());
      terminal
          .out()
          .println(
              json
                  ? JsonOutput.indented(object)
                  : "%,d events in %s".formatted(events.size(), file));
      return ExitCode.OK;
    }
  }
}
