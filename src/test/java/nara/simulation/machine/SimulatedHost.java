package nara.simulation.machine;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.internal.VertxBootstrap;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.internal.threadchecker.BlockedThreadChecker;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import nara.bus.Scheduler;

/** A machine with one network interface, one event loop, and a clock that may be wrong. */
public final class SimulatedHost {
  static {
    // The resolver of Vert.x opens real sockets, even when all hosts are addresses.
    System.setProperty("vertx.disableDnsResolver", "true");
  }

  /** The moment at which each simulation starts. */
  public static final Instant START = Instant.parse("2026-03-01T12:00:00Z");

  private final SimulatedNetwork network;
  private final String address;
  private final SimulatedLoop loop;
  private final SimulatedWorkers workers;
  private Duration skew = Duration.ZERO;
  private boolean ending;
  private Vertx vertx;

  SimulatedHost(SimulatedNetwork network, String address) {
    this.network = network;
    this.address = address;
    this.loop = new SimulatedLoop(network.time());
    this.workers = new SimulatedWorkers(network.time(), loop);
  }

  /** Its IP address. */
  public String address() {
    return address;
  }

  public SimulatedNetwork network() {
    return network;
  }

  SimulatedLoop loop() {
    return loop;
  }

  /** Sets the clock: how far it is ahead. */
  public void setSkew(Duration ahead) {
    skew = ahead;
  }

  public Duration skew() {
    return skew;
  }

  /** The true time. */
  public static Instant trueTime(VirtualTime time) {
    return START.plusNanos(time.nanos());
  }

  /** The clock of this machine, with timers by virtual time. */
  public Scheduler scheduler() {
    Scheduler timers = Scheduler.of(() -> trueTime(network.time()).plus(skew));
    return new Scheduler() {
      @Override
      public TimerHandle schedule(Vertx owner, Duration delay, Runnable action) {
        return timers.schedule(owner, delay, action);
      }

      @Override
      public Instant instant() {
        return timers.instant();
      }

      @Override
      public long nanoTime() {
        return network.time().nanos();
      }
    };
  }

  /** Starts Vert.x on this machine. */
  public Vertx startVertx(VertxOptions options) {
    options.setBlockedThreadCheckInterval(1).setBlockedThreadCheckIntervalUnit(TimeUnit.DAYS);
    // A cache of files has a shutdown hook, which would keep every simulation in memory.
    options.setFileSystemOptions(
        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false));
    vertx =
        VertxBootstrap.create()
            .options(options.setEventLoopPoolSize(1))
            .transport(new SimulatedTransport(this))
            .executorServiceFactory((threads, concurrency, max) -> workers)
            .init()
            .vertx();
    return vertx;
  }

  /** Whether its programs are to end. */
  public boolean isEnding() {
    return ending;
  }

  /** Ends all programs in order. */
  Future<Void> shutDown() {
    ending = true;
    return loop.isDead() || vertx == null ? Future.succeededFuture() : vertx.close();
  }

  /**
   * Takes the power off.
   *
   * @param silently whether the ends of its connections never hear of it
   */
  public void kill(boolean silently) {
    if (!loop.isDead()) {
      loop.kill();
      network.onKilled(this, silently);
      if (vertx != null) {
        BlockedThreadChecker checker = ((VertxInternal) vertx).blockedThreadChecker();
        checker.close();
      }
    }
  }
}
