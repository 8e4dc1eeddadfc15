package nara.simulation.mutation;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import nara.simulation.SeedCheck;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Puts old faults back, one at a time: the simulation finds each within its first 1,000 seeds. */
class OldFaultsTest {
  private static final String FORM_ORDER = "nara.ledger.index.FormOrder";

  static Stream<Arguments> faults() {
    return Stream.of(
        Arguments.of(
            new Mutation(
                "the first key of a name wins",
                "nara.identity.NameClaims",
                "private int decide(List<Evidence> evidence, int incumbent) {",
                "private int decide(List<Evidence> evidence, int incumbent) {\n"
                    + "    if (!evidence.isEmpty()) {\n      return 0;\n    }"),
            7),
        Arguments.of(
            new Mutation(
                "a form with white space replaces the honest one",
                FORM_ORDER,
                "int byForm = Boolean.compare(other.isCompact(), event.isCompact());\n"
                    + "    int byFields = byForm != 0 ? byForm : fields(other) - fields(event);\n"
                    + "    int byLength = byFields != 0"
                    + " ? byFields : event.json().length - other.json().length;",
                "int byLength = 0;"),
            180),
        Arguments.of(
            new Mutation(
                "a stranger's copy replaces the author's event",
                FORM_ORDER,
                "Boolean.compare(StoredEvent.isAuthored(other, verdict), stored.isAuthored())",
                "0"),
            185),
        Arguments.of(
            new Mutation(
                "a neighbour is dropped for events that others forged",
                "nara.recovery.PeerScore",
                "rejectedEvents += offer.rejected();",
                "rejectedEvents += offer.rejected();\n"
                    + "    if (rejectedEvents >= 30) {\n      drop(\"lies\");\n    }"),
            343),
        Arguments.of(
            new Mutation(
                "an id that two naras claim belongs to neither",
                "nara.identity.IdClaims",
                "    List<IdClaim> own = claims.stream()",
                "    if (claims.size() > 1) {\n      return List.of();\n    }\n"
                    + "    List<IdClaim> own = claims.stream()"),
            150),
        Arguments.of(
            new Mutation(
                "a nara that was refused once is never asked again",
                "nara.discovery.DiscoveryVerticle",
                "    known.acceptableByNow().forEach(this::pingAgain);",
                ""),
            310),
        Arguments.of(
            new Mutation(
                "a vote counts without a valid signature",
                "nara.checkpoint.consensus.AttestationVerifier",
                "                valid\n                    ? Future",
                "                key != null\n                    ? Future"),
            69),
        Arguments.of(
            new Mutation(
                "a stash is given to anybody who names its owner",
                "nara.stash.StashVerticle",
                "    return kept.find(received.key())\n"
                    + "        .filter(stash ->"
                    + " request.ownerId().equals(received.message().fromId()))\n",
                "    return kept.all().stream()\n"
                    + "        .filter(stash -> stash.ownerId().equals(request.ownerId()))\n"
                    + "        .findFirst()\n"),
            983));
  }

  /**
   * @param seed one that finds the fault: where one seed does, the first thousand do
   */
  @ParameterizedTest
  @MethodSource("faults")
  void simulation_finds_an_old_fault_within_a_thousand_seeds(Mutation fault, long seed)
      throws ReflectiveOperationException {
    assertThat(seed).isLessThan(1_000);
    Method run = fault.load(SeedCheck.class.getName()).getMethod("failures", long.class);

    List<?> found = LongStream.of(seed).mapToObj(each -> call(run, each)).toList();

    assertThat(found).as("failures of seed %d", seed).isNotEqualTo(List.of(List.of()));
  }

  private static Object call(Method run, long seed) {
    try {
      return run.invoke(null, seed);
    } catch (ReflectiveOperationException broken) {
      throw new IllegalStateException(broken);
    }
  }
}
