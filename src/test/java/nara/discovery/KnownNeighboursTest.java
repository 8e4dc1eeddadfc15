package nara.discovery;

import static nara.discovery.Neighbour.Source.CONFIGURED;
import static nara.discovery.Neighbour.Source.HEARSAY;
import static nara.discovery.Neighbour.Source.PLAZA;
import static nara.discovery.Neighbour.Source.SCAN;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import nara.identity.Identity;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.PublicKey;
import nara.mesh.MeshRequest.Pong;
import nara.plaza.Presence;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class KnownNeighboursTest {
  private static final String HERE = "10.0.0.1:7433";
  private static final String THERE = "10.0.0.2:7433";
  private static final String ELSEWHERE = "10.0.0.3:7433";

  private final Identity me = Somebody.named("me");
  private final Keyring keys = new Keyring();
  private final KnownNeighbours known = new KnownNeighbours(me, keys, 3);

  @Nested
  class Asked {
    @Test
    void who_answers_is_a_neighbour_whose_key_is_learned() {
      assertThat(answers(found(HERE), "bart")).isEmpty();

      assertThat(known.all())
          .containsExactly(
              new Neighbour(
                  "bart",
                  "",
                  HERE,
                  Optional.of(Somebody.key("bart")),
                  java.util.Set.of(SCAN),
                  true));
      assertThat(keys.entries()).extracting(Keyring.Entry::origin).containsExactly(Origin.PING);
    }

    @Test
    void a_configured_peer_that_does_not_answer_is_known_and_offline() {
      known.configured("bart", HERE);
      known.unanswered(configured("bart", HERE));

      assertThat(bart().online()).isFalse();
      assertThat(bart().address()).isEqualTo(HERE);
      assertThat(bart().sources()).containsExactly(CONFIGURED);
    }

    @Test
    void a_configured_name_that_differs_from_the_answer_is_a_trouble_and_nobody_is_used() {
      known.configured("bart", HERE);

      assertThat(answers(configured("bart", HERE), "lisa"))
          .hasValueSatisfying(
              it -> assertThat(it).contains(HERE, "\"lisa\"", "should be \"bart\"", "not used"));
      assertThat(known.all()).extracting(Neighbour::name).containsExactly("bart");
      assertThat(bart().online()).isFalse();
      assertThat(keys.size()).isZero();
    }

    @Test
    void a_second_key_of_a_name_is_a_trouble_and_not_used() {
      keys.learn("bart", "", Somebody.key("the real bart"), Origin.HEY_THERE);

      assertThat(answers(found(HERE), "bart"))
          .hasValueSatisfying(it -> assertThat(it).contains("another key than the first one"));
      assertThat(known.all()).isEmpty();
    }

    @Test
    void this_node_is_no_neighbour_and_no_trouble() {
      assertThat(answers(found(HERE), "me")).isEmpty();
      assertThat(answers(configured("me", HERE), "me")).isEmpty();
      known.configured("me", HERE);

      assertThat(known.all()).isEmpty();
    }

    @Test
    void this_node_under_another_peers_name_is_a_trouble() {
      assertThat(answers(configured("bart", HERE), "me"))
          .hasValueSatisfying(it -> assertThat(it).contains("is this node, not \"bart\""));
    }

    @Test
    void this_nodes_name_with_another_key_or_its_key_with_another_name_is_a_trouble() {
      assertThat(known.answered(found(HERE), pong("me", Somebody.key("impostor"))))
          .hasValueSatisfying(it -> assertThat(it).contains("this node's name"));
      assertThat(known.answered(found(HERE), pong("bart", me.keys().publicKey())))
          .hasValueSatisfying(it -> assertThat(it).contains("this node's key"));
      assertThat(known.all()).isEmpty();
      assertThat(keys.size()).isZero();
    }

    @Test
    void a_name_that_is_empty_or_too_long_is_a_trouble_in_a_short_sentence() {
      assertThat(answers(found(HERE), ""))
          .hasValueSatisfying(it -> assertThat(it).contains("no name"));
      assertThat(answers(found(HERE), "x".repeat(10_000)))
          .hasValueSatisfying(
              it -> assertThat(it).contains("too long a name").hasSizeLessThan(200));
      assertThat(known.all()).isEmpty();
    }

    @Test
    void an_address_that_passes_to_another_takes_the_first_one_offline() {
      answers(found(HERE), "bart");
      answers(found(HERE), "lisa");

      assertThat(bart().online()).isFalse();
      assertThat(neighbour("lisa").online()).isTrue();
    }

    @Test
    void silence_where_somebody_answered_takes_it_offline_whoever_was_expected() {
      answers(found(HERE), "bart");
      known.unanswered(found(HERE));

      assertThat(bart().online()).isFalse();
    }

    @Test
    void an_id_comes_from_the_keyring() {
      keys.learn("bart", "bart's id", Somebody.key("bart"), Origin.HEY_THERE);
      answers(found(HERE), "bart");

      assertThat(bart().id()).isEqualTo("bart's id");
    }
  }

  @Nested
  class Heard {
    @Test
    void who_announces_itself_is_online_and_who_left_is_not() {
      known.heard(announced("bart", HERE));
      assertThat(bart().online()).isTrue();
      assertThat(bart().sources()).containsExactly(PLAZA);

      known.heard(new Presence.Left("bart"));
      assertThat(bart().online()).isFalse();
      known.heard(rumour("bart", ""));
      assertThat(bart().online()).as("hearsay brings nobody back").isFalse();

      known.heard(announced("bart", ""));
      assertThat(bart().online()).isTrue();
      assertThat(bart().address()).isEqualTo(HERE);
    }

    @Test
    void hearsay_makes_nobody_online() {
      known.heard(rumour("bart", HERE));

      assertThat(bart().online()).isFalse();
      assertThat(bart().sources()).containsExactly(HEARSAY);
    }

    @Test
    void somebody_unknown_may_leave() {
      assertThat(known.heard(new Presence.Left("nobody"))).isEmpty();
      assertThat(known.all()).isEmpty();
    }

    @Test
    void this_node_is_no_neighbour() {
      known.heard(announced("me", HERE));
      known.heard(new Presence.Left("me"));

      assertThat(known.all()).isEmpty();
    }

    @Test
    void a_key_other_than_the_first_is_a_trouble_and_not_used() {
      keys.learn("bart", "", Somebody.key("bart"), Origin.HEY_THERE);

      assertThat(
              known.heard(
                  new Presence.Present(
                      "bart", "", HERE, Optional.of(Somebody.key("impostor")), true)))
          .hasValueSatisfying(it -> assertThat(it).contains("another key than its first"));
      assertThat(known.all()).isEmpty();
    }

    @Test
    void this_nodes_key_under_another_name_is_a_trouble() {
      assertThat(
              known.heard(
                  new Presence.Present("bart", "", HERE, Optional.of(me.keys().publicKey()), true)))
          .hasValueSatisfying(it -> assertThat(it).contains("this node's key"));
      assertThat(known.all()).isEmpty();
    }

    @Test
    void an_address_that_is_none_is_left_aside() {
      known.heard(announced("bart", HERE));
      known.heard(announced("bart", "evil/../path"));

      assertThat(bart().address()).isEqualTo(HERE);
    }

    @Test
    void names_and_ids_are_bounded() {
      known.heard(announced("x".repeat(1_025), HERE));
      known.heard(new Presence.Present("bart", "i".repeat(257), HERE, Optional.empty(), true));
      known.heard(announced("", HERE));

      assertThat(known.all()).extracting(Neighbour::name).containsExactly("bart");
      assertThat(bart().id()).isEmpty();
    }
  }

  @Nested
  class Contradicted {
    @Test
    void what_a_nara_says_of_itself_beats_hearsay_before_and_after() {
      known.heard(rumour("bart", HERE));
      known.heard(announced("bart", THERE));
      known.heard(rumour("bart", ELSEWHERE));

      assertThat(bart().address()).isEqualTo(THERE);
      assertThat(bart().sources()).containsExactlyInAnyOrder(PLAZA, HEARSAY);
    }

    @Test
    void a_later_announcement_beats_an_earlier_one() {
      known.heard(announced("bart", HERE));
      known.heard(announced("bart", THERE));

      assertThat(bart().address()).isEqualTo(THERE);
    }

    @Test
    void an_unsigned_answer_does_not_beat_a_signed_announcement_but_hearsay() {
      known.heard(rumour("bart", HERE));
      answers(found(THERE), "bart");
      assertThat(bart().address()).isEqualTo(THERE);

      known.heard(announced("bart", ELSEWHERE));
      answers(found(THERE), "bart");
      assertThat(bart().address()).isEqualTo(ELSEWHERE);
    }

    @Test
    void an_announced_address_where_nobody_answers_gives_way_to_one_where_it_does() {
      answers(found(THERE), "bart");
      known.heard(announced("bart", ELSEWHERE));
      known.unanswered(new Target(ELSEWHERE, "bart", PLAZA));

      assertThat(bart().address()).isEqualTo(THERE);
      assertThat(bart().online()).as("it announced itself and has not left").isTrue();
    }

    @Test
    void the_operators_address_beats_all_while_it_answers() {
      known.configured("bart", HERE);
      answers(configured("bart", HERE), "bart");
      known.heard(announced("bart", THERE));
      assertThat(bart().address()).isEqualTo(HERE);

      known.unanswered(configured("bart", HERE));
      assertThat(bart().address()).isEqualTo(THERE);
    }
  }

  @Nested
  class Full {
    @Test
    void rumours_make_room_for_those_who_are_there_and_for_no_further_rumours() {
      known.heard(announced("bart", HERE));
      known.heard(rumour("r1", HERE));
      known.heard(rumour("r2", HERE));

      assertThat(known.heard(rumour("r3", HERE)))
          .hasValueSatisfying(it -> assertThat(it).contains("no room for more neighbours"));
      assertThat(known.heard(announced("lisa", THERE))).isEmpty();
      assertThat(known.all()).extracting(Neighbour::name).containsExactly("bart", "lisa", "r2");
    }

    @Test
    void those_who_are_gone_make_room_for_those_who_come_and_those_who_are_there_stay() {
      known.heard(announced("bart", HERE));
      known.heard(announced("lisa", HERE));
      known.heard(announced("moe", THERE));
      assertThat(known.heard(announced("abe", THERE)))
          .hasValueSatisfying(it -> assertThat(it).contains("no room for more neighbours"));

      known.heard(new Presence.Missed("bart"));
      known.heard(new Presence.Left("moe"));
      known.heard(announced("bart", HERE));
      assertThat(known.heard(rumour("ned", HERE))).as("a rumour displaces nobody").isPresent();
      assertThat(known.heard(announced("abe", THERE))).isEmpty();
      assertThat(known.heard(announced("ned", THERE))).isPresent();

      assertThat(known.all()).extracting(Neighbour::name).containsExactly("abe", "bart", "lisa");
    }

    @Test
    void those_whom_the_operator_named_always_find_room() {
      for (String name : new String[] {"a", "b", "c"}) {
        known.heard(announced(name, HERE));
      }
      assertThat(answers(found(THERE), "d")).isPresent();
      known.configured("bart", HERE);

      assertThat(known.all()).extracting(Neighbour::name).containsExactly("b", "bart", "c");
    }
  }

  @Test
  void what_was_told_is_asked_about_first_hand_first_and_what_is_configured_is_not() {
    known.configured("bart", HERE);
    known.heard(announced("bart", HERE));
    known.heard(rumour("lisa", THERE));
    known.heard(announced("moe", ELSEWHERE));

    assertThat(known.toldOf(10))
        .containsExactly(new Target(ELSEWHERE, "moe", PLAZA), new Target(THERE, "lisa", HEARSAY));
    assertThat(known.toldOf(1)).extracting(Target::expected).containsExactly("moe");
  }

  private Optional<String> answers(Target target, String name) {
    return known.answered(target, pong(name, Somebody.key(name)));
  }

  private static Pong pong(String name, PublicKey key) {
    return new Pong(name, key, "", Duration.ofMillis(3));
  }

  private static Target found(String address) {
    return new Target(address, "", SCAN);
  }

  private static Target configured(String name, String address) {
    return new Target(address, name, CONFIGURED);
  }

  private static Presence announced(String name, String address) {
    return new Presence.Present(name, "", address, Optional.empty(), true);
  }

  private static Presence rumour(String name, String address) {
    return new Presence.Present(name, "", address, Optional.empty(), false);
  }

  private Neighbour bart() {
    return neighbour("bart");
  }

  private Neighbour neighbour(String name) {
    return known.all().stream().filter(each -> each.name().equals(name)).findFirst().orElseThrow();
  }
}
