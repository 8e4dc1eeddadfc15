package nara.simulation;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import nara.bus.BusMessage;
import nara.bus.Request;
import nara.bus.Timeouts;
import nara.event.Event;
import nara.event.EventId;
import nara.event.Seen;
import nara.event.json.RawEvents;
import nara.identity.Identity;
import nara.identity.Witness;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.node.NaraNode;
import nara.node.Platform;
import nara.node.config.NodeConfig;
import nara.presence.OwnEventPublisher;
import nara.profile.HostStats;
import nara.recovery.RecoveryNotification;
import nara.recovery.RecoveryNotification.RecoveryFinished;
import nara.recovery.RecoveryRequest;
import nara.recovery.RecoveryRequest.CurrentReport;
import nara.recovery.report.Report;
import nara.simulation.machine.SimulatedHost;
import nara.simulation.machine.SimulatedNetwork;
import nara.trust.OfferSource;
import nara.trust.TrustRequest;
import nara.trust.verifier.SignatureVerifier;

/** A whole node on a simulated machine. It may lose its power, and start again with nothing. */
final class HonestNode {
  static final int PORT = 7433;

  private final SimulatedNetwork network;
  private final int number;
  private final Identity identity;
  private final UnaryOperator<NodeConfig> config;
  private final SignatureVerifier verifier;
  private final SplittableRandom random;
  private final Story story;

  private SimulatedHost host;
  private NaraNode node;
  private final List<Report> reports = new ArrayList<>();
  private int starts;

  HonestNode(
      SimulatedNetwork network,
      int number,
      Identity identity,
      UnaryOperator<NodeConfig> config,
      SignatureVerifier verifier,
      SplittableRandom random,
      Story story) {
    this.network = network;
    this.number = number;
    this.identity = identity;
    this.config = config;
    this.verifier = verifier;
    this.random = random;
    this.story = story;
    this.host = network.addHost(number);
  }

  /** Starts it with these events, judged by its policy. */
  void start(NodeConfig base, List<byte[]> events) {
    if (starts++ > 0) {
      Duration skew = host.skew();
      host = network.addHost(number);
      host.setSkew(skew);
    }
    reports.clear();
    SimulatedHost machine = host;
    NodeConfig own = config.apply(base.with(base.mesh().listeningOn(host.address(), PORT)));
    Platform platform =
        new Platform(
            machine::startVertx,
            machine.scheduler(),
            random.split(),
            new RepeatableNonces(new SplittableRandom(identity.id().hashCode() + starts)),
            Optional.of(verifier),
            1,
            uptime -> HostStats.NONE);
    NaraNode.start(
            own,
            identity,
            platform,
            starting -> {
              node = starting;
              starting
                  .bus()
                  .subscribe(
                      RecoveryNotification.ADDRESS,
                      RecoveryNotification.class,
                      news -> {
                        if (news instanceof RecoveryFinished done && machine == host) {
                          onFinished(done.report());
                        }
                      });
              return learn(starting, events);
            })
        .onFailure(
            failure -> {
              throw new IllegalStateException(name() + " does not start", failure);
            });
  }

  /** Lets it know events as if it had recovered them from three neighbours long ago. */
  private static Future<?> learn(NaraNode starting, List<byte[]> events) {
    Future<?> learned = Future.succeededFuture();
    for (int peer = 0; peer < 3; peer++) {
      TrustRequest.OfferEvents offer =
          new TrustRequest.OfferEvents(
              OfferSource.peer("earlier-" + peer),
              new Witness("10.88.0." + peer, false),
              RawEvents.join(events),
              true);
      learned =
          learned.compose(
              before -> starting.bus().request(TrustRequest.ADDRESS, offer, Timeouts.IMPORT));
    }
    return learned;
  }

  private void onFinished(Report report) {
    reports.add(report);
    story.tell("%s has finished its recovery: %s %s", name(), report.outcome(), report.reasons());
  }

  /** Takes its power away. */
  void kill(boolean silently) {
    host.kill(silently);
  }

  String name() {
    return identity.name();
  }

  Identity identity() {
    return identity;
  }

  SimulatedHost host() {
    return host;
  }

  String address() {
    return host.address() + ":" + PORT;
  }

  /** The reports of its recovery since the last start: one, when all is well. */
  List<Report> reports() {
    return reports;
  }

  /** All that it holds. Lets the simulation go on until the ledger has answered. */
  List<JudgedEvent> held() {
    return ask(LedgerRequest.ADDRESS, new LedgerRequest.ExportVariants()).events();
  }

  /** The held events by id, the best form of each. */
  Map<EventId, JudgedEvent> heldById() {
    Map<EventId, JudgedEvent> byId = new HashMap<>();
    held().forEach(each -> byId.putIfAbsent(each.event().id(), each));
    return byId;
  }

  /** Sends a request to a part of it. */
  <R extends BusMessage> Future<R> request(String address, Request<R> request, Duration timeout) {
    return node.bus().request(address, request, timeout);
  }

  /** The same. Lets the simulation go on until the reply. */
  <R extends BusMessage> R ask(String address, Request<R> request) {
    Future<R> reply = request(address, request, Timeouts.LOCAL);
    while (!reply.isComplete()) {
      network.time().step();
    }
    if (reply.failed()) {
      throw new IllegalStateException(name() + " does not reply", reply.cause());
    }
    return reply.result();
  }

  /** Lets it say that it saw itself somewhere. */
  EventId say(String where) {
    long ts = Event.unixNanos(host.scheduler().instant());
    Seen seen = new Seen(name(), identity.id(), name(), identity.id(), where);
    new OwnEventPublisher(node.bus(), identity, host.scheduler()).publish(ts, seen);
    return Event.idOf(ts, seen.service(), seen.content());
  }

  /** The current stage of its recovery. */
  String stage() {
    CurrentReport now = ask(RecoveryRequest.ADDRESS, new RecoveryRequest.GetRecoveryReport());
    return now.stage() + " after " + now.report().stageReports();
  }
}
