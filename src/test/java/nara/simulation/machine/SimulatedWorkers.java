package nara.simulation.machine;

import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

/** The worker threads of one host: their tasks run on the one thread, outside the event loop. */
final class SimulatedWorkers extends AbstractExecutorService {
  private final VirtualTime time;
  private final SimulatedLoop loop;

  SimulatedWorkers(VirtualTime time, SimulatedLoop loop) {
    this.time = time;
    this.loop = loop;
  }

  @Override
  public void execute(Runnable task) {
    if (time.isItsThread()) {
      time.runSoon(
          () -> {
            if (!loop.isDead()) {
              task.run();
            }
          });
    }
  }

  @Override
  public void shutdown() {}

  @Override
  public List<Runnable> shutdownNow() {
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return false;
  }

  @Override
  public boolean isTerminated() {
    return false;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return true;
  }
}
