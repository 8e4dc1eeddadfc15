package nara.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import nara.bounds.SafeText;
import nara.cli.LedgerLoader.LoadedLedger;
import nara.cli.file.BoundedFile;
import nara.cli.file.CommandFailure;
import nara.cli.file.EventFileStream;
import nara.cli.file.EventFileWriter;
import nara.cli.output.Counted;
import nara.cli.output.JsonOutput;
import nara.cli.output.Terminal;
import nara.cli.process.StopRequest;
import nara.discovery.DiscoveryConfig.ConfiguredPeer;
import nara.event.Event;
import nara.event.Service;
import nara.ledger.Ledger;
import nara.ledger.LedgerRequest.LedgerStats;
import nara.ledger.LedgerRequest.QueryResult;
import nara.ledger.LedgerRequest.SubjectSummary;
import nara.ledger.Query;
import nara.node.config.AddressParser;
import nara.node.config.NodeConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands on a ledger file, which need no node: one class for each. */
@Command(
    name = "ledger",
    description = "Read a file of events as a node holding it would.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      LedgerCommand.StatsCommand.class,
      LedgerCommand.SubjectCommand.class,
      LedgerCommand.QueryCommand.class,
      LedgerCommand.ExportCommand.class,
      LedgerCommand.ImportCommand.class
    })
final class LedgerCommand extends TerminalCommand {
  @Override
  public Integer call() {
    throw usageError("a command is missing");
  }

  /** The options that all commands share. */
  abstract static class LoadingCommand extends TerminalCommand {
    @Mixin LedgerLoader ledgerLoader = new LedgerLoader();

    @Option(names = "--json", description = "Print one JSON object.")
    boolean json;

    LoadedLedger load(List<Path> files) {
      return ledgerLoader.load(files, terminal());
    }

    void print(Map<String, Object> object, String text) {
      print(json, object, text);
    }
  }

  /** A command on one file. */
  abstract static class FileCommand extends LoadingCommand {
    @Parameters(
        index = "0",
        paramLabel = "FILE",
        description = "A file of events, one JSON object a line, plain or gzipped.")
    Path file;

    Ledger loadLedger() {
      return load(List.of(file)).ledger;
    }
  }

  @Command(name = "stats", description = "Count the events by service.")
  static final class StatsCommand extends FileCommand {
    @Override
    public Integer call() {
      LoadedLedger loaded = load(List.of(file));
      LedgerStats stats = loaded.ledger.stats();
      Map<String, Integer> byService = new TreeMap<>();
      stats.byService().forEach((service, count) -> byService.put(service.wireName(), count));
      List<Event> events = loaded.ledger.export();
      Map<String, Object> object =
          JsonOutput.object(
              "total", stats.total(),
              "by_service", byService,
              "critical", stats.critical(),
              "bytes", stats.bytes(),
              "subjects", loaded.ledger.subjects().size(),
              "first_ts", events.isEmpty() ? 0 : events.getFirst().ts(),
              "last_ts", events.isEmpty() ? 0 : events.getLast().ts());
      object.put("lines", loaded.lines);
      loaded.putTotals(object);
      StringBuilder text =
          new StringBuilder(
              "%,10d %s".formatted(stats.total(), stats.total() == 1 ? "event" : "events"));
      byService.forEach((name, count) -> text.append("%n%,10d %s".formatted(count, name)));
      text.append("%n%,10d critical, %,d bytes".formatted(stats.critical(), stats.bytes()));
      text.append(
          "%n%,10d lines: %,d duplicate, %,d dropped by the ledger's limits, %,d without an event"
              .formatted(loaded.lines, loaded.duplicates, loaded.dropped, loaded.unreadableLines));
      print(object, text.toString());
      return ExitCode.OK;
    }
  }

  @Command(
      name = "subject",
      description = "Print the values that a node would derive for one nara.")
  static final class SubjectCommand extends FileCommand {
    @Parameters(index = "1", paramLabel = "NAME", description = "The nara's name.")
    private String name;

    @Option(
        names = "--at",
        paramLabel = "SECONDS",
        description = "Derive the values for this time, in Unix seconds. Default: now.")
    private Long at;

    @Override
    public Integer call() {
      if (at != null && at < 0) {
        throw new CommandFailure("--at: expected a Unix time in seconds, got " + at);
      }
      Ledger ledger = loadLedger();
      if (!ledger.subjects().contains(name)) {
        terminal()
            .message(
                "note: no event of %s mentions %s, so nothing is known of it",
                file, Terminal.printable(name));
      }
      SubjectSummary d =
          ledger.summary(name, at == null ? terminal().clock().instant().getEpochSecond() : at);
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
          first seen         %s
          latest checkpoint  %s
          opinion            start %s, restarts %d, last restart %s\
          """
              .formatted(
                  Terminal.printable(d.subject()),
                  d.status(),
                  d.restarts(),
                  d.totalUptimeSeconds(),
                  time(d.firstSeenSeconds()),
                  d.latestCheckpointId().isEmpty() ? "none" : d.latestCheckpointId(),
                  time(d.opinion().startTime()),
                  d.opinion().restarts(),
                  time(d.opinion().lastRestart())));
      return ExitCode.OK;
    }

    private static String time(long unixSeconds) {
      return unixSeconds == 0
          ? "unknown"
          : "%d (%s)".formatted(unixSeconds, Instant.ofEpochSecond(unixSeconds));
    }
  }

  @Command(name = "query", description = "Print the ids with which a node would answer a query.")
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
        description = "One of ${COMPLETION-CANDIDATES}.")
    private Mode mode;

    @Option(names = "--cursor", paramLabel = "NS", description = "page: events after this time.")
    private Long cursor;

    @Option(names = "--page-size", paramLabel = "N", description = "page: at most N events.")
    private Integer pageSize;

    @Option(names = "--limit", paramLabel = "N", description = "recent, slice: at most N events.")
    private Integer limit;

    @Option(names = "--since", paramLabel = "NS", description = "slice: events after this time.")
    private Long since;

    @Option(names = "--slice-index", paramLabel = "I", description = "slice: its number, from 0.")
    private Integer sliceIndex;

    @Option(names = "--slice-total", paramLabel = "N", description = "slice: the number of slices.")
    private Integer sliceTotal;

    @Option(names = "--service", paramLabel = "S", description = "Only this service; repeatable.")
    private List<String> services = new ArrayList<>();

    @Option(
        names = "--subject",
        paramLabel = "N",
        description = "About or by this nara; repeatable.")
    private List<String> subjects = new ArrayList<>();

    @Override
    public Integer call() {
      Query query = query();
      // None of the modes here uses random numbers.
      QueryResult result = loadLedger().query(query, new SplittableRandom(0));
      List<String> ids = result.events().stream().map(event -> event.id().toString()).toList();
      Map<String, Object> object = JsonOutput.object("ids", ids);
      result.nextCursor().ifPresent(next -> object.put("next_cursor", Long.toString(next)));
      if (json) {
        terminal().out().println(JsonOutput.indented(object));
      } else {
        ids.forEach(terminal().out()::println);
        result.nextCursor().ifPresent(next -> terminal().message("next cursor: %d", next));
      }
      return ExitCode.OK;
    }

    private Query query() {
      for (String service : services) {
        if (Service.named(service).isEmpty()) {
          throw new CommandFailure(
              "--service: expected one of %s, got \"%s\""
                  .formatted(serviceNames(), Terminal.printable(service)));
        }
      }
      rejectOptionsOfOtherModes();
      requireTime("--cursor", cursor);
      requireTime("--since", since);
      int slices = sliceTotal == null ? 1 : sliceTotal;
      int index = sliceIndex == null ? 0 : sliceIndex;
      if (slices < 1 || index < 0 || index >= slices) {
        throw new CommandFailure("--slice-index: expected 0 to one less than --slice-total");
      }
      Query.Filter filter = new Query.Filter(new HashSet<>(services), new HashSet<>(subjects));
      return switch (mode) {
        case page ->
            new Query.Page(
                cursor == null ? Long.MIN_VALUE : cursor,
                requireLimit("--page-size", pageSize == null ? Query.MAX_EVENTS : pageSize),
                filter);
        case recent -> new Query.Recent(limitOr(100), filter);
        case slice ->
            new Query.Slice(
                since == null ? 0 : since, index, slices, limitOr(Query.MAX_EVENTS), filter);
      };
    }

    private void rejectOptionsOfOtherModes() {
      Map<String, Object> others = new LinkedHashMap<>();
      if (mode != Mode.page) {
        others.put("--cursor", cursor);
        others.put("--page-size", pageSize);
      } else {
        others.put("--limit", limit);
      }
      if (mode != Mode.slice) {
        others.put("--since", since);
        others.put("--slice-index", sliceIndex);
        others.put("--slice-total", sliceTotal);
      }
      others.forEach(
          (option, value) -> {
            if (value != null) {
              throw usageError(option + " is no option of --mode " + mode);
            }
          });
    }

    private static void requireTime(String option, Long nanos) {
      if (nanos != null && nanos < 0) {
        throw new CommandFailure(
            "%s: expected a Unix time in nanoseconds, got %d".formatted(option, nanos));
      }
    }

    private int limitOr(int fallback) {
      return requireLimit("--limit", limit == null ? fallback : limit);
    }

    private static int requireLimit(String option, int number) {
      if (number < 1 || number > Query.MAX_EVENTS) {
        throw new CommandFailure(
            "%s: expected 1 to %,d, got %d".formatted(option, Query.MAX_EVENTS, number));
      }
      return number;
    }

    private static String serviceNames() {
      return String.join(", ", Arrays.stream(Service.values()).map(Service::wireName).toList());
    }
  }

  @Command(
      name = "export",
      description =
          "Write the events that a node would hold, in order of time, byte for byte as read. With"
              + " --from, write the events that a running node holds instead.",
      exitCodeList = {
        "3:--from: the node did not send all events",
        "4:--from: the node sent no events: it did not answer, or refused",
        "5:--from: the node sent all events, but --out kept the existing file, which has more"
      })
  static final class ExportCommand extends LoadingCommand {
    @Parameters(
        index = "0",
        arity = "0..1",
        paramLabel = "FILE",
        description = "A file of events, one JSON object a line, plain or gzipped.")
    private Path file;

    @Option(
        names = "--from",
        paramLabel = "[NAME@]HOST:PORT",
        description = "Read from the running node with this mesh address, in place of a file.")
    private String nodeAddress;

    @Option(
        names = "--config",
        paramLabel = "FILE",
        description = "--from: the configuration of a nara that the node knows; its key signs.")
    private Path config;

    @Option(
        names = "--skip-ids",
        paramLabel = "FILE",
        description =
            "--from: leave out the events of this file: an earlier export, or one id a line.")
    private Path skipIds;

    @Option(
        names = "--out",
        paramLabel = "FILE",
        description =
            "Write to this file, gzipped when its name ends in .gz. Default: stdout. With --from,"
                + " an existing file stays when the result is smaller or the node did not answer.")
    private Path out;

    @Option(
        names = "--force",
        description = "--from: let --out replace a file that has more events than the result.")
    private boolean force;

    @Override
    public Integer call() {
      if (nodeAddress != null) {
        return exportFromNode();
      }
      if (file == null) {
        throw usageError("the file to export is missing; or give a running node with --from");
      }
      if (config != null || skipIds != null || force) {
        throw usageError("--config, --skip-ids and --force need --from");
      }
      List<Event> events = load(List.of(file)).ledger.export();
      if (out == null) {
        EventFileWriter.write(terminal().out(), events);
      } else {
        EventFileWriter.write(out, events);
      }
      terminal().message("%s", Counted.of(events.size(), "event"));
      if (json && out != null) {
        terminal().out().println(JsonOutput.indented(JsonOutput.object("total", events.size())));
      }
      return ExitCode.OK;
    }

    private int exportFromNode() {
      if (config == null) {
        throw usageError("--from needs --config: a node answers only naras that it knows");
      }
      if (file != null || ledgerLoader.isPolicyGiven()) {
        throw usageError("--from takes no file, no --policy and no --keys: it judges nothing");
      }
      String problem = "--from: expected [NAME@]HOST:PORT, got " + SafeText.quoted(nodeAddress);
      ConfiguredPeer node =
          AddressParser.peer(nodeAddress).orElseThrow(() -> new CommandFailure(problem));
      if (out != null && skipIds != null && isSameFile(out, skipIds)) {
        throw new CommandFailure(
            "--out and --skip-ids are the same file, so its events would be lost; to append, use"
                + " --skip-ids %1$s >> %1$s".formatted(skipIds));
      }
      NodeConfig configured =
          ConfigLoader.requireValid(config, ConfigLoader.read(config), terminal());
      if (out != null) {
        RecoverCommand.requireWritable(out);
      }
      try (StopRequest stop = StopRequest.listen();
          ExportClient client =
              new ExportClient(configured, ConfigLoader.identity(configured), terminal(), stop)) {
        if (skipIds != null) {
          client.skip(skipIds);
        }
        try (EventFileStream events =
            out == null ? EventFileStream.to(terminal().out()) : EventFileStream.to(out)) {
          ExportClient.Result result = client.export(node, events);
          return finish(result, events, stop.isMade());
        }
      }
    }

    private int finish(ExportClient.Result result, EventFileStream events, boolean interrupted) {
      boolean nothing = result.pages() == 0;
      Optional<String> failure =
          interrupted
              ? Optional.of("the export was interrupted")
              : nothing ? Optional.of("the node sent no events") : Optional.empty();
      Optional<String> kept = events.finish(failure, force, "--skip-ids reads only new ones");
      terminal().eraseStatus();
      terminal()
          .message(
              "%s from %s%s",
              Counted.of(events.events(), "event"),
              result.node(),
              result.skipped() == 0 ? "" : "; skipped %,d".formatted(result.skipped()));
      result
          .missingReason()
          .ifPresent(
              reason ->
                  terminal()
                      .message(
                          nothing
                              ? "the node sent no events: %s"
                              : "these are not all events of the node: %s",
                          reason));
      kept.ifPresent(sentence -> terminal().message("%s", sentence));
      if (json && out != null) {
        Map<String, Object> object =
            JsonOutput.object(
                "total", events.events(),
                "received", result.received(),
                "skipped", result.skipped(),
                "complete", result.missingReason().isEmpty());
        result.missingReason().ifPresent(reason -> object.put("reason", reason));
        terminal().out().println(JsonOutput.indented(object));
      }
      if (result.missingReason().isEmpty()) {
        return kept.isEmpty() ? ExitCode.OK : ExitCode.KEPT;
      }
      return nothing ? ExitCode.ISOLATED : ExitCode.PARTIAL;
    }

    private static boolean isSameFile(Path one, Path other) {
      try {
        return Files.exists(one) && Files.exists(other) && Files.isSameFile(one, other);
      } catch (IOException unreadable) {
        return false;
      }
    }
  }

  @Command(
      name = "import",
      description =
          "Merge files of events into the ledger file FILE, which is created when missing. With"
              + " --to, send all of the files to a running node instead.")
  static final class ImportCommand extends FileCommand {
    /** A bundle of all public authorities has 200 kB. */
    private static final int MAX_PEM_BYTES = 4 << 20;

    @Parameters(
        index = "1..*",
        arity = "0..*",
        paramLabel = "EVENTS",
        description = "Files of events to import.")
    private List<Path> sources = List.of();

    @Option(
        names = "--to",
        paramLabel = "HOST:PORT|URL",
        description =
            "Send the events to the running node with this mesh address, or to"
                + " https://HOST[:PORT] or http://HOST[:PORT].")
    private String nodeAddress;

    @Option(
        names = "--config",
        paramLabel = "FILE",
        description = "The running node's configuration; its key signs the import.")
    private Path config;

    @Option(
        names = "--ca",
        paramLabel = "FILE.pem",
        description =
            "The authority that signed the certificate of https://. Default: those that the JVM"
                + " trusts.")
    private Path authority;

    @Override
    public Integer call() {
      List<Path> files = new ArrayList<>(List.of(file));
      files.addAll(sources);
      if (nodeAddress == null) {
        if (authority != null || config != null) {
          throw usageError("--config and --ca need --to");
        }
        importIntoFile(files);
      } else {
        importIntoNode(files);
      }
      return ExitCode.OK;
    }

    private void importIntoNode(List<Path> files) {
      if (config == null) {
        throw usageError("--to needs --config: a node accepts imports of its owner only");
      }
      String problem =
          "--to: expected HOST:PORT, https://HOST[:PORT] or http://HOST[:PORT], got "
              + SafeText.quoted(nodeAddress);
      ImportClient.Target target =
          ImportClient.Target.parse(nodeAddress).orElseThrow(() -> new CommandFailure(problem));
      if (authority != null && !target.tls()) {
        throw usageError("--ca needs --to https://HOST[:PORT]");
      }
      if (authority != null) {
        requireCertificate(authority);
      }
      NodeConfig owner = ConfigLoader.requireValid(config, ConfigLoader.read(config), terminal());
      ImportClient client =
          new ImportClient(
              ConfigLoader.identity(owner),
              target,
              owner.mesh().proxy(),
              Optional.ofNullable(authority),
              terminal());
      Map<String, Object> object = client.send(files);
      print(object, client.summary());
    }

    private static void requireCertificate(Path file) {
      String pem = new String(BoundedFile.read(file, MAX_PEM_BYTES, "a PEM file"), ISO_8859_1);
      if (!pem.contains("-----BEGIN CERTIFICATE-----")) {
        throw new CommandFailure("--ca: " + file + " has no certificate; give a PEM file");
      }
    }

    private void importIntoFile(List<Path> files) {
      if (sources.isEmpty()) {
        throw usageError("the files to import are missing");
      }
      if (!Files.exists(file)) {
        files.removeFirst();
      }
      LoadedLedger loaded = load(files);
      List<Event> events = loaded.ledger.export();
      EventFileWriter.write(file, events);
      Map<String, Object> object = JsonOutput.object("total", events.size());
      loaded.putTotals(object);
      object.put("refused", loaded.refused.values().stream().mapToLong(Long::longValue).sum());
      print(object, "%,d events in %s".formatted(events.size(), file));
    }
  }
}
