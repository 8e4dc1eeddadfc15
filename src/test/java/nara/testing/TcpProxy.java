package nara.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The way from one node to a broker, over a port of its own, that can be cut: the node's end and
 * the broker's both see the connection break, and no new one comes about.
 */
public final class TcpProxy implements AutoCloseable {
  private static final int BLOCK_SIZE = 1 << 13;

  private final URI broker;
  private final AtomicLong bytesLeft;
  private final CountDownLatch cut = new CountDownLatch(1);
  private final ServerSocket serverSocket;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  /** A cable to the broker at that URL. */
  public TcpProxy(String url) {
    this(url, FreePorts.next());
  }

  /** The same at a port that was in use before: the cable is mended. */
  public TcpProxy(String url, int port) {
    this(url, port, Long.MAX_VALUE);
  }

  /** A cable that breaks by itself once so many bytes have come from the other end. */
  public static TcpProxy breakingAfter(long bytes, String url) {
    return new TcpProxy(url, FreePorts.next(), bytes);
  }

  private TcpProxy(String url, int port, long bytes) {
    this.broker = URI.create(url);
    this.bytesLeft = new AtomicLong(bytes);
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
        if (serverSocket.isClosed()) {
          cut();
          return;
        }
        Thread.ofVirtual().start(() -> copy(near, far));
        Thread.ofVirtual().start(() -> copyCounted(far, near));
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

  private void copyCounted(Socket from, Socket to) {
    try (from;
        to) {
      byte[] block = new byte[BLOCK_SIZE];
      for (int n = from.getInputStream().read(block);
          n >= 0;
          n = from.getInputStream().read(block)) {
        to.getOutputStream().write(block, 0, n);
        if (bytesLeft.addAndGet(-n) <= 0) {
          cut();
        }
      }
    } catch (IOException ended) {
      // As above.
      return;
    }
  }

  /** Whether the cable was cut, or broke, within that time. */
  public boolean awaitCut(Duration longest) throws InterruptedException {
    return cut.await(longest.toMillis(), TimeUnit.MILLISECONDS);
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
      cut.countDown();
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }
}
