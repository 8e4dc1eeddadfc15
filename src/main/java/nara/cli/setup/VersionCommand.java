package nara.cli.setup;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints what runs: the version, the commit that it was built from, and the JVM. */
@Command(name = "version", description = "Print the version, the commit and the JDK.")
public final class VersionCommand implements Callable<Integer>, IVersionProvider {
  private static final Attributes.Name COMMIT = new Attributes.Name("Nara-Commit");

  /** The main class of our jar; no library in it has the same. A build may know no commit. */
  private static final String MAIN_CLASS = "nara.Launcher";

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    for (String line : getVersion()) {
      spec.commandLine().getOut().println(line);
    }
    return CommandLine.ExitCode.OK;
  }

  @Override
  public String[] getVersion() {
    Attributes built = manifest();
    String version = built.getValue(Attributes.Name.IMPLEMENTATION_VERSION);
    String commit = built.getValue(COMMIT);
    List<String> lines = new ArrayList<>();
    lines.add("nara-vertx " + (version == null ? "(not packaged)" : version));
    // A build outside a checkout knows no commit.
    if (commit != null && !commit.isEmpty()) {
      lines.add("commit " + commit);
    }
    lines.add(
        "Java %s (%s), %s"
            .formatted(
                Runtime.version(),
                System.getProperty("java.vendor"),
                System.getProperty("java.home")));
    return lines.toArray(String[]::new);
  }

  /** The manifest of our jar, which names our main class; else an empty one. */
  private static Attributes manifest() {
    try {
      ClassLoader loader = VersionCommand.class.getClassLoader();
      return manifest(Collections.list(loader.getResources("META-INF/MANIFEST.MF")));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  static Attributes manifest(List<URL> candidates) throws IOException {
    for (URL url : candidates) {
      try (InputStream in = url.openStream()) {
        Attributes attributes = new Manifest(in).getMainAttributes();
        if (MAIN_CLASS.equals(attributes.getValue(Attributes.Name.MAIN_CLASS))) {
          return attributes;
        }
      }
    }
    return new Attributes();
  }
}
