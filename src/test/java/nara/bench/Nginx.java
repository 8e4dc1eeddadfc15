package nara.bench;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import nara.testing.FreePorts;

/** An nginx on loopback that serves one file, with a configuration of its own. */
record Nginx(Process process, URI uri) implements AutoCloseable {
  static Nginx start(Path binary, byte[] file) throws IOException, InterruptedException {
    Path folder = Files.createDirectories(Path.of("target", "bench", "nginx").toAbsolutePath());
    Files.createDirectories(folder.resolve("logs"));
    Files.write(folder.resolve("page.json"), file);
    int port = FreePorts.next();
    Path config = folder.resolve("nginx.conf");
    Files.writeString(
        config,
        """
        daemon off; master_process off; pid nginx.pid; error_log stderr;
        events {}
        http {
          access_log off; sendfile on; keepalive_requests 1000000;
          client_body_temp_path tmp; proxy_temp_path tmp; fastcgi_temp_path tmp;
          uwsgi_temp_path tmp; scgi_temp_path tmp;
          server { listen 127.0.0.1:%d; root %s; }
        }
        """
            .formatted(port, folder));
    Process process =
        new ProcessBuilder(binary.toString(), "-p", folder.toString(), "-c", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("logs/output").toFile())
            .start();
    while (!accepts(port)) {
      if (!process.isAlive()) {
        throw new IOException("nginx ended: " + Files.readString(folder.resolve("logs/output")));
      }
      Thread.sleep(20);
    }
    return new Nginx(process, URI.create("http://127.0.0.1:" + port + "/page.json"));
  }

  private static boolean accepts(int port) {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().join();
  }
}
