package nara.testing;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import nara.mesh.wire.PeerAddress;

/**
 * A SOCKS5 proxy on loopback, in place of a userspace Tailscale daemon: it reaches the addresses of
 * a network that this machine has no route to, and resolves their names.
 */
public final class SocksServer implements AutoCloseable {
  /** Connections at once; a node of a test opens some tens. */
  private static final int MAX_CONNECTIONS = 256;

  private static final int SILENCE_MS = 30_000;
  private static final byte VERSION = 5;
  private static final byte HOST_UNREACHABLE = 4;
  private static final byte NO_METHOD = (byte) 0xFF;

  private final ServerSocket server;
  private final Optional<String> secrets;
  private final Map<String, String> network = new ConcurrentHashMap<>();
  private final List<String> requested = new CopyOnWriteArrayList<>();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private final Semaphore places = new Semaphore(MAX_CONNECTIONS);
  private final AtomicLong bytes = new AtomicLong();

  private SocksServer(Optional<String> secrets) {
    this.secrets = secrets;
    try {
      server = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
    Thread.ofVirtual().start(this::acceptConnections);
  }

  /** One that asks for no user name. */
  public static SocksServer open() {
    return new SocksServer(Optional.empty());
  }

  /** One that asks for this user name and password. */
  public static SocksServer guarded(String user, String password) {
    return new SocksServer(Optional.of(user + ':' + password));
  }

  /** Lets it reach a node of this machine by an address of its network. */
  public void connect(String address, String local) {
    network.put(address, local);
  }

  public int port() {
    return server.getLocalPort();
  }

  public String url() {
    return "socks5://127.0.0.1:" + port();
  }

  /** The addresses that clients asked for, each as often as it was. */
  public List<String> requested() {
    return List.copyOf(requested);
  }

  /** The bytes that went through, both ways. */
  public long bytes() {
    return bytes.get();
  }

  private void acceptConnections() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        if (!places.tryAcquire()) {
          client.close();
          continue;
        }
        client.setSoTimeout(SILENCE_MS);
        sockets.add(client);
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      DataInputStream in = new DataInputStream(client.getInputStream());
      OutputStream out = client.getOutputStream();
      if (!greet(in, out)) {
        return;
      }
      in.readFully(new byte[3]);
      String address = readAddress(in);
      requested.add(address);
      String local = network.get(address);
      if (local == null) {
        out.write(reply(HOST_UNREACHABLE));
        return;
      }
      PeerAddress target = PeerAddress.parse(local).orElseThrow();
      try (Socket far = new Socket()) {
        far.connect(new InetSocketAddress(target.host(), target.port()), SILENCE_MS);
        sockets.add(far);
        out.write(reply((byte) 0));
        Thread back = Thread.ofVirtual().start(() -> copy(far, client));
        copy(client, far);
        back.join();
      }
    } catch (IOException | InterruptedException ended) {
      // One of the two hung up: both are closed.
      return;
    } finally {
      places.release();
    }
  }

  private boolean greet(DataInputStream in, OutputStream out) throws IOException {
    in.readByte();
    byte[] methods = new byte[in.readUnsignedByte()];
    in.readFully(methods);
    byte wanted = (byte) (secrets.isPresent() ? 2 : 0);
    boolean offered = new String(methods, StandardCharsets.ISO_8859_1).indexOf(wanted) >= 0;
    out.write(new byte[] {VERSION, offered ? wanted : NO_METHOD});
    if (!offered || secrets.isEmpty()) {
      return offered;
    }
    in.readByte();
    boolean right = (readText(in) + ':' + readText(in)).equals(secrets.get());
    out.write(new byte[] {1, (byte) (right ? 0 : 1)});
    return right;
  }

  private static String readText(DataInputStream in) throws IOException {
    byte[] text = new byte[in.readUnsignedByte()];
    in.readFully(text);
    return new String(text, StandardCharsets.UTF_8);
  }

  private static String readAddress(DataInputStream in) throws IOException {
    byte kind = in.readByte();
    String host;
    if (kind == 3) {
      host = readText(in);
    } else {
      byte[] octets = new byte[kind == 4 ? 16 : 4];
      in.readFully(octets);
      host = InetAddress.getByAddress(octets).getHostAddress();
    }
    return new PeerAddress(host, in.readUnsignedShort()).toString();
  }

  private static byte[] reply(byte status) {
    return new byte[] {VERSION, status, 0, 1, 0, 0, 0, 0, 0, 0};
  }

  private void copy(Socket from, Socket to) {
    byte[] buffer = new byte[1 << 14];
    try (from;
        to) {
      int read;
      while ((read = from.getInputStream().read(buffer)) > 0) {
        to.getOutputStream().write(buffer, 0, read);
        bytes.addAndGet(read);
      }
    } catch (IOException ended) {
      return;
    }
  }

  @Override
  public void close() {
    try {
      server.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
