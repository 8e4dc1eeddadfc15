package nara.discovery;

import static nara.discovery.Neighbour.Source.CONFIGURED;
import static nara.discovery.Neighbour.Source.HEARSAY;
import static nara.discovery.Neighbour.Source.PLAZA;
import static nara.discovery.Neighbour.Source.SCAN;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.identity.Witness;
import nara.mesh.client.MeshRequest.Pong;
import nara.mesh.wire.AddressPolicy;
import nara.presence.Presence;
import nara.presence.Presence.Offline;
import nara.presence.Presence.Online;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class KnownNeighboursTest {
  private static final String HERE = "10.0.0.1:7433";
  private static final String THERE = "10.0.0.2:7433";
  private static final String ELSEWHERE = "10.0.0.3:7433";

  private final Identity me = TestIdentities.named("me");
  private final Keyring keys = new Keyring();
  private final List<PingTarget> toPing = new ArrayList<>();
  private final List<String> changes = new ArrayList<>();
  private final KnownNeighbours known =
      new KnownNeighbours(
          me,
          keys,
          AddressPolicy.strict(),
          toPing::add,
          (name, change) -> changes.add(name + " " + change),
          3);

  @Nested
  class PingResults {
    @Test
    void responding_peer_becomes_neighbour_with_learned_key() {
      assertThat(answers(found(HERE), "bart")).isEmpty();

      assertThat(known.all())
          .containsExactly(
              new Neighbour(
                  "bart",
                  "",
                  HERE,
                  Optional.of(TestIdentities.key("bart")),
                  java.util.Set.of(SCAN),
                  true));
      assertThat(keys.entries()).extracting(Keyring.KeyEntry::origin).containsExactly(Origin.PING);
    }

    @Test
    void configured_peer_is_offline_when_it_does_not_answer() {
      known.addConfigured("bart", List.of(HERE));
      known.onNoPong(configured("bart", HERE));

      assertThat(bart().online()).isFalse();
      assertThat(bart().address()).isEqualTo(HERE);
      assertThat(bart().sources()).containsExactly(CONFIGURED);
    }

    @Test
    void mismatched_configured_name_is_reported_and_not_used() {
      known.addConfigured("bart", List.of(HERE));

      assertThat(answers(configured("bart", HERE), "lisa"))
          .hasValueSatisfying(
              it -> assertThat(it).contains(HERE, "\"lisa\"", "should be \"bart\"", "not used"));
      assertThat(known.all()).extracting(Neighbour::name).containsExactly("bart");
      assertThat(bart().online()).isFalse();
      assertThat(keys.size()).isZero();
    }

    @Test
    void key_that_does_not_hold_is_reported_and_not_used() {
      keys.learn("bart", "", TestIdentities.key("the real bart"), Origin.CONFIG);

      assertThat(answers(found(HERE), "bart"))
          .hasValueSatisfying(it -> assertThat(it).contains("another key than the one"));
      assertThat(known.all()).isEmpty();
    }

    @Test
    void this_node_is_neither_neighbour_nor_problem() {
      assertThat(answers(found(HERE), "me")).isEmpty();
      assertThat(answers(configured("me", HERE), "me")).isEmpty();
      known.addConfigured("me", List.of(HERE));

      assertThat(known.all()).isEmpty();
    }

    @Test
    void this_node_under_a_peers_name_is_reported() {
      assertThat(answers(configured("bart", HERE), "me"))
          .hasValueSatisfying(it -> assertThat(it).contains("is this node, not \"bart\""));
    }

    @Test
    void neighbour_that_comes_leaves_comes_back_and_is_lost_is_told_of_once_each() {
      known.onPresence(announced("bart", HERE));
      known.onPresence(announced("bart", HERE));
      answers(new PingTarget(HERE, "bart", PLAZA), "bart");
      known.onPresence(new Offline("bart", true, Instant.EPOCH));
      known.onPresence(new Offline("bart", true, Instant.EPOCH));
      known.onPresence(announced("bart", HERE));
      known.onPresence(new Presence.Missing("bart"));

      assertThat(changes).containsExactly("bart CAME", "bart LEFT", "bart CAME", "bart LOST");
    }

    @Test
    void configured_neighbour_that_stops_answering_is_lost() {
      known.addConfigured("bart", List.of(HERE));
      answers(configured("bart", HERE), "bart");
      known.onNoPong(configured("bart", HERE));

      assertThat(changes).containsExactly("bart CAME", "bart LOST");
    }

    @Test
    void configured_neighbour_whose_address_is_this_node_is_no_neighbour() {
      known.addConfigured("bart", List.of(HERE));
      answers(configured("bart", HERE), "me");
      assertThat(known.all()).isEmpty();

      known.addConfigured("bart", List.of(HERE));
      assertThat(known.all()).as("in the next run").isEmpty();
      assertThat(answers(configured("bart", HERE), "bart")).isEmpty();
      assertThat(bart().address()).as("it is another machine now").isEqualTo(HERE);
    }

    @Test
    void announced_neighbour_keeps_no_address_of_this_node() {
      known.onPresence(announced("bart", HERE));
      answers(new PingTarget(HERE, "bart", PLAZA), "me");

      assertThat(bart().online()).isTrue();
      assertThat(bart().address()).isEmpty();
      known.onPresence(announced("bart", HERE));
      assertThat(bart().address()).isEmpty();
    }

    @Test
    void own_name_with_another_key_and_own_key_with_another_name_are_reported() {
      assertThat(known.onPong(found(HERE), pong("me", TestIdentities.key("impostor"))))
          .hasValueSatisfying(it -> assertThat(it).contains("this node's name"));
      assertThat(known.onPong(found(HERE), pong("bart", me.keys().publicKey())))
          .hasValueSatisfying(it -> assertThat(it).contains("this node's key"));
      assertThat(known.all()).isEmpty();
      assertThat(keys.size()).isZero();
    }

    @Test
    void empty_or_overlong_name_is_reported_in_a_short_sentence() {
      assertThat(answers(found(HERE), ""))
          .hasValueSatisfying(it -> assertThat(it).contains("no name"));
      assertThat(answers(found(HERE), "x".repeat(10_000)))
          .hasValueSatisfying(
              it -> assertThat(it).contains("too long a name").hasSizeLessThan(200));
      assertThat(known.all()).isEmpty();
    }

    @Test
    void neighbour_goes_offline_when_another_answers_at_its_address() {
      answers(found(HERE), "bart");
      answers(found(HERE), "lisa");

      assertThat(bart().online()).isFalse();
      assertThat(neighbour("lisa").online()).isTrue();
    }

    @Test
    void unanswered_ping_marks_last_responder_offline() {
      answers(found(HERE), "bart");
      known.onNoPong(found(HERE));

      assertThat(bart().online()).isFalse();
    }

    @Test
    void announced_address_that_the_operator_configured_for_the_name_is_as_good_as_his() {
      known.addConfigured("bart", List.of(HERE));
      answers(new PingTarget(HERE, "bart", PLAZA), "bart");
      assertThat(keys.entries())
          .extracting(Keyring.KeyEntry::origin)
          .containsExactly(Origin.NAMED_PING);

      answers(new PingTarget(THERE, "lisa", PLAZA), "lisa");
      assertThat(keys.isFromOperator("lisa")).isFalse();
    }

    @Test
    void configured_address_that_did_not_respond_is_pinged_when_the_nara_announces_itself() {
      known.addConfigured("bart", List.of(HERE));
      known.onNoPong(configured("bart", HERE));

      known.onPresence(announced("bart", ""));
      assertThat(toPing).containsExactly(configured("bart", HERE));
      answers(toPing.getLast(), "bart");
      known.onPresence(announced("bart", ""));

      assertThat(toPing).hasSize(1);
      assertThat(keys.isDecided("bart")).isTrue();
    }

    @Test
    void id_comes_from_the_keyring() {
      keys.learn("bart", "bart's id", TestIdentities.key("bart"), Origin.HEY_THERE);
      answers(found(HERE), "bart");

      assertThat(bart().id()).isEqualTo("bart's id");
    }
  }

  @Nested
  class Announcements {
    @Test
    void announced_neighbour_is_online_until_it_leaves() {
      known.onPresence(announced("bart", HERE));
      assertThat(bart().online()).isTrue();
      assertThat(bart().sources()).containsExactly(PLAZA);

      known.onPresence(new Offline("bart", true, Instant.EPOCH));
      assertThat(bart().online()).isFalse();
      known.onPresence(rumour("bart", ""));
      assertThat(bart().online()).as("hearsay brings nobody back").isFalse();

      known.onPresence(announced("bart", ""));
      assertThat(bart().online()).isTrue();
    }

    @Test
    void announced_address_is_used_once_the_nara_answers_there() {
      known.onPresence(announced("bart", HERE));
      assertThat(bart().address()).isEmpty();
      assertThat(toPing).containsExactly(new PingTarget(HERE, "bart", PLAZA));

      answers(toPing.getFirst(), "bart");

      assertThat(bart().address()).isEqualTo(HERE);
      known.onPresence(announced("bart", HERE));
      assertThat(toPing).as("it answered already").hasSize(1);
    }

    @Test
    void hearsay_does_not_mark_online() {
      known.onPresence(rumour("bart", HERE));

      assertThat(bart().online()).isFalse();
      assertThat(bart().sources()).containsExactly(HEARSAY);
    }

    @Test
    void chau_of_unknown_nara_is_accepted() {
      assertThat(known.onPresence(new Offline("nobody", true, Instant.EPOCH))).isEmpty();
      assertThat(known.all()).isEmpty();
    }

    @Test
    void nara_whose_key_holds_later_is_pinged_again() {
      keys.learn(
          "bart", "", TestIdentities.key("mallory"), Origin.PING, new Witness("10.0.0.66", true));
      assertThat(known.onPong(found(HERE), pong("bart", TestIdentities.key("bart")))).isPresent();
      assertThat(known.acceptableByNow()).isEmpty();

      keys.learn("bart", "", TestIdentities.key("bart"), Origin.CONFIG);
      assertThat(known.acceptableByNow()).containsExactly(found(HERE));
      answers(found(HERE), "bart");

      assertThat(bart().online()).isTrue();
      assertThat(known.acceptableByNow()).isEmpty();
      assertThat(known.settledProblems()).hasSize(1);
    }

    @Test
    void this_node_is_no_neighbour() {
      known.onPresence(announced("me", HERE));
      known.onPresence(new Offline("me", true, Instant.EPOCH));

      assertThat(known.all()).isEmpty();
    }

    @Test
    void announcement_with_a_second_key_is_reported_and_not_used() {
      keys.learn("bart", "", TestIdentities.key("bart"), Origin.HEY_THERE);

      assertThat(
              known.onPresence(
                  new Online("bart", "", HERE, Optional.of(TestIdentities.key("impostor")), true)))
          .hasValueSatisfying(
              it -> assertThat(it).contains("another key than the one of that name that holds"));
      assertThat(known.all()).isEmpty();
    }

    @Test
    void announcement_with_this_nodes_key_is_reported() {
      assertThat(
              known.onPresence(
                  new Online("bart", "", HERE, Optional.of(me.keys().publicKey()), true)))
          .hasValueSatisfying(it -> assertThat(it).contains("this node's key"));
      assertThat(known.all()).isEmpty();
    }

    @Test
    void refused_address_is_ignored() {
      for (String address : List.of("evil/../path", "127.0.0.1:80", "evil.example:80")) {
        known.onPresence(announced("bart", address));
      }

      assertThat(toPing).isEmpty();
      assertThat(known.announcedTargets(10)).isEmpty();
    }

    @Test
    void names_and_ids_are_bounded() {
      known.onPresence(announced("x".repeat(1_025), HERE));
      known.onPresence(new Online("bart", "i".repeat(257), HERE, Optional.empty(), true));
      known.onPresence(announced("", HERE));

      assertThat(known.all()).extracting(Neighbour::name).containsExactly("bart");
      assertThat(bart().id()).isEmpty();
    }
  }

  @Nested
  class ConflictingSources {
    @Test
    void answering_address_is_not_replaced_by_claims() {
      known.onPresence(rumour("bart", HERE));
      answers(toPing.getLast(), "bart");
      known.onPresence(announced("bart", THERE));
      known.onPresence(rumour("bart", ELSEWHERE));

      assertThat(bart().address()).isEqualTo(HERE);
      assertThat(bart().sources()).containsExactlyInAnyOrder(PLAZA, HEARSAY);
    }

    @Test
    void howdy_with_another_address_does_not_hide_its_sender() {
      known.onPresence(howdy("bart", HERE));
      for (int i = 0; i < 50; i++) {
        known.onPresence(howdy("bart", "10.9.0." + i + ":1"));
      }
      assertThat(toPing).as("claims of one name").hasSize(NeighbourAddresses.MAX_UNSIGNED);

      toPing.stream().filter(target -> !target.address().equals(HERE)).forEach(known::onNoPong);
      answers(toPing.getFirst(), "bart");

      assertThat(bart().address()).isEqualTo(HERE);
    }

    @Test
    void failed_unsigned_claim_makes_room_for_another() {
      for (int i = 0; i < 50; i++) {
        known.onPresence(howdy("bart", "10.9.0." + i + ":1"));
      }
      toPing.forEach(known::onNoPong);
      toPing.clear();
      known.onPresence(howdy("bart", HERE));

      assertThat(toPing).extracting(PingTarget::address).containsExactly(HERE);
    }

    @Test
    void signed_claim_always_has_room() {
      for (int i = 0; i < 50; i++) {
        known.onPresence(howdy("bart", "10.9.0." + i + ":1"));
      }
      known.onPresence(announced("bart", HERE));

      assertThat(toPing.getLast().address()).isEqualTo(HERE);
    }

    @Test
    void signed_claim_that_answers_replaces_an_unsigned_one() {
      known.onPresence(howdy("bart", THERE));
      answers(toPing.getLast(), "bart");
      known.onPresence(announced("bart", HERE));
      answers(toPing.getLast(), "bart");

      assertThat(bart().address()).isEqualTo(HERE);
    }

    @Test
    void address_that_signs_wins_over_one_that_only_answers_pings() {
      known.onPresence(howdy("bart", THERE));
      answers(toPing.getLast(), "bart");
      assertThat(known.rivals("bart")).isEmpty();
      known.onPresence(howdy("bart", HERE));
      answers(toPing.getLast(), "bart");
      assertThat(known.rivals("bart")).containsExactly(THERE, HERE);

      known.onProof("bart", THERE, false);
      known.onProof("bart", HERE, true);

      assertThat(bart().address()).isEqualTo(HERE);
      assertThat(known.rivals("bart")).isEmpty();
    }

    @Test
    void nara_that_moves_twice_is_compared_with_its_proven_address() {
      known.onPresence(announced("bart", HERE));
      answers(toPing.getLast(), "bart");
      known.onPresence(announced("bart", THERE));
      answers(toPing.getLast(), "bart");
      known.onProof("bart", THERE, true);
      known.onNoPong(new PingTarget(HERE, "bart", PLAZA));
      assertThat(bart().address()).isEqualTo(THERE);

      known.onPresence(announced("bart", ELSEWHERE));
      answers(toPing.getLast(), "bart");
      assertThat(known.rivals("bart")).containsExactly(THERE, ELSEWHERE);
      known.onNoPong(new PingTarget(THERE, "bart", PLAZA));

      assertThat(bart().address()).isEqualTo(ELSEWHERE);
      assertThat(known.rivals("bart")).isEmpty();
    }

    @Test
    void rivals_without_a_proof_are_pinged_again_when_the_nara_repeats_its_claim() {
      known.onPresence(announced("bart", HERE));
      answers(toPing.getLast(), "bart");
      known.onPresence(announced("bart", THERE));
      answers(toPing.getLast(), "bart");
      known.onNoProof("bart", HERE);
      known.onNoProof("bart", THERE);
      toPing.clear();

      known.onPresence(announced("bart", THERE));
      assertThat(toPing).extracting(PingTarget::address).containsExactly(THERE);
      known.onProof("bart", THERE, true);
      toPing.clear();
      known.onPresence(announced("bart", THERE));

      assertThat(toPing).isEmpty();
    }

    @Test
    void nara_that_answers_at_an_address_that_another_claimed_is_used() {
      known.onPresence(announced("bart", HERE));
      known.onPresence(announced("impostor", HERE));

      assertThat(answers(new PingTarget(HERE, "impostor", PLAZA), "bart")).isEmpty();
      assertThat(bart().address()).isEqualTo(HERE);
      assertThat(neighbour("impostor").address()).isEmpty();
    }

    @Test
    void silent_address_remains_until_another_one_answers() {
      answers(found(THERE), "bart");
      known.onNoPong(found(THERE));
      assertThat(bart().address()).isEqualTo(THERE);
      known.onPresence(announced("bart", ELSEWHERE));
      assertThat(bart().online()).as("it announced itself and has not left").isTrue();
      answers(toPing.getLast(), "bart");

      assertThat(bart().address()).isEqualTo(ELSEWHERE);
    }

    @Test
    void configured_address_overrides_all_while_it_answers() {
      known.addConfigured("bart", List.of(HERE));
      answers(configured("bart", HERE), "bart");
      known.onPresence(announced("bart", THERE));
      answers(toPing.getLast(), "bart");
      assertThat(bart().address()).isEqualTo(HERE);

      known.onNoPong(configured("bart", HERE));
      assertThat(bart().address()).isEqualTo(THERE);
    }

    @Test
    void one_of_several_configured_addresses_is_enough() {
      known.addConfigured("bart", List.of(HERE, THERE));
      known.onNoPong(configured("bart", HERE));
      answers(configured("bart", THERE), "bart");

      assertThat(bart().address()).isEqualTo(THERE);
      assertThat(bart().online()).isTrue();
    }
  }

  @Nested
  class CapacityLimit {
    @Test
    void hearsay_is_evicted_for_announced_neighbours_only() {
      known.onPresence(announced("bart", HERE));
      known.onPresence(rumour("r1", HERE));
      known.onPresence(rumour("r2", HERE));

      assertThat(known.onPresence(rumour("r3", HERE)))
          .hasValueSatisfying(it -> assertThat(it).contains("no room for more neighbours"));
      assertThat(known.onPresence(announced("lisa", THERE))).isEmpty();
      assertThat(known.all()).extracting(Neighbour::name).containsExactly("bart", "lisa", "r2");
    }

    @Test
    void offline_neighbours_are_evicted_before_online_ones() {
      known.onPresence(announced("bart", HERE));
      known.onPresence(announced("lisa", HERE));
      known.onPresence(announced("moe", THERE));
      assertThat(known.onPresence(announced("abe", THERE)))
          .hasValueSatisfying(it -> assertThat(it).contains("no room for more neighbours"));

      known.onPresence(new Presence.Missing("bart"));
      known.onPresence(new Offline("moe", true, Instant.EPOCH));
      known.onPresence(announced("bart", HERE));
      assertThat(known.onPresence(rumour("ned", HERE))).as("a rumour displaces nobody").isPresent();
      assertThat(known.onPresence(announced("abe", THERE))).isEmpty();
      assertThat(known.onPresence(announced("ned", THERE))).isPresent();

      assertThat(known.all()).extracting(Neighbour::name).containsExactly("abe", "bart", "lisa");
    }

    @Test
    void configured_neighbours_always_fit() {
      for (String name : new String[] {"a", "b", "c"}) {
        known.onPresence(announced(name, HERE));
      }
      assertThat(answers(found(THERE), "d")).isPresent();
      known.addConfigured("bart", List.of(HERE));

      assertThat(known.all()).extracting(Neighbour::name).containsExactly("b", "bart", "c");
    }
  }

  @Test
  void known_naras_and_signed_claims_are_pinged_first() {
    known.addConfigured("bart", List.of(HERE));
    known.onPresence(announced("bart", HERE));
    known.onPresence(rumour("lisa", THERE));
    known.onPresence(announced("moe", ELSEWHERE));

    assertThat(known.announcedTargets(10))
        .containsExactly(
            new PingTarget(ELSEWHERE, "moe", PLAZA), new PingTarget(THERE, "lisa", HEARSAY));
    assertThat(known.announcedTargets(1))
        .extracting(PingTarget::expectedName)
        .containsExactly("moe");
  }

  @Test
  void run_pings_each_host_a_limited_number_of_times() {
    KnownNeighbours many =
        new KnownNeighbours(
            me, keys, AddressPolicy.strict(), target -> {}, (name, change) -> {}, 1_000);
    for (int i = 0; i < 200; i++) {
      many.onPresence(announced("n" + i, "10.0.0.1:" + (1 + i)));
    }

    assertThat(many.announcedTargets(1_000)).hasSize(AddressPolicy.MAX_PINGS_PER_HOST);
  }

  private Optional<String> answers(PingTarget target, String name) {
    return known.onPong(target, pong(name, TestIdentities.key(name)));
  }

  private static Pong pong(String name, PublicKey key) {
    return new Pong(name, key, "", Duration.ofMillis(3));
  }

  private static PingTarget found(String address) {
    return new PingTarget(address, "", SCAN);
  }

  private static PingTarget configured(String name, String address) {
    return new PingTarget(address, name, CONFIGURED);
  }

  private static Presence announced(String name, String address) {
    return new Online(name, "", address, Optional.empty(), true);
  }

  private static Presence howdy(String name, String address) {
    return new Online(name, "", address, Optional.empty(), true, false);
  }

  private static Presence rumour(String name, String address) {
    return new Online(name, "", address, Optional.empty(), false);
  }

  private Neighbour bart() {
    return neighbour("bart");
  }

  private Neighbour neighbour(String name) {
    return known.all().stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
  }
}
