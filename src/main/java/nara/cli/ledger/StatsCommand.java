package nara.cli.ledger;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import nara.cli.ExitCode;
import nara.cli.ledger.LedgerLoader.LoadedLedger;
import nara.cli.output.JsonOutput;
import nara.event.Event;
import nara.ledger.LedgerRequest.LedgerStats;
import picocli.CommandLine.Command;

/** Counts the events of a file. */
@Command(name = "stats", description = "Count the events by service.")
final class StatsCommand extends FileCommand {
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
