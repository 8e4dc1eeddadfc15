package nara.cli.ledger;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import nara.cli.ExitCode;
import nara.cli.file.CommandFailure;
import nara.cli.output.JsonOutput;
import nara.cli.output.Terminal;
import nara.event.Service;
import nara.ledger.LedgerRequest.QueryResult;
import nara.ledger.Query;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Answers a query as a node that holds the file would. */
@Command(name = "query", description = "Print the ids with which a node would answer a query.")
final class QueryCommand extends FileCommand {
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

  @Option(names = "--subject", paramLabel = "N", description = "About or by this nara; repeatable.")
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
