package nara.metrics;

import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.concurrent.locks.ReentrantLock;
import nara.status.NodeStatus;
import nara.status.SocialState;

/**
 * Micrometer's registry for Prometheus: the metrics of the JVM and of the process, and those of the
 * node. It loads some hundred classes, so create it at the first scrape and not on an event loop.
 */
public final class MetricsRegistry implements AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics gc = new JvmGcMetrics();
  private final ReentrantLock lock = new ReentrantLock();
  private MetricSnapshots node = new MetricSnapshots();

  public MetricsRegistry() {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ClassLoaderMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    gc.bindTo(registry);
    MultiCollector ofNode = () -> node;
    registry.getPrometheusRegistry().register(ofNode);
  }

  /** The metrics as text, with its content type. */
  public record Scrape(String text, String contentType) {}

  /**
   * All metrics of a node in this state.
   *
   * @param streamClients that read the live events
   * @param accept the header of the request: it chooses OpenMetrics or Prometheus' text format
   */
  public Scrape scrape(NodeStatus of, SocialState social, int streamClients, String accept) {
    String type = ExpositionType.of(accept);
    lock.lock();
    try {
      node = NodeMetrics.of(of, social, streamClients);
      return new Scrape(registry.scrape(type), type);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    gc.close();
    registry.close();
  }
}
