package nara.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import nara.bench.BenchHistory.Spread;

/** Nodes that hold a history, in processes that are started when they are needed. */
final class Neighbours implements AutoCloseable {
  private final List<WorkerProcess> processes = new ArrayList<>();
  private final int perProcess;
  private final String[] jvm;

  /**
   * None yet.
   *
   * @param perProcess so many of them share a process
   * @param jvm the options of these processes
   */
  Neighbours(int perProcess, String... jvm) {
    this.perProcess = perProcess;
    this.jvm = jvm;
  }

  /** Has so many neighbours hold their parts, all at once; returns them as a node's peers. */
  List<String> hold(Path file, Spread spread, int count) throws IOException {
    while (processes.size() * perProcess < count) {
      processes.add(WorkerProcess.start(jvm));
    }
    for (WorkerProcess process : processes) {
      process.request("drop");
    }
    for (int i = 0; i < count; i++) {
      processes.get(i / perProcess).send("hold", file, spread, i, count);
    }
    List<String> peers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      peers.add(processes.get(i / perProcess).awaitResponse().get("peer"));
    }
    return peers;
  }

  /** The processor time that all of them have used so far. */
  long cpuNanos() {
    return processes.stream().map(WorkerProcess::cpu).mapToLong(Duration::toNanos).sum();
  }

  @Override
  public void close() {
    processes.forEach(WorkerProcess::close);
  }
}
