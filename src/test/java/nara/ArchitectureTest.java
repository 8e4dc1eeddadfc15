package nara;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.vertx.core.Deployable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The dependencies between the packages, as each package states them by {@link MayKnow}, and the
 * rules of this project that can be seen in class files.
 */
class ArchitectureTest {
  /** A folder with more files is hard to survey. */
  private static final int MAX_FILES_PER_PACKAGE = 24;

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("nara");

  static Stream<String> packages() {
    return CLASSES.stream()
        .map(JavaClass::getPackageName)
        .filter(name -> name.startsWith("nara."))
        .map(name -> name.substring("nara.".length()))
        .distinct()
        .sorted();
  }

  @ParameterizedTest
  @MethodSource("packages")
  void a_package_depends_only_on_packages_that_it_states(String name) {
    List<String> stated = List.of(statement(name).value());
    Set<String> found = dependencies(name);

    assertThat(found)
        .as("dependencies of nara.%s that its package-info does not state", name)
        .allMatch(other -> stated.stream().anyMatch(rule -> covers(rule, other)));
    assertThat(stated)
        .as("packages that nara.%s states and does not need", name)
        .allMatch(rule -> found.stream().anyMatch(other -> covers(rule, other)));
  }

  @Test
  void dependencies_between_packages_have_no_cycle() {
    slices().matching("nara.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void only_the_node_depends_on_verticles_of_other_packages() {
    packages()
        .filter(name -> !name.equals("node"))
        .forEach(
            name ->
                noClasses()
                    .that()
                    .resideInAPackage("nara." + name)
                    .should()
                    .dependOnClassesThat(verticlesOutside("nara." + name.split("\\.")[0]))
                    .allowEmptyShould(true)
                    .check(CLASSES));
  }

  @Test
  void identity_event_negentropy_and_ed25519_are_plain_java() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "nara.identity..", "nara.event..", "nara.negentropy..", "nara.trust.ed25519..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.vertx..", "io.netty..")
        .check(CLASSES);
  }

  @Test
  void in_the_core_only_verticles_depend_on_vertx() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "nara.ledger..",
            "nara.trust..",
            "nara.snapshot..",
            "nara.recovery..",
            "nara.opinion..",
            "nara.liveness..")
        .and()
        // The others are sequences of bus requests with files of their own.
        .haveNameNotMatching(
            ".*(Verticle|Client|KeySearch|NeighbourMaintenance|NeighbourWatch|PlanExecutor"
                + "|RecoveryRunner)(\\$.*)?")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.vertx..", "io.netty..")
        .check(CLASSES);
  }

  @Test
  void bus_messages_are_records() {
    classes()
        .that()
        .implement("nara.bus.BusMessage")
        .and()
        .areNotInterfaces()
        .should()
        .beRecords()
        .check(CLASSES);
  }

  @Test
  void no_type_is_called_manager_helper_util_or_impl() {
    noClasses()
        .should()
        .haveNameMatching(".*(Manager|Helper|Helpers|Util|Utils|Impl)(\\$.*)?")
        .check(CLASSES);
  }

  @ParameterizedTest
  @MethodSource("packages")
  void a_package_has_few_enough_files_to_survey(String name) throws IOException {
    Path folder = Path.of("src/main/java/nara", name.split("\\."));
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.filter(file -> file.toString().endsWith(".java")))
          .hasSizeLessThanOrEqualTo(MAX_FILES_PER_PACKAGE);
    }
  }

  private static MayKnow statement(String name) {
    JavaPackage stated = CLASSES.getPackage("nara." + name);
    return stated
        .tryGetAnnotationOfType(MayKnow.class)
        .orElseThrow(() -> new AssertionError("package-info of nara." + name + " lacks @MayKnow"));
  }

  private static Set<String> dependencies(String name) {
    return CLASSES.stream()
        .filter(type -> type.getPackageName().equals("nara." + name))
        .filter(type -> !type.getSimpleName().equals("package-info"))
        .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
        .map(Dependency::getTargetClass)
        .map(target -> target.getBaseComponentType().getPackageName())
        .filter(other -> other.startsWith("nara.") && !other.equals("nara." + name))
        .map(other -> other.substring("nara.".length()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static boolean covers(String rule, String other) {
    return rule.equals("..")
        || rule.equals(other)
        || (rule.endsWith("..") && (other + ".").startsWith(rule.substring(0, rule.length() - 1)));
  }

  private static DescribedPredicate<JavaClass> verticlesOutside(String family) {
    return DescribedPredicate.describe(
        "are verticles of another package",
        type ->
            type.isAssignableTo(Deployable.class)
                && type.getPackageName().startsWith("nara.")
                && !(type.getPackageName() + ".").startsWith(family + "."));
  }
}
