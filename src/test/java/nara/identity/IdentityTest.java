package nara.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IdentityTest {
  private static final Optional<byte[]> HARDWARE = Optional.of(new byte[32]);

  private final Soul soul = Soul.generate("lisa", new Random(1));

  @Test
  void noSecretIsEverPrinted() {
    Identity lisa = Identity.of("lisa", soul);
    assertThat(lisa.toString()).contains("lisa", lisa.id());
    for (Object printed : List.of(soul, lisa, lisa.keys(), Optional.of(soul))) {
      assertThat(printed.toString())
          .doesNotContain(soul.encoded())
          .doesNotContain(Base58.encode(soul.seed()));
    }
  }

  @Test
  void aSoulHandsOutCopies() {
    soul.bytes()[0] ^= 1;
    soul.seed()[0] ^= 1;
    soul.tag()[0] ^= 1;
    assertThat(soul).isEqualTo(Soul.generate("lisa", new Random(1)));
  }

  @Test
  void theEmptyNameBondsWithNoSoul() {
    assertThat(Soul.forName(soul.seed(), "").bondedTo("")).isFalse();
  }

  @Test
  void aSoulOfWrongSizesIsAProgrammersError() {
    assertThatIllegalArgumentException().isThrownBy(() -> Soul.of(new byte[31], new byte[8]));
    assertThatIllegalArgumentException().isThrownBy(() -> Soul.of(new byte[32], new byte[9]));
    assertThatIllegalArgumentException().isThrownBy(() -> KeyPair.fromSeed(new byte[33]));
  }

  @Test
  void textThatIsNoSoulIsNotRead() {
    for (String text : List.of("", "1", "0".repeat(54), "z".repeat(55), "1".repeat(100_000))) {
      assertThat(Soul.parse(text)).as(text.substring(0, Math.min(60, text.length()))).isEmpty();
    }
  }

  @Test
  void aSoulGivenWithItsBondedNameKeepsItHoweverGenericItSounds() {
    Soul generic = Soul.generate("agreeable-nara-178", new Random(2));
    Identity identity =
        Identity.determine("agreeable-nara-178", generic.encoded(), "debian", Optional.empty());
    assertThat(identity.name()).isEqualTo("agreeable-nara-178");
    assertThat(identity.bonded()).isTrue();
  }

  @Test
  void theDomainOfTheHostIsNoPartOfTheName() {
    assertThat(Identity.determine("", "", "desk.example.org", HARDWARE))
        .isEqualTo(Identity.determine("desk", "", "", HARDWARE));
  }

  @Test
  void aNodeWithoutAnyNameIsNamedByItsHardware() {
    Identity identity = Identity.determine("", "", "", HARDWARE);
    assertThat(identity).isEqualTo(Identity.determine("", "", "localhost", HARDWARE));
    assertThat(identity.name()).isEqualTo(GeneratedName.of(identity.soul().seed()));
    assertThat(identity.bonded()).isTrue();
  }

  @Test
  void withoutHardwareASoulMustBeGiven() {
    assertThat(Identity.determine("lisa", soul.encoded(), "", Optional.empty()).bonded()).isTrue();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Identity.determine("lisa", "", "", Optional.empty()))
        .withMessageContaining("give the node a soul");
  }

  @Test
  void theWordsForGeneratedNamesAreManyAndOurOwn() {
    for (String kind : List.of("adjectives", "nouns")) {
      List<String> words = Resource.lines(kind + ".txt");
      assertThat(words).hasSizeGreaterThanOrEqualTo(60).doesNotHaveDuplicates();
      assertThat(new HashSet<>(Vectors.texts(Vectors.GENERATOR.get(kind))))
          .doesNotContainAnyElementsOf(words);
    }
  }

  @Test
  void theGeneratorRefusesABoundThatIsNotPositive() {
    assertThatIllegalArgumentException().isThrownBy(() -> GoRandom.seeded(1).intn(0));
  }
}
