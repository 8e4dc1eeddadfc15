package nara;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import io.vertx.core.Deployable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The arrows between the packages, and the rules of the house that can be seen in class files. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("nara");

  private static final Set<String> VERTICLES =
      Set.of(
          "bus",
          "ledger",
          "trust",
          "mesh",
          "plaza",
          "discovery",
          "checkpoint",
          "snapshot",
          "emit",
          "recovery",
          "cluster",
          "gossip",
          "opinion",
          "upkeep",
          "web",
          "event",
          "identity",
          "reconcile");

  /** Who may know whom; everybody knows himself, and the JDK and the libraries are not told. */
  private static final Map<String, Set<String>> MAY_KNOW =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("identity", Set.of()),
              Map.entry("event", Set.of("identity")),
              Map.entry("bus", Set.of()),
              Map.entry("reconcile", Set.of()),
              Map.entry("ledger", Set.of("event", "identity", "bus", "reconcile")),
              Map.entry("trust", Set.of("event", "identity", "bus", "ledger")),
              Map.entry("snapshot", Set.of("event", "identity", "bus", "ledger", "trust")),
              Map.entry("mesh", Set.of("event", "identity", "bus", "ledger", "trust", "reconcile")),
              Map.entry("emit", Set.of("event", "identity", "bus", "trust")),
              Map.entry("plaza", Set.of("event", "identity", "bus", "ledger", "trust", "emit")),
              Map.entry("discovery", Set.of("event", "identity", "bus", "mesh", "plaza")),
              Map.entry(
                  "checkpoint",
                  Set.of(
                      "event", "identity", "bus", "ledger", "trust", "mesh", "plaza", "discovery")),
              Map.entry(
                  "recovery",
                  Set.of(
                      "event",
                      "identity",
                      "bus",
                      "ledger",
                      "trust",
                      "mesh",
                      "plaza",
                      "discovery",
                      "checkpoint")),
              Map.entry(
                  "cluster",
                  Set.of("event", "identity", "bus", "ledger", "trust", "mesh", "recovery")),
              Map.entry(
                  "gossip",
                  Set.of(
                      "event",
                      "identity",
                      "bus",
                      "ledger",
                      "trust",
                      "mesh",
                      "plaza",
                      "discovery",
                      "recovery")),
              Map.entry(
                  "opinion", Set.of("event", "identity", "bus", "ledger", "plaza", "recovery")),
              Map.entry(
                  "upkeep",
                  Set.of(
                      "event",
                      "identity",
                      "bus",
                      "emit",
                      "ledger",
                      "trust",
                      "mesh",
                      "plaza",
                      "discovery",
                      "recovery",
                      "opinion")),
              Map.entry(
                  "web", Set.of("identity", "bus", "ledger", "recovery", "opinion", "cluster")),
              Map.entry("node", VERTICLES),
              Map.entry("demo", with(VERTICLES, "node")),
              Map.entry("cli", with(VERTICLES, "node", "demo"))));

  private static Set<String> with(Set<String> some, String... more) {
    return Stream.concat(some.stream(), Stream.of(more)).collect(Collectors.toUnmodifiableSet());
  }

  static Stream<String> packages() {
    return MAY_KNOW.keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("packages")
  void packages_depend_only_on_allowed_packages(String name) {
    List<String> forbidden = new ArrayList<>();
    for (String other : MAY_KNOW.keySet()) {
      if (!other.equals(name) && !MAY_KNOW.get(name).contains(other)) {
        forbidden.add("nara." + other + "..");
      }
    }
    if (!forbidden.isEmpty()) {
      check(
          noClasses()
              .that()
              .resideInAPackage("nara." + name + "..")
              .should()
              .dependOnClassesThat()
              .resideInAnyPackage(forbidden.toArray(String[]::new)));
    }
  }

  @Test
  void every_package_declares_its_dependencies() {
    assertThat(
            CLASSES.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> name.startsWith("nara."))
                .map(name -> name.split("\\.")[1])
                .distinct())
        .isSubsetOf(MAY_KNOW.keySet());
  }

  @Test
  void package_dependencies_have_no_cycles() {
    check(slices().matching("nara.(*)..").should().beFreeOfCycles());
  }

  @Test
  void only_the_node_depends_on_verticles() {
    for (String name : MAY_KNOW.keySet()) {
      if (!name.equals("node")) {
        check(
            noClasses()
                .that()
                .resideInAPackage("nara." + name + "..")
                .should()
                .dependOnClassesThat(verticlesOutside("nara." + name)));
      }
    }
  }

  private static DescribedPredicate<JavaClass> verticlesOutside(String name) {
    return DescribedPredicate.describe(
        "are verticles of another package",
        type ->
            type.isAssignableTo(Deployable.class)
                && type.getPackageName().startsWith("nara.")
                && !type.getPackageName().startsWith(name));
  }

  @Test
  void identity_and_event_are_plain_java() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(
                "nara.identity..", "nara.event..", "nara.reconcile..", "nara.trust.ed25519..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx..", "io.netty.."));
  }

  @Test
  void only_verticles_of_core_packages_depend_on_vertx() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage(
                "nara.ledger",
                "nara.trust",
                "nara.snapshot",
                "nara.recovery",
                "nara.opinion",
                "nara.upkeep")
            .and()
            // The search for keys is the coordinator's errand over the bus, in a file of its own.
            .haveNameNotMatching(".*(Verticle|KeySearch)(\\$.*)?")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx..", "io.netty.."));
  }

  @Test
  void bus_messages_are_records() {
    check(
        classes()
            .that()
            .implement("nara.bus.BusMessage")
            .and()
            .areNotInterfaces()
            .should()
            .beRecords());
  }

  @Test
  void no_class_is_named_manager_helper_util_or_impl() {
    check(
        noClasses()
            .should()
            .haveNameMatching(".*(Manager|Helper|Helpers|Util|Utils|Impl)(\\$.*)?"));
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(CLASSES);
  }
}
