package nara;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import nara.bus.BusMessage;
import nara.bus.Request;
import org.junit.jupiter.api.Test;

/**
 * The README's table of bus addresses names every address and every message that is asked there.
 */
class ReadmeTest {
  @Test
  void readme_table_lists_every_address_with_all_its_messages()
      throws IOException, ReflectiveOperationException {
    List<String> rows =
        Files.readAllLines(Path.of("README.md")).stream()
            .filter(line -> line.startsWith("| `nara."))
            .toList();
    List<Class<?>> families =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests()).importPackages("nara").stream()
                .filter(type -> type.isAssignableTo(BusMessage.class) && type.isInterface())
                .<Class<?>>map(JavaClass::reflect)
                .filter(type -> type.isSealed() && hasAddress(type))
                .toList();

    assertThat(rows).hasSameSizeAs(families);
    for (Class<?> family : families) {
      Field address = family.getDeclaredField("ADDRESS");
      String row =
          rows.stream()
              .filter(line -> line.startsWith("| `" + value(address) + "` |"))
              .findFirst()
              .orElseThrow(() -> new AssertionError("no row for " + value(address)));
      for (Class<?> message : family.getPermittedSubclasses()) {
        assertThat(row).contains("`" + message.getSimpleName() + "`");
      }
      assertThat(Request.class.isAssignableFrom(family)).isEqualTo(row.contains("→"));
    }
  }

  private static boolean hasAddress(Class<?> type) {
    return List.of(type.getDeclaredFields()).stream()
        .map(Field::getName)
        .anyMatch("ADDRESS"::equals);
  }

  private static Object value(Field address) {
    try {
      return address.get(null);
    } catch (IllegalAccessException hidden) {
      throw new IllegalStateException("fields of interfaces are public", hidden);
    }
  }
}
