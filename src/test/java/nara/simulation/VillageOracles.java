package nara.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nara.checkpoint.consensus.ConsensusRequest;
import nara.event.Checkpoint;
import nara.event.Checkpoint.AgreedValues;
import nara.event.Event;
import nara.event.EventId;
import nara.event.Signatures;
import nara.event.Social;
import nara.event.Verdict;
import nara.identity.Identity;
import nara.identity.PublicKey;
import nara.journey.Journey;
import nara.journey.JourneyForgery;
import nara.journey.JourneyRequest;
import nara.journey.JourneyRequest.OwnJourney;
import nara.journey.JourneyRequest.OwnState;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.ledger.LedgerRequest.SubjectSummary;
import nara.mqtt.wire.Topics;
import nara.simulation.adversary.HostilePeer;
import nara.simulation.adversary.stash.WantedStashes;
import nara.simulation.machine.CachingVerifier;
import nara.simulation.machine.SimulatedBroker.Published;
import nara.simulation.machine.SimulatedHost;
import nara.stash.StashRequest;
import nara.testing.Citizen;
import nara.trust.verifier.SignatureCheck;

/** What must hold after the life of a village. */
final class VillageOracles {
  /**
   * A voter accepts so many more restarts than it knows of, and one node may have started again.
   */
  private static final long RESTARTS_TOLERANCE = 6;

  /** A voter accepts a minute; a second round takes the mean of such votes. */
  private static final long SECONDS_TOLERANCE = 120;

  private static final Pattern SIGNATURE = Pattern.compile("\"signature\":\"([^\"]+)\"");

  private final VillageScenario scenario;
  private final List<HonestNode> nodes;
  private final List<Published> published;
  private final CachingVerifier verifier;
  private final Map<String, PublicKey> keyByName = new HashMap<>();
  private final Map<String, PublicKey> keyById = new HashMap<>();
  private final Truth truth;
  private final Map<HonestNode, byte[]> stashes = new LinkedHashMap<>();
  private final Map<String, AgreedValues> valuesBefore = new HashMap<>();
  private final List<String> failures = new ArrayList<>();

  /**
   * @param published all messages on the plaza; it grows
   */
  VillageOracles(
      VillageScenario scenario,
      List<HonestNode> nodes,
      List<HostilePeer> hostiles,
      List<Published> published,
      CachingVerifier verifier) {
    this.scenario = scenario;
    this.nodes = nodes;
    this.published = published;
    this.verifier = verifier;
    this.truth = new Truth(History.VILLAGE.citizens(), verifier);
    for (Identity citizen : History.VILLAGE.citizens()) {
      keyByName.put(citizen.name(), citizen.keys().publicKey());
      keyById.put(citizen.id(), citizen.keys().publicKey());
    }
    for (HostilePeer hostile : hostiles) {
      keyById.put(hostile.identity().id(), hostile.identity().keys().publicKey());
    }
  }

  /** Notes what the honest ledgers say before anybody has voted. */
  void beforeLife() {
    for (HonestNode node : nodes) {
      SubjectSummary known =
          nodes
              .getFirst()
              .ask(
                  LedgerRequest.ADDRESS,
                  new LedgerRequest.SummariseSubject(
                      node.name(), SimulatedHost.START.getEpochSecond()));
      valuesBefore.put(
          node.name(),
          new AgreedValues(known.restarts(), known.totalUptimeSeconds(), known.firstSeenSeconds()));
    }
  }

  /** Notes the operator's data in the stash of a node. */
  void onStashSet(HonestNode node, byte[] data) {
    stashes.put(node, data);
  }

  boolean hasOpenJourneys() {
    return nodes.stream()
        .flatMap(node -> own(node).stream())
        .anyMatch(each -> each.state() == OwnState.UNDER_WAY);
  }

  private static List<OwnJourney> own(HonestNode node) {
    return node.ask(JourneyRequest.ADDRESS, new JourneyRequest.ListOwnJourneys()).journeys();
  }

  List<String> afterLife() {
    failures.clear();
    Map<HonestNode, List<JudgedEvent>> held = new LinkedHashMap<>();
    nodes.forEach(node -> held.put(node, node.held()));
    held.forEach(this::noForgedEventIsValid);
    checkpointsAreEqual(held);
    published.stream()
        .filter(each -> each.topic().equals(Topics.CHECKPOINT_FINAL))
        .forEach(each -> senderOf(each).ifPresent(node -> checkpointIsTrue(node, each)));
    everybodyAgrees();
    nodes.forEach(this::ownJourneysHaveEnded);
    completionsAreTrue(held);
    stashes.forEach(this::stashIsTheOwn);
    noStashWasGivenAway();
    return failures;
  }

  private Optional<HonestNode> senderOf(Published message) {
    return nodes.stream()
        .filter(node -> node.host().address().equals(message.sender()))
        .findFirst();
  }

  private void noForgedEventIsValid(HonestNode node, List<JudgedEvent> held) {
    List<Event> forged =
        held.stream()
            .filter(each -> each.verdict() == Verdict.VALID)
            .map(JudgedEvent::event)
            .filter(truth::isForged)
            .toList();
    if (!forged.isEmpty()) {
      failures.add(
          "%s holds %d forged events as valid, such as %s"
              .formatted(node.name(), forged.size(), new String(forged.getFirst().json(), UTF_8)));
    }
  }

  // Checkpoints.

  private void checkpointsAreEqual(Map<HonestNode, List<JudgedEvent>> held) {
    Map<EventId, byte[]> forms = new HashMap<>();
    held.forEach(
        (node, events) -> {
          Set<EventId> seen = new HashSet<>();
          for (JudgedEvent each : events) {
            // The ledger lists the best form of an id first.
            if (each.event().payload() instanceof Checkpoint
                && each.verdict() == Verdict.VALID
                && seen.add(each.event().id())) {
              byte[] other = forms.putIfAbsent(each.event().id(), each.event().json());
              if (other != null && !Arrays.equals(other, each.event().json())) {
                failures.add("%s holds another form of %s".formatted(node.name(), each.event()));
              }
            }
          }
        });
  }

  private void checkpointIsTrue(HonestNode proposer, Published message) {
    Event event = Citizen.read(message.payload()).event();
    Checkpoint checkpoint = (Checkpoint) event.payload();
    if (!checkpoint.subject().equals(proposer.name())) {
      failures.add("%s published a checkpoint of another".formatted(proposer.name()));
    }
    for (int i = 0; i < checkpoint.voterIds().size(); i++) {
      String voter = checkpoint.voterIds().get(i);
      String signature = checkpoint.signatures().get(i);
      if (!isSigned(checkpoint, voter, signature)) {
        failures.add("%s has a false vote of %s".formatted(event, voter));
      }
      nodes.stream()
          .filter(node -> node.identity().id().equals(voter) && !hasPublished(node, signature))
          .forEach(node -> failures.add("%s has not voted so: %s".formatted(node.name(), event)));
    }
    AgreedValues before = valuesBefore.get(proposer.name());
    AgreedValues agreed = checkpoint.agreedValues();
    long passed = checkpoint.asOfTime() - SimulatedHost.START.getEpochSecond();
    if (agreed.restarts() > before.restarts() + RESTARTS_TOLERANCE
        || agreed.totalUptime() > before.totalUptime() + passed + SECONDS_TOLERANCE
        || agreed.startTime() < before.startTime() - SECONDS_TOLERANCE) {
      failures.add("%s says %s, and the ledgers said %s".formatted(event, agreed, before));
    }
  }

  private boolean isSigned(Checkpoint checkpoint, String voter, String signature) {
    PublicKey key = keyById.get(voter);
    Optional<byte[]> bytes = Signatures.decode(signature);
    byte[] text = checkpoint.attestation(voter).getBytes(UTF_8);
    return key != null
        && bytes.isPresent()
        && verifier.verify(List.of(new SignatureCheck(key, text, bytes.get())))[0];
  }

  private boolean hasPublished(HonestNode voter, String signature) {
    return published.stream()
        .filter(each -> each.topic().startsWith("nara/checkpoint/"))
        .filter(each -> each.sender().equals(voter.host().address()))
        .anyMatch(
            each -> {
              Matcher found = SIGNATURE.matcher(new String(each.payload(), UTF_8));
              return found.find() && found.group(1).equals(signature);
            });
  }

  /** Hostile naras cannot keep honest ones from a checkpoint. */
  private void everybodyAgrees() {
    if (!scenario.isCalm()) {
      return;
    }
    for (HonestNode node : nodes.subList(0, nodes.size() - 1)) {
      var state = node.ask(ConsensusRequest.ADDRESS, new ConsensusRequest.GetConsensusState());
      if (!state.counts().containsKey("agreed")) {
        failures.add("%s has no checkpoint: %s".formatted(node.name(), state));
      }
    }
  }

  // Journeys.

  private void ownJourneysHaveEnded(HonestNode node) {
    for (OwnJourney each : own(node)) {
      Journey journey = each.journey();
      switch (each.state()) {
        case UNDER_WAY -> {
          if (scenario.waits()) {
            failures.add("a journey of %s never timed out: %s".formatted(node.name(), journey));
          }
        }
        case COMPLETE -> {
          List<String> falseHops = falseHops(journey);
          if (!falseHops.isEmpty()) {
            failures.add("%s believes hops of %s".formatted(node.name(), falseHops));
          }
        }
        case LOST -> {
          if (scenario.isCalm() && scenario.hostiles().isEmpty()) {
            failures.add("a journey of %s was lost: %s".formatted(node.name(), journey));
          }
        }
      }
    }
  }

  private List<String> falseHops(Journey journey) {
    return JourneyForgery.falseHops(
        journey, name -> Optional.ofNullable(keyByName.get(name)), verifier);
  }

  /** Nobody believes a completion that the originator has not published. */
  private void completionsAreTrue(Map<HonestNode, List<JudgedEvent>> held) {
    Map<String, Integer> completed = new HashMap<>();
    for (Published message : published) {
      if (message.topic().equals(Topics.JOURNEY_COMPLETE) && senderOf(message).isPresent()) {
        Journey journey = JourneyForgery.completed(message.payload()).orElseThrow();
        completed.merge(journey.originator(), 1, Integer::sum);
        if (!falseHops(journey).isEmpty()) {
          failures.add("%s published false hops: %s".formatted(message.sender(), journey));
        }
      }
    }
    held.forEach(
        (node, events) -> {
          Map<String, Integer> believed = new HashMap<>();
          events.stream()
              .map(JudgedEvent::event)
              .filter(event -> event.emitter().equals(node.name()))
              .filter(
                  event ->
                      event.payload() instanceof Social social
                          && social.reason().equals("journey-complete"))
              .forEach(event -> believed.merge(event.target(), 1, Integer::sum));
          believed.forEach(
              (originator, count) -> {
                if (keyByName.containsKey(originator)
                    && count > completed.getOrDefault(originator, 0)) {
                  failures.add(
                      "%s believes %d completions of %s, which had %s"
                          .formatted(node.name(), count, originator, completed));
                }
              });
        });
  }

  // Stashes.

  private void stashIsTheOwn(HonestNode owner, byte[] data) {
    Optional<byte[]> now = owner.ask(StashRequest.ADDRESS, new StashRequest.GetStashData()).data();
    boolean lost = now.isEmpty() && !scenario.isCalm();
    if (!lost && !now.map(each -> Arrays.equals(each, data)).orElse(false)) {
      failures.add(
          "%s has %s bytes in place of its stash of %d; %s"
              .formatted(
                  owner.name(),
                  now.map(each -> each.length),
                  data.length,
                  owner.ask(StashRequest.ADDRESS, new StashRequest.GetStashStatus())));
    }
  }

  private void noStashWasGivenAway() {
    for (VillageScenario.Hostile hostile : scenario.hostiles()) {
      hostile.misbehaviours().stream()
          .filter(WantedStashes.class::isInstance)
          .map(each -> ((WantedStashes) each).got())
          .filter(got -> !got.isEmpty())
          .forEach(
              got -> failures.add("%s was given stashes of %s".formatted(hostile.name(), got)));
    }
  }
}
