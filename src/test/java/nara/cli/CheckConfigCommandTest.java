package nara.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import nara.cli.output.CommandLineRun;
import nara.testing.Citizen;
import nara.testing.Vectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class CheckConfigCommandTest {
  @TempDir Path folder;

  @Test
  void shipped_configuration_is_valid_and_printed() {
    CommandLineRun run = CommandLineRun.of("check-config", "conf/node.json");
    assertThat(run.code()).isZero();
    assertThat(Vectors.parse(run.out()).at("/mesh/port").asInt()).isEqualTo(7433);
  }

  @Test
  void every_problem_is_printed_in_its_own_line() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("c.json"),
            "{\"mesh\": {\"port\": 99999}, \"recovery\": {\"first_wait\": \"soon\"}, \"nonsense\":"
                + " 1}");
    CommandLineRun run = CommandLineRun.of("check-config", file);

    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines())
        .hasSize(4)
        .anyMatch(line -> line.startsWith(file + ": ") && line.contains("mesh.port: 99999"))
        .anyMatch(line -> line.contains("recovery.first_wait: \"soon\""))
        .anyMatch(line -> line.contains("nonsense"))
        .endsWith("nara: " + file + " has 3 problems");
  }

  @Test
  void shipped_configuration_tells_what_keeps_the_node_alone() {
    assertThat(CommandLineRun.of("check-config", "conf/node.json").err())
        .startsWith(
            "note: others cannot learn where this node is: set mesh.advertise\n"
                + "note: there is nobody to look for: set discovery.peers or plaza.url\n");
  }

  @Test
  void configuration_that_leads_somewhere_has_no_notes() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("c.json"),
            "{\"mesh\": {\"advertise\": \"10.0.0.1:7433\"}, \"discovery\": {\"peers\":"
                + " [\"10.0.0.2\"]}}");
    assertThat(CommandLineRun.of("check-config", file).err())
        .isEqualTo(
            "from %s: discovery.peers, mesh.advertise\nall other values are defaults\n"
                .formatted(file));
  }

  @Test
  void repeated_peers_and_the_node_itself_are_noted() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("c.json"),
            "{\"identity\": {\"name\": \"lisa\"}, \"discovery\": {\"peers\": [\"bart@10.0.0.2\","
                + " \"bart@10.0.0.3\", \"moe@10.0.0.3\", \"lisa@10.0.0.4\"]}}");
    CommandLineRun run = CommandLineRun.of("check-config", file);

    assertThat(run.code()).isZero();
    assertThat(run.err())
        .contains("\"bart\" is listed twice, at 10.0.0.2:7433 and at 10.0.0.3:7433")
        .contains("two peers have the address 10.0.0.3:7433")
        .contains("\"lisa\" is this node itself; remove it");
  }

  @Test
  void note_goes_to_stderr_with_exit_code_0() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("c.json"),
            "{\"identity\": {\"name\": \"bart\", \"soul\": \"%s\"}}"
                .formatted(Citizen.named("lisa").identity().soul().encoded()));
    CommandLineRun run = CommandLineRun.of("check-config", file);
    assertThat(run.code()).isZero();
    assertThat(run.err()).startsWith("note: identity");
  }

  @Test
  void password_in_url_is_not_printed() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("c.json"), "{\"plaza\": {\"url\": \"mqtt://lisa:saxophone@h:1883\"}}");
    CommandLineRun run = CommandLineRun.of("check-config", file);
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("plaza.url").doesNotContain("saxophone");
  }

  @Test
  void check_and_run_refuse_what_this_machine_does_not_have() throws IOException {
    for (String[] each :
        new String[][] {
          {
            "{\"mesh\": {\"host\": \"nowhere.invalid\"}}",
            "mesh.host: \"nowhere.invalid\" cannot be looked up; give an address of this machine"
          },
          {
            "{\"web\": {\"host\": \"nowhere.invalid\"}}",
            "web.host: \"nowhere.invalid\" cannot be looked up; give an address of this machine"
          },
          {
            "{\"memory\": {\"snapshot\": \"" + folder + "\"}}",
            "memory.snapshot: \"" + folder + "\" is a directory; name a file in it"
          },
          {
            "{\"memory\": {\"snapshot\": \"" + folder + "/dtaa/s.gz\"}}",
            "memory.snapshot: the directory \""
                + folder
                + "/dtaa\" does not exist; make it, or correct the path"
          },
        }) {
      Path file = Files.writeString(folder.resolve("c.json"), each[0]);
      for (String[] command :
          new String[][] {
            {"check-config", file.toString()}, {"run", "--config", file.toString()}
          }) {
        CommandLineRun run = CommandLineRun.of((Object[]) command);
        assertThat(run.code()).as(run.err()).isEqualTo(2);
        assertThat(run.err()).contains(each[1]);
      }
    }
    assertThat(folder.resolve("dtaa")).doesNotExist();
  }

  @Test
  void warning_of_a_broker_that_is_not_checked_is_printed_once() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("c.json"),
            "{\"plaza\": {\"url\": \"mqtts://h\", \"tls\": {\"insecure\": true}}}");
    CommandLineRun run = CommandLineRun.of("check-config", file);
    assertThat(run.code()).isZero();
    assertThat(run.err()).containsOnlyOnce("plaza.tls.insecure: anybody");
  }

  @Test
  void endless_soul_file_is_rejected() throws IOException {
    assumeTrue(Files.exists(Path.of("/dev/zero")));
    Path file =
        Files.writeString(
            folder.resolve("c.json"), "{\"identity\": {\"soul_file\": \"/dev/zero\"}}");
    assertThat(CommandLineRun.of("check-config", file).err()).contains("is a pipe or a device");
  }

  @Test
  @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void soul_file_that_is_a_pipe_is_rejected() throws Exception {
    pipe();
    Path file =
        Files.writeString(folder.resolve("c.json"), "{\"identity\": {\"soul_file\": \"pipe\"}}");
    CommandLineRun run = CommandLineRun.of("check-config", file);
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("pipe\" cannot be read (it is a pipe or a device; give a file)");
  }

  @Test
  void configuration_of_a_node_that_is_a_pipe_is_rejected() throws Exception {
    Path pipe = pipe();
    CommandLineRun run = CommandLineRun.of("run", "--config", pipe);
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains(pipe + " is a pipe or a device; give a file");
  }

  /** A pipe without a writer. */
  private Path pipe() throws Exception {
    Path pipe = folder.resolve("pipe");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    return pipe;
  }

  @Test
  void state_that_is_a_link_to_nothing_is_rejected() throws IOException {
    Files.createSymbolicLink(folder.resolve("state"), Path.of("nothing"));
    Path file =
        Files.writeString(folder.resolve("c.json"), "{\"identity\": {\"state\": \"state\"}}");
    CommandLineRun run = CommandLineRun.of("check-config", file);
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("state\" is no directory; name one");
  }

  @Test
  void byte_order_mark_is_skipped() throws IOException {
    Path file = Files.writeString(folder.resolve("c.json"), "\ufeff{}");
    assertThat(CommandLineRun.of("check-config", file).code()).isZero();
  }

  @Test
  void binary_file_is_rejected() throws IOException {
    Path file = Files.write(folder.resolve("c.json"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    CommandLineRun run = CommandLineRun.of("check-config", file);
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).contains("is not text in UTF-8");
  }

  @Test
  void path_that_the_locale_cannot_express_is_refused_with_what_to_do() throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("c.json"),
            "{\"memory\": {\"snapshot\": \"/tmp/zo\u00eb.gz\"}, \"identity\": {\"soul_file\":"
                + " \"zo\u00eb\"}}");
    ProcessBuilder check = MainProcess.of("check-config", file.toString());
    check.environment().put("LC_ALL", "C");
    Process process = check.redirectError(ProcessBuilder.Redirect.PIPE).start();
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).isEqualTo(ExitCode.USAGE);
    assertThat(err)
        .contains(
            "memory.snapshot: \"/tmp/zo\u00eb.gz\" cannot be a file name in this locale; set"
                + " LC_ALL=C.UTF-8, as scripts/nara does",
            "identity.soul_file: \"zo\u00eb\" cannot be a file name in this locale");
  }
}
