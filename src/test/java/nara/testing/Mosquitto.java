package nara.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import nara.mesh.wire.PeerAddress;

/**
 * A real Mosquitto, run by the test as a child process on a free port of the loopback interface. It
 * can be killed and started again on the same port, to see what a broker's end does to others.
 */
public final class Mosquitto implements AutoCloseable {
  private static final List<Path> SEARCH_PATH =
      List.of(
          Path.of("/usr/sbin"),
          Path.of("/usr/bin"),
          Path.of("/usr/local/sbin"),
          Path.of("/usr/local/bin"),
          Path.of("/opt/homebrew/sbin"));

  /** Opens {@link #trustStore}. */
  public static final String TRUST_STORE_PASSWORD = SelfSignedCertificate.STORE_PASSWORD;

  private final Path folder;
  private final String host;
  private final int port;
  private final boolean encrypted;
  private Process process;

  private Mosquitto(Path folder, String host, int port, boolean encrypted) {
    this.folder = folder;
    this.host = host;
    this.port = port;
    this.encrypted = encrypted;
  }

  /** A broker that lets everybody in. */
  public static Mosquitto start() {
    return start("127.0.0.1", "allow_anonymous true\n", "", "", false);
  }

  /** A broker that lets one user in. */
  public static Mosquitto startWithPassword(String user, String password) {
    return start("127.0.0.1", "allow_anonymous false\n", user, password, false);
  }

  /** A broker that ends the connection of a client that sends a larger packet. */
  public static Mosquitto startWithMaxPacket(int bytes) {
    return start(
        "127.0.0.1", "allow_anonymous true\nmax_packet_size " + bytes + "\n", "", "", false);
  }

  /** A broker that refuses subscriptions to this filter; empty where it has no such plugin. */
  public static Optional<Mosquitto> startRefusing(String filter) {
    String plugin = "mosquitto_dynamic_security.so";
    Optional<Path> found =
        Stream.of("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib")
            .map(folder -> Path.of(folder, plugin))
            .filter(Files::isReadable)
            .findFirst();
    if (found.isEmpty()) {
      return Optional.empty();
    }
    String rules =
        """
        {"defaultACLAccess": {"publishClientSend": true, "publishClientReceive": true,
          "subscribe": true, "unsubscribe": true},
         "clients": [], "groups": [{"groupname": "all", "roles": [{"rolename": "most"}]}],
         "anonymousGroup": "all",
         "roles": [{"rolename": "most", "acls": [
           {"acltype": "subscribePattern", "topic": "%s", "allow": false}]}]}
        """
            .formatted(filter);
    try {
      Path file = Files.createTempFile("mosquitto", ".json");
      file.toFile().deleteOnExit();
      Files.writeString(file, rules);
      return Optional.of(
          start(
              "127.0.0.1",
              "allow_anonymous true\nplugin "
                  + found.get()
                  + "\nplugin_opt_config_file "
                  + file
                  + "\n",
              "",
              "",
              false));
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  /** The same as {@link #startEncrypted}, for clients that show this broker's own certificate. */
  public static Mosquitto startEncryptedForKnownClients() {
    return start("127.0.0.1", "allow_anonymous true\nrequire_certificate true\n", "", "", true);
  }

  /** A broker that speaks TLS only, with a certificate for 127.0.0.1 that it signed itself. */
  public static Mosquitto startEncrypted() {
    return start("127.0.0.1", "allow_anonymous true\n", "", "", true);
  }

  /** A broker at the IPv6 address of this machine. */
  public static Mosquitto startOnIpv6() {
    return start("::1", "allow_anonymous true\n", "", "", false);
  }

  private static Mosquitto start(
      String host, String access, String user, String password, boolean encrypted) {
    try {
      Path folder = Files.createTempDirectory("mosquitto");
      Mosquitto broker = new Mosquitto(folder, host, FreePorts.next(), encrypted);
      String config =
          // Started by root it would become another user, who cannot read this folder.
          "user root\n"
              + "listener "
              + broker.port
              + " "
              + host
              + "\n"
              + access
              + "persistence false\nlog_dest stderr\n";
      if (!user.isEmpty()) {
        Path passwords = folder.resolve("passwords");
        run(binary("mosquitto_passwd"), "-b", "-c", passwords.toString(), user, password);
        config += "password_file " + passwords + "\n";
      }
      if (encrypted) {
        SelfSignedCertificate.make(folder);
        config += "certfile " + folder.resolve("certificate.pem") + "\n";
        config += "keyfile " + folder.resolve("key.pem") + "\n";
        config += "cafile " + folder.resolve("certificate.pem") + "\n";
      }
      Files.writeString(folder.resolve("mosquitto.conf"), config);
      broker.run();
      return broker;
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  /** Where it listens, as a configuration gives it. */
  public String url() {
    return (encrypted ? "mqtts" : "mqtt") + "://" + PeerAddress.urlHost(host) + ':' + port;
  }

  /** A key store (PKCS #12) with the certificate of an encrypted broker. */
  public Path trustStore() {
    return new SelfSignedCertificate(folder).trustStore();
  }

  /** A PEM file with the certificate of an encrypted broker. */
  public Path certificate() {
    return new SelfSignedCertificate(folder).certificate();
  }

  /** A PEM file with its private key. */
  public Path key() {
    return new SelfSignedCertificate(folder).key();
  }

  /** Ends it at once, as a crash does. Does nothing when it does not run. */
  public void stop() {
    if (process == null) {
      return;
    }
    process.destroyForcibly();
    await(process);
    process = null;
  }

  /** Starts it again on the same port. Nothing is kept from before. */
  public void restart() {
    stop();
    try {
      run();
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  @Override
  public void close() {
    stop();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
      Files.delete(folder);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  private void run() throws IOException {
    process =
        new ProcessBuilder(
                binary("mosquitto").toString(), "-c", folder.resolve("mosquitto.conf").toString())
            .redirectErrorStream(true)
            .start();
    Process mine = process;
    Runtime.getRuntime().addShutdownHook(new Thread(mine::destroyForcibly));
    BufferedReader output = mine.inputReader();
    List<String> said = new ArrayList<>();
    String line;
    while ((line = output.readLine()) != null) {
      said.add(line);
      if (line.endsWith(" running")) {
        // Whatever it says later is read, so that it never waits for a reader. Reading from a pipe
        // takes the carrier away from all virtual threads: where there is one, cables would be
        // dead.
        Thread.ofPlatform().daemon().name("mosquitto-output").start(() -> drain(output));
        return;
      }
    }
    throw new IllegalStateException("Mosquitto did not start: " + said);
  }

  private static void drain(BufferedReader output) {
    try (output) {
      output.transferTo(Writer.nullWriter());
    } catch (IOException ended) {
      // The process was ended, and its output with it: that is how a test ends it.
      return;
    }
  }

  static void run(Path binary, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(binary.toString()));
    command.addAll(List.of(arguments));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes());
    if (await(process) != 0) {
      throw new IllegalStateException(binary + " failed: " + said);
    }
  }

  private static int await(Process process) {
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        throw new IllegalStateException(process + " does not end");
      }
      return process.exitValue();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for " + process);
    }
  }

  private static Path binary(String name) {
    Optional<Path> found =
        SEARCH_PATH.stream()
            .map(place -> place.resolve(name))
            .filter(Files::isExecutable)
            .findFirst();
    return found.orElseThrow(
        () ->
            new IllegalStateException(
                "These tests need a Mosquitto broker and there is none at "
                    + SEARCH_PATH
                    + ": install it (apt-get install mosquitto) or run scripts/test, which does"));
  }
}
