package nara.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.cluster.map.EventEntry;
import nara.event.Checkpoint;
import nara.event.Event;
import nara.event.Observation;
import nara.event.Verdict;
import nara.event.Voters;
import nara.event.Voters.Voter;
import nara.identity.Keyring;
import nara.identity.PublicKey;
import nara.identity.Standing;
import nara.ledger.Ledger;
import nara.ledger.LedgerConfig;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerRequest.JudgedEvent;
import nara.ledger.LedgerVerticle;
import nara.testing.Citizen;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two members within this process share their ledgers. */
class SharedLedgerVerticleIT {
  private static final long SECOND = 1_000_000_000L;
  private static final Citizen BART = Citizen.named("bart");

  private final InProcessCluster members =
      InProcessCluster.join(
          "elephant", List.of(EnumSet.allOf(Role.class), EnumSet.allOf(Role.class)));

  @AfterEach
  void end() {
    members.close();
  }

  @Test
  void removed_events_leave_the_views_of_all_members() {
    start(0, this::everybodyEstablished);
    start(1, this::everybodyEstablished);
    JudgedEvent forged = tease(1);
    JudgedEvent honest = tease(2);
    ask(0, new LedgerRequest.MergeEvents(List.of(forged, honest)));
    awaitHeld(1, 2);

    assertThat(ask(1, new LedgerRequest.RemoveEvents(List.of(forged.event()))).removed())
        .isEqualTo(1);

    awaitHeld(0, 1);
    assertThat(held(0)).containsExactly(honest.event().id().toString());
    assertThat(held(1)).containsExactly(honest.event().id().toString());
  }

  @Test
  void member_that_was_away_does_not_bring_a_removed_event_back() {
    start(0, this::everybodyEstablished);
    JudgedEvent forged = tease(1);
    JudgedEvent late = tease(2);
    ask(0, new LedgerRequest.MergeEvents(List.of(forged)));
    ask(0, new LedgerRequest.RemoveEvents(List.of(forged.event())));
    MemberProcess.await(
        "the map has the removal",
        () -> {
          byte[] value = map().get(EventEntry.key(forged));
          return value != null && EventEntry.isRetracted(value);
        },
        () -> "");

    // Its snapshot has the event, and one that no other member has.
    start(1, this::everybodyEstablished, forged, late);

    awaitHeld(0, 1);
    awaitHeld(1, 1);
    assertThat(held(0)).containsExactly(late.event().id().toString());
    assertThat(held(1)).containsExactly(late.event().id().toString());
  }

  @Test
  void removed_event_counts_again_when_it_is_verified_again() {
    start(0, this::everybodyEstablished);
    start(1, this::everybodyEstablished);
    JudgedEvent event = tease(1);
    ask(0, new LedgerRequest.MergeEvents(List.of(event)));
    awaitHeld(1, 1);
    ask(0, new LedgerRequest.RemoveEvents(List.of(event.event())));
    awaitHeld(1, 0);

    ask(1, new LedgerRequest.MergeEvents(List.of(event)));

    awaitHeld(0, 1);
    assertThat(held(1)).hasSize(1);
  }

  @Test
  void checkpoint_of_voters_that_are_not_established_covers_no_restarts_on_other_members() {
    start(0, name -> Standing.VOUCHED);
    start(1, name -> Standing.VOUCHED);
    List<JudgedEvent> restarts =
        IntStream.rangeClosed(1, 30).mapToObj(SharedLedgerVerticleIT::restart).toList();
    ask(0, new LedgerRequest.MergeEvents(restarts));
    awaitHeld(1, 30);

    ask(0, new LedgerRequest.MergeEvents(List.of(checkpoint("moe", "otto"))));

    awaitHeld(1, 31);
    assertThat(held(0)).hasSize(31);
  }

  @Test
  void voters_that_two_members_found_count_together() {
    start(0, this::everybodyEstablished);
    start(1, this::everybodyEstablished);
    List<JudgedEvent> restarts =
        IntStream.rangeClosed(1, 30).mapToObj(SharedLedgerVerticleIT::restart).toList();
    ask(0, new LedgerRequest.MergeEvents(restarts));
    awaitHeld(1, 30);
    ask(0, new LedgerRequest.MergeEvents(List.of(checkpoint("moe"))));
    awaitHeld(1, 31);

    ask(1, new LedgerRequest.MergeEvents(List.of(checkpoint("otto"))));

    // Each view has both voters, as a member that joins would get them.
    Voters both = Voters.of(List.of(voter("moe"), voter("otto")));
    for (int i = 0; i < 2; i++) {
      int member = i;
      MemberProcess.await(
          "a view has both voters",
          () ->
              ask(member, new LedgerRequest.ExportVariants()).events().stream()
                  .anyMatch(each -> each.voters().valid().containsAll(both.valid())),
          () -> "");
    }
  }

  private Standing everybodyEstablished(String name) {
    return Standing.ESTABLISHED;
  }

  private void start(int member, Standing.Lookup standings, JudgedEvent... held) {
    ClusterMember one = members.get(member);
    Ledger view = new Ledger(LedgerConfig.ofSize(1_000), standings);
    view.merge(List.of(held));
    InProcessCluster.await(
        one.vertx()
            .deployVerticle(
                new LedgerVerticle(view, new SplittableRandom(1), LedgerRequest.VIEW_ADDRESS),
                new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER)));
    InProcessCluster.await(
        one.vertx().deployVerticle(new SharedLedgerVerticle(one, new Keyring())));
    InProcessCluster.await(
        Bus.of(one.vertx())
            .request(
                ClusterRequest.LEDGER_ADDRESS,
                new ClusterRequest.OpenSharedLedger(),
                Duration.ofMinutes(1)));
  }

  private <R extends BusMessage> R ask(int member, LedgerRequest<R> request) {
    return InProcessCluster.await(
        Bus.of(members.get(member).vertx())
            .request(LedgerRequest.ADDRESS, request, Duration.ofMinutes(1)));
  }

  private List<String> held(int member) {
    return ask(member, new LedgerRequest.ExportEvents()).events().stream()
        .map(event -> event.id().toString())
        .toList();
  }

  private void awaitHeld(int member, int count) {
    MemberProcess.await(
        "member " + member + " holds " + count,
        () -> held(member).size() == count,
        () -> "it holds " + held(member).size());
  }

  private com.hazelcast.map.IMap<String, byte[]> map() {
    return members.get(0).hazelcast().getMap(EventEntry.LEDGER_MAP);
  }

  private static JudgedEvent tease(int second) {
    return valid(BART.tease((1_700_000_000L + second) * SECOND, "lisa"));
  }

  private static JudgedEvent restart(int number) {
    byte[] json =
        Citizen.unsigned(
            (1_700_000_000L + number) * SECOND,
            new Observation(
                "lisa",
                "",
                "bart",
                "",
                Observation.RESTART,
                3,
                false,
                1_700_000_000L + number,
                number,
                0,
                "",
                "",
                0));
    return new JudgedEvent(Citizen.read(json).event(), Verdict.UNSIGNED);
  }

  private static JudgedEvent checkpoint(String... valid) {
    Event event =
        Citizen.read(
                Citizen.unsigned(
                    1_700_001_000L * SECOND,
                    new Checkpoint(
                        1_700_000_900L,
                        "bart",
                        "",
                        "",
                        new Checkpoint.AgreedValues(30, 1, 1),
                        1_700_000_900L,
                        1,
                        List.of("m", "o"),
                        List.of("", ""))))
            .event();
    List<Voter> voters = List.of(valid).stream().map(SharedLedgerVerticleIT::voter).toList();
    return new JudgedEvent(event, Verdict.VALID, Voters.of(voters));
  }

  private static JudgedEvent valid(byte[] json) {
    return new JudgedEvent(Citizen.read(json).event(), Verdict.VALID);
  }

  private static Voter voter(String name) {
    PublicKey key = Citizen.named(name).key();
    return new Voter(name, key);
  }
}
