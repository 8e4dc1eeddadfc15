package nara.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A native soul stays the same when the hardware or the user changes. */
class KeptSoulTest {
  private static final Optional<byte[]> HARDWARE = Optional.of(new byte[32]);
  private static final Optional<byte[]> OTHER_HARDWARE = Optional.of(new byte[] {1, 2, 3});

  @TempDir Path folder;

  @Test
  void first_start_keeps_native_soul_in_file_of_mode_600() throws IOException {
    ChosenIdentity first = choose("lisa", HARDWARE, true);

    Path file = folder.resolve("state/soul-lisa");
    assertThat(first.origin()).isEqualTo("this machine's hardware; kept in " + file);
    assertThat(first.notes()).isEmpty();
    assertThat(SoulFile.read(file).orElseThrow().encoded())
        .isEqualTo(first.identity().soul().encoded());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void kept_soul_survives_new_network_card_with_a_note() {
    ChosenIdentity first = choose("lisa", HARDWARE, true);
    ChosenIdentity later = choose("lisa", OTHER_HARDWARE, true);
    ChosenIdentity without = choose("lisa", Optional.empty(), true);

    assertThat(later.identity().id()).isEqualTo(first.identity().id());
    assertThat(later.origin()).contains("kept in");
    assertThat(later.notes()).singleElement().asString().contains("has changed since");
    assertThat(without.identity().id()).isEqualTo(first.identity().id());
  }

  @Test
  void generated_name_is_the_same_with_kept_soul() {
    ChosenIdentity first = choose("", HARDWARE, true);
    assertThat(first.identity().name()).matches("[a-z]+-[a-z]+-\\d{3}");
    assertThat(choose("", OTHER_HARDWARE, true).identity().name())
        .isEqualTo(first.identity().name());
  }

  @Test
  void link_to_a_missing_soul_does_not_make_another_nara() throws IOException {
    Path file = Files.createDirectory(folder.resolve("state")).resolve("soul-lisa");
    Files.createSymbolicLink(file, Path.of("missing"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> choose("lisa", HARDWARE, true))
        .withMessageContaining("is a link to a missing file; restore that file");
  }

  @Test
  void looking_at_native_identity_writes_nothing() {
    choose("lisa", HARDWARE, false);
    assertThat(folder.resolve("state")).doesNotExist();
  }

  @Test
  void damaged_kept_soul_is_refused_and_not_replaced() throws IOException {
    Files.createDirectories(folder.resolve("state"));
    Files.writeString(folder.resolve("state/soul-lisa"), "oops");

    assertThatIllegalArgumentException()
        .isThrownBy(() -> choose("lisa", HARDWARE, true))
        .withMessageContaining("soul-lisa does not hold a soul; restore it");
  }

  @Test
  void unwritable_state_folder_is_a_note_only() throws IOException {
    Files.writeString(folder.resolve("state"), "a file where the folder should be");
    ChosenIdentity chosen = choose("lisa", HARDWARE, true);

    assertThat(chosen.notes()).singleElement().asString().contains("cannot be kept in");
  }

  @Test
  void machine_without_an_id_of_its_own_is_told_which_key_to_set() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> choose("lisa", Optional.empty(), true))
        .withMessageContaining("configure identity.soul_file")
        .withMessageContaining("NARA_SOUL");
  }

  @Test
  void state_folder_is_that_of_the_snapshot_then_of_the_service_then_of_the_user() {
    Map<String, String> service = Map.of("STATE_DIRECTORY", "/var/lib/nara", "HOME", "/root");
    assertThat(state("{}", Map.of("HOME", "/home/lisa")))
        .contains(Path.of("/home/lisa/.local/state/nara"));
    assertThat(state("{}", Map.of("XDG_STATE_HOME", "/s", "HOME", "/home/lisa")))
        .contains(Path.of("/s/nara"));
    assertThat(state("{}", service)).contains(Path.of("/var/lib/nara"));
    assertThat(state("{\"memory\": {\"snapshot\": \"/data/s.gz\"}}", service))
        .contains(Path.of("/data"));
    assertThat(
            state(
                "{\"identity\": {\"state\": \"/x\"}, \"memory\": {\"snapshot\": \"/data/s.gz\"}}",
                service))
        .contains(Path.of("/x"));
  }

  @Test
  void node_stays_the_same_nara_when_a_snapshot_is_configured_later() {
    List<Path> before = List.of(folder.resolve("home"));
    ChosenIdentity first = KeptSoul.choose(before, "lisa", "localhost", HARDWARE, true);

    ChosenIdentity later =
        KeptSoul.choose(
            List.of(folder.resolve("data"), folder.resolve("home")),
            "lisa",
            "localhost",
            OTHER_HARDWARE,
            true);

    assertThat(later.identity().id()).isEqualTo(first.identity().id());
    assertThat(later.origin()).endsWith("kept in " + folder.resolve("home/soul-lisa"));
    assertThat(later.notes()).anyMatch(note -> note.contains("stays in " + folder.resolve("home")));
    assertThat(folder.resolve("data")).doesNotExist();
  }

  @Test
  void two_kept_souls_are_told_of_and_the_configured_folder_wins() {
    List<Path> folders = List.of(folder.resolve("data"), folder.resolve("home"));
    KeptSoul.choose(folders.subList(0, 1), "lisa", "localhost", HARDWARE, true);
    KeptSoul.choose(folders.subList(1, 2), "lisa", "localhost", OTHER_HARDWARE, true);

    ChosenIdentity chosen = KeptSoul.choose(folders, "lisa", "localhost", HARDWARE, true);

    assertThat(chosen.origin()).endsWith("kept in " + folder.resolve("data/soul-lisa"));
    assertThat(chosen.notes())
        .singleElement()
        .asString()
        .contains(folder.resolve("home/soul-lisa") + " holds another native soul");
  }

  @Test
  void damaged_soul_in_a_former_folder_does_not_matter_when_another_is_used() throws IOException {
    List<Path> folders = List.of(folder.resolve("data"), folder.resolve("home"));
    KeptSoul.choose(folders.subList(0, 1), "lisa", "localhost", HARDWARE, true);
    Files.createDirectories(folder.resolve("home"));
    Files.writeString(folder.resolve("home/soul-lisa"), "oops");

    assertThat(KeptSoul.choose(folders, "lisa", "localhost", HARDWARE, true).notes()).isEmpty();
  }

  @Test
  void former_folders_are_looked_at_after_the_configured_one() {
    assertThat(
            ConfigReader.read(
                    "{\"identity\": {\"state\": \"/x\"}, \"memory\": {\"snapshot\":"
                        + " \"/data/s.gz\"}}",
                    Map.of("HOME", "/home"),
                    1_000)
                .config()
                .orElseThrow()
                .identity()
                .states())
        .containsExactly(Path.of("/x"), Path.of("/data"), Path.of("/home/.local/state/nara"));
  }

  private static Optional<Path> state(String json, Map<String, String> environment) {
    return ConfigReader.read(json, environment, 1_000)
        .config()
        .orElseThrow()
        .identity()
        .states()
        .stream()
        .findFirst();
  }

  private ChosenIdentity choose(String name, Optional<byte[]> hardware, boolean keeps) {
    return KeptSoul.choose(List.of(folder.resolve("state")), name, "localhost", hardware, keeps);
  }
}
