package nara.network;

import java.time.Duration;
import java.util.Comparator;
import java.util.Set;
import java.util.TreeSet;
import nara.discovery.DiscoveryRequest;
import nara.event.Event;
import nara.plaza.PlazaRequest;
import nara.recovery.RecoveryRequest;
import nara.recovery.RecoveryRequest.CurrentReport;
import nara.testing.TestNode;
import nara.upkeep.UpkeepRequest;

/**
 * What a village looks like at this moment, for the message of a test that waits in vain: who is
 * connected, who knows whom, what each makes of everybody and by which events, and what time that
 * would pass would bring about.
 */
final class Picture {
  /** Of the newest events about somebody: the first decides, the others tell how it came to it. */
  private static final int EVENTS_ABOUT_EACH = 3;

  private final Village village;
  private final StringBuilder text = new StringBuilder();

  private Picture(Village village) {
    this.village = village;
  }

  static String of(Village village) {
    Picture picture = new Picture(village);
    picture.line("it is %s", village.time().instant());
    Set<String> all = new TreeSet<>(Life.NAMES);
    all.addAll(village.names());
    new TreeSet<>(village.names()).forEach(name -> picture.node(name, all));
    picture.line("what is due: %s", village.time().dues());
    return picture.text.toString();
  }

  private void node(String name, Set<String> all) {
    TestNode node = village.node(name);
    CurrentReport recovery =
        Village.ask(node, RecoveryRequest.ADDRESS, new RecoveryRequest.ReportSoFar());
    line("%s, recovery: %s", name, recovery.stage());
    line("  %s", Village.ask(node, PlazaRequest.ADDRESS, new PlazaRequest.State()));
    line("  %s", Village.ask(node, PlazaRequest.ADDRESS, new PlazaRequest.Counts()));
    line("  %s", Village.gossip(node));
    line("  %s", Village.ask(node, UpkeepRequest.ADDRESS, new UpkeepRequest.Counts()));
    Village.ask(node, DiscoveryRequest.ADDRESS, new DiscoveryRequest.WhoIsThere())
        .neighbours()
        .forEach(
            each ->
                line(
                    "  knows %s at %s, %s, from %s",
                    each.name(),
                    each.address(),
                    each.online() ? "online" : "not online",
                    each.sources()));
    all.forEach(subject -> subject(node, subject));
  }

  private void subject(TestNode node, String subject) {
    line("  sees %s %s", subject, village.status(node, subject));
    Village.held(node).stream()
        .filter(event -> event.actor().equals(subject) || event.target().equals(subject))
        .sorted(Comparator.comparing(Event::ts).thenComparing(Event::id).reversed())
        .limit(EVENTS_ABOUT_EACH)
        .forEach(this::event);
  }

  private void event(Event event) {
    Duration ago = Duration.ofNanos(Event.nanos(village.time().instant()) - event.ts());
    line("    %s ago, by %s, %s: %s", ago, event.emitter(), event.id(), event.payload());
  }

  private void line(String format, Object... values) {
    text.append(format.formatted(values)).append('\n');
  }
}
