package nara.metrics;

import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot.HistogramDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.InfoSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The values of all families at one time. */
final class Samples {
  private final Map<Family, Map<List<String>, Double>> values = new EnumMap<>(Family.class);
  private final Map<Family, Map<String, HistogramDataPointSnapshot>> histograms =
      new EnumMap<>(Family.class);

  /** Sets a value; a later one for the same labels replaces it. */
  void set(Family family, double value, String... labelValues) {
    values.computeIfAbsent(family, first -> new LinkedHashMap<>()).put(List.of(labelValues), value);
  }

  void set(Family family, boolean value, String... labelValues) {
    set(family, value ? 1 : 0, labelValues);
  }

  /** Sets a value for each key, and 0 for these keys when they are absent. */
  void setEach(Family family, List<String> always, Map<String, ? extends Number> byLabel) {
    always.forEach(label -> set(family, 0, label));
    byLabel.forEach((label, value) -> set(family, value.doubleValue(), label));
  }

  /**
   * Sets a histogram with one label.
   *
   * @param buckets one more than bounds, for the values above the last one
   */
  void setHistogram(
      Family family, String label, List<Double> bounds, List<Long> buckets, double sum) {
    ClassicHistogramBuckets.Builder counts = ClassicHistogramBuckets.builder();
    for (int i = 0; i < buckets.size(); i++) {
      double bound = i < bounds.size() ? bounds.get(i) : Double.POSITIVE_INFINITY;
      counts.bucket(bound, buckets.get(i));
    }
    histograms
        .computeIfAbsent(family, first -> new LinkedHashMap<>())
        .put(
            label,
            HistogramDataPointSnapshot.builder()
                .classicHistogramBuckets(counts.build())
                .sum(sum)
                .labels(Labels.of(family.labels().getFirst(), label))
                .build());
  }

  MetricSnapshots snapshots() {
    List<MetricSnapshot> all = new ArrayList<>();
    for (Family family : Family.values()) {
      all.add(snapshot(family));
    }
    return new MetricSnapshots(all);
  }

  private MetricSnapshot snapshot(Family family) {
    Map<List<String>, Double> samples = values.getOrDefault(family, Map.of());
    return switch (family.type()) {
      case COUNTER -> {
        CounterSnapshot.Builder counter =
            CounterSnapshot.builder().name(family.baseName()).help(family.help());
        samples.forEach(
            (labels, value) ->
                counter.dataPoint(
                    CounterDataPointSnapshot.builder()
                        .value(value)
                        .labels(Labels.of(family.labels(), labels))
                        .build()));
        yield counter.build();
      }
      case GAUGE -> {
        GaugeSnapshot.Builder gauge =
            GaugeSnapshot.builder().name(family.baseName()).help(family.help());
        samples.forEach(
            (labels, value) ->
                gauge.dataPoint(
                    GaugeDataPointSnapshot.builder()
                        .value(value)
                        .labels(Labels.of(family.labels(), labels))
                        .build()));
        yield gauge.build();
      }
      case HISTOGRAM -> {
        HistogramSnapshot.Builder histogram =
            HistogramSnapshot.builder().name(family.baseName()).help(family.help());
        histograms.getOrDefault(family, Map.of()).values().forEach(histogram::dataPoint);
        yield histogram.build();
      }
      case INFO -> {
        InfoSnapshot.Builder info =
            InfoSnapshot.builder().name(family.baseName()).help(family.help());
        samples
            .keySet()
            .forEach(
                labels ->
                    info.dataPoint(
                        InfoSnapshot.InfoDataPointSnapshot.builder()
                            .labels(Labels.of(family.labels(), labels))
                            .build()));
        yield info.build();
      }
    };
  }
}
