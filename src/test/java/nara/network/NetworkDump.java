package nara.network;

import java.time.Duration;
import java.util.Comparator;
import java.util.Set;
import java.util.TreeSet;
import nara.discovery.DiscoveryRequest;
import nara.event.Event;
import nara.liveness.LivenessRequest;
import nara.mqtt.PlazaRequest;
import nara.recovery.RecoveryRequest;
import nara.recovery.RecoveryRequest.CurrentReport;
import nara.testing.TestNode;

/**
 * The state of the network at this moment, for the message of a test that timed out: who is
 * connected, who knows whom, what each makes of everybody and by which events, and what time that
 * would pass would bring about.
 */
final class NetworkDump {
  /** Of the newest events about somebody: the first decides, the others tell how it came to it. */
  private static final int EVENTS_ABOUT_EACH = 3;

  private final TestNetwork testNetwork;
  private final StringBuilder text = new StringBuilder();

  private NetworkDump(TestNetwork network) {
    this.testNetwork = network;
  }

  static String of(TestNetwork network) {
    NetworkDump dump = new NetworkDump(network);
    dump.line("it is %s", network.time().instant());
    Set<String> all = new TreeSet<>(NetworkScenario.NAMES);
    all.addAll(network.names());
    new TreeSet<>(network.names()).forEach(name -> dump.node(name, all));
    dump.line("what is due: %s", network.time().pendingTimes());
    return dump.text.toString();
  }

  private void node(String name, Set<String> all) {
    TestNode node = testNetwork.node(name);
    CurrentReport recovery =
        TestNetwork.ask(node, RecoveryRequest.ADDRESS, new RecoveryRequest.GetRecoveryReport());
    line("%s, recovery: %s", name, recovery.stage());
    if (testNetwork.hasBroker()) {
      line("  %s", TestNetwork.ask(node, PlazaRequest.ADDRESS, new PlazaRequest.GetPlazaState()));
      line("  %s", TestNetwork.ask(node, PlazaRequest.ADDRESS, new PlazaRequest.GetPlazaCounts()));
    }
    line("  %s", TestNetwork.gossip(node));
    line(
        "  %s",
        TestNetwork.ask(node, LivenessRequest.ADDRESS, new LivenessRequest.GetLivenessCounts()));
    TestNetwork.ask(node, DiscoveryRequest.ADDRESS, new DiscoveryRequest.ListNeighbours())
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
    line("  sees %s %s", subject, testNetwork.status(node, subject));
    TestNetwork.heldEvents(node).stream()
        .filter(event -> event.actor().equals(subject) || event.target().equals(subject))
        .sorted(Comparator.comparing(Event::ts).thenComparing(Event::id).reversed())
        .limit(EVENTS_ABOUT_EACH)
        .forEach(this::event);
  }

  private void event(Event event) {
    Duration ago = Duration.ofNanos(Event.unixNanos(testNetwork.time().instant()) - event.ts());
    line("    %s ago, by %s, %s: %s", ago, event.emitter(), event.id(), event.payload());
  }

  private void line(String format, Object... values) {
    text.append(format.formatted(values)).append('\n');
  }
}
