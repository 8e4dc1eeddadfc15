package nara;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nara.bus.BusMessage;
import nara.bus.Request;
import org.junit.jupiter.api.Test;

/** Compares docs/bus.md with the addresses and messages in the code. */
class BusDocumentTest {
  private static final Path DOCUMENT = Path.of("docs/bus.md");

  @Test
  void bus_document_names_every_message_with_its_reply() throws IOException {
    String document = Files.readString(DOCUMENT);

    List<String> missing =
        families()
            .map(BusDocumentTest::messagesCell)
            .filter(cell -> !document.contains("| " + cell + " |"))
            .toList();

    assertThat(missing).as("cells that %s must hold", DOCUMENT).isEmpty();
  }

  @Test
  void bus_document_names_the_addresses_of_the_code_and_no_others() throws IOException {
    TreeSet<String> documented = new TreeSet<>();
    Pattern.compile("^\\| `(nara\\.[a-z.]+)`", Pattern.MULTILINE)
        .matcher(Files.readString(DOCUMENT))
        .results()
        .forEach(row -> documented.add(row.group(1)));

    assertThat(documented).isEqualTo(addresses());
  }

  /** The sealed interfaces whose records travel over the bus. */
  private static Stream<Class<?>> families() {
    return classes()
        .filter(type -> BusMessage.class.isAssignableFrom(type) && type.isInterface())
        .filter(type -> type.isSealed() && !Request.class.equals(type))
        .filter(type -> addressOf(type).isPresent())
        .sorted(Comparator.comparing(Class::getName));
  }

  private static TreeSet<String> addresses() {
    return classes()
        .flatMap(type -> Arrays.stream(type.getDeclaredFields()))
        .filter(field -> field.getName().endsWith("ADDRESS") && field.getType() == String.class)
        .filter(field -> Modifier.isStatic(field.getModifiers()))
        .map(BusDocumentTest::value)
        .filter(value -> value.startsWith("nara."))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Stream<Class<?>> classes() {
    return new ClassFileImporter()
        .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("nara").stream()
            // Hazelcast's classes are loaded by the package that uses them only.
            .filter(type -> !type.getSimpleName().isEmpty() && !type.isAnonymousClass())
            .<Class<?>>map(JavaClass::reflect);
  }

  private static Optional<Field> addressOf(Class<?> family) {
    return Arrays.stream(family.getDeclaredFields())
        .filter(field -> field.getName().equals("ADDRESS"))
        .findFirst();
  }

  /** For example {@code `Ping` → `Pong` or `PingFailed` · `Forget` → `Done`}. */
  private static String messagesCell(Class<?> family) {
    List<String> cells = new ArrayList<>();
    for (Class<?> message : family.getPermittedSubclasses()) {
      String name = "`" + message.getSimpleName() + "`";
      cells.add(replyOf(message).map(reply -> name + " → " + replies(reply)).orElse(name));
    }
    return String.join(" · ", cells);
  }

  private static String replies(Class<?> reply) {
    Class<?>[] results = reply.isSealed() ? reply.getPermittedSubclasses() : new Class<?>[] {reply};
    return Arrays.stream(results)
        .map(result -> "`" + result.getSimpleName() + "`")
        .collect(Collectors.joining(" or "));
  }

  private static Optional<Class<?>> replyOf(Class<?> message) {
    return Stream.of(message.getGenericInterfaces())
        .filter(ParameterizedType.class::isInstance)
        .map(type -> ((ParameterizedType) type).getActualTypeArguments()[0])
        .<Class<?>>map(BusDocumentTest::raw)
        .findFirst();
  }

  private static Class<?> raw(Type type) {
    return type instanceof ParameterizedType generic
        ? (Class<?>) generic.getRawType()
        : (Class<?>) type;
  }

  private static String value(Field address) {
    try {
      address.setAccessible(true);
      return (String) address.get(null);
    } catch (IllegalAccessException hidden) {
      throw new IllegalStateException(address + " could not be read", hidden);
    }
  }
}
