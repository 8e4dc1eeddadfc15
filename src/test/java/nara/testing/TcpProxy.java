package nara.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The way from one node to a broker, over a port of its own, that can be cut: the node's end and
 * the broker's both see the connection break, and no new one comes about.
 */
public final class TcpProxy implements AutoCloseable {
  private final URI broker;
  private final ServerSocket serverSocket;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  /** A cable to the broker at that URL. */
  public TcpProxy(String url) {
    this(url, 0);
  }

  /** The same at a port that was in use before: the cable is mended. */
  public TcpProxy(String url, int port) {
    this.broker = URI.create(url);
    try {
      serverSocket = new ServerSocket(port, 8, InetAddress.getLoopbackAddress());
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
    Thread.ofVirtual().start(this::acceptConnections);
  }

  /** Where the node finds its end, as a configuration gives it. */
  public String url() {
    return "mqtt://127.0.0.1:" + serverSocket.getLocalPort();
  }

  public int port() {
    return serverSocket.getLocalPort();
  }

  private void acceptConnections() {
    try {
      while (!serverSocket.isClosed()) {
        Socket near = serverSocket.accept();
        Socket far = new Socket(broker.getHost(), broker.getPort());
        sockets.add(near);
        sockets.add(far);
        Thread.ofVirtual().start(() -> copy(near, far));
        Thread.ofVirtual().start(() -> copy(far, near));
      }
    } catch (SocketException cut) {
      return;
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    } finally {
      close();
    }
  }

  private static void copy(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException ended) {
      // One of the two hung up, or the cable was cut: either way both ends are closed.
      return;
    }
  }

  @Override
  public void close() {
    cut();
  }

  /** Cuts it. */
  public void cut() {
    try {
      serverSocket.close();
      for (Socket end : sockets) {
        end.close();
      }
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
