package nara.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A Prometheus and an open page: it reads {@code /metrics} and {@code /status} of a node again and
 * again, the first time as soon as the port is open, and all of {@code /events}.
 */
final class Dashboard implements AutoCloseable {
  /** Between two attempts while the node starts. */
  private static final Duration RETRY = Duration.ofMillis(20);

  private final HttpClient http = HttpClient.newHttpClient();
  private final AtomicLong scrapes = new AtomicLong();
  private final AtomicLong streamed = new AtomicLong();
  private final List<Thread> threads;
  private volatile boolean closed;

  private Dashboard(String node, Duration every) {
    threads =
        List.of(
            Thread.ofVirtual().unstarted(() -> scrape(node, every)),
            Thread.ofPlatform().daemon().unstarted(() -> listen(node)));
  }

  static Dashboard open(int port, Duration every) {
    Dashboard dashboard = new Dashboard("http://127.0.0.1:" + port, every);
    dashboard.threads.forEach(Thread::start);
    return dashboard;
  }

  /** Reads of the metrics that succeeded. */
  long scrapes() {
    return scrapes.get();
  }

  long streamedBytes() {
    return streamed.get();
  }

  private void scrape(String node, Duration every) {
    while (!closed) {
      try {
        for (String path : List.of("/metrics", "/status")) {
          http.send(request(node + path), HttpResponse.BodyHandlers.discarding());
        }
        scrapes.incrementAndGet();
        LockSupport.parkNanos(every.toNanos());
      } catch (IOException starting) {
        LockSupport.parkNanos(RETRY.toNanos());
      } catch (InterruptedException ended) {
        return;
      }
    }
  }

  private void listen(String node) {
    byte[] buffer = new byte[64 << 10];
    while (!closed) {
      try (InputStream in =
          http.send(request(node + "/events"), HttpResponse.BodyHandlers.ofInputStream()).body()) {
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          streamed.addAndGet(read);
        }
      } catch (IOException starting) {
        LockSupport.parkNanos(RETRY.toNanos());
      } catch (InterruptedException ended) {
        return;
      }
    }
  }

  private static HttpRequest request(String url) {
    return HttpRequest.newBuilder(URI.create(url)).build();
  }

  @Override
  public void close() {
    closed = true;
    http.shutdownNow();
    try {
      for (Thread thread : threads) {
        thread.interrupt();
        thread.join();
      }
    } catch (InterruptedException stopped) {
      throw new IllegalStateException(stopped);
    }
  }
}
