package nara.node.config;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import nara.bounds.SafeText;
import nara.file.AtomicFile;

/**
 * What a valid configuration needs from the machine of the node. A node that starts and the command
 * that checks its configuration have the same verdict.
 */
final class MachineChecks {
  private MachineChecks() {}

  /**
   * Reports what is missing.
   *
   * @param stateFolder the default folder of the state, which a node makes
   */
  static void check(ConfigSection root, NodeConfig config, Optional<Path> stateFolder) {
    if (config.usesMesh()) {
      checkHost(root, "mesh", config.mesh().host());
    }
    if (config.web().enabled()) {
      checkHost(root, "web", config.web().host());
    }
    if (config.cluster().enabled() || !config.cluster().members().isEmpty()) {
      checkHost(root, "cluster", config.cluster().host());
    }
    boolean makesState = config.identity().soul().isEmpty();
    config
        .memory()
        .snapshot()
        .flatMap(snapshot -> fault(snapshot.file(), stateFolder.filter(folder -> makesState)))
        .ifPresent(fault -> root.addProblem("memory", "snapshot", fault));
  }

  private static void checkHost(ConfigSection root, String section, String host) {
    try {
      InetAddress.getByName(host);
    } catch (UnknownHostException unknown) {
      root.addProblem(
          section,
          "host",
          "%s cannot be looked up; give an address of this machine"
              .formatted(SafeText.quoted(host)));
    }
  }

  /** Another folder than the expected one is probably a typing error, so none is made. */
  private static Optional<String> fault(Path snapshot, Optional<Path> stateFolder) {
    Path file;
    try {
      file = AtomicFile.target(snapshot);
    } catch (IOException circle) {
      return Optional.of("the link leads to itself; name a file");
    }
    if (Files.isDirectory(file)) {
      return Optional.of("%s is a directory; name a file in it".formatted(quoted(snapshot)));
    }
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(file)) {
      return Optional.of("%s is no file; name one".formatted(quoted(snapshot)));
    }
    Path folder = file.getParent();
    boolean made = stateFolder.filter(own -> own.equals(folder)).isPresent();
    return made || Files.isDirectory(folder)
        ? Optional.empty()
        : Optional.of(
            "the directory %s does not exist; make it, or correct the path"
                .formatted(quoted(folder)));
  }

  private static String quoted(Path path) {
    return '"' + SafeText.excerpt(path.toString(), ConfigLimits.MAX_PARSER_MESSAGE) + '"';
  }
}
