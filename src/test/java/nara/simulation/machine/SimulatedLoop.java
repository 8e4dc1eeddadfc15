package nara.simulation.machine;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.AbstractScheduledEventExecutor;
import io.netty.util.concurrent.DefaultPromise;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.Ticker;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/** The event loop of one simulated host: its tasks run by virtual time, on the one thread. */
final class SimulatedLoop extends AbstractScheduledEventExecutor implements EventLoop {
  private final VirtualTime time;
  private final Promise<Void> termination = new DefaultPromise<>(ImmediateEventExecutor.INSTANCE);
  private boolean running;
  private boolean dead;

  SimulatedLoop(VirtualTime time) {
    this.time = time;
    time.add(this);
  }

  private final Ticker clock =
      new Ticker() {
        @Override
        public long initialNanoTime() {
          return 0;
        }

        @Override
        public long nanoTime() {
          return time.nanos();
        }

        @Override
        public void sleep(long delay, TimeUnit unit) {
          throw new UnsupportedOperationException("nothing waits in virtual time");
        }
      };

  /** The host has lost its power: nothing of it runs any more. */
  void kill() {
    dead = true;
    time.remove(this);
  }

  boolean isDead() {
    return dead;
  }

  @Override
  public Ticker ticker() {
    return time == null ? Ticker.systemTicker() : clock;
  }

  long nextTimer() {
    long next = nextScheduledTaskNano();
    return next < 0 ? Long.MAX_VALUE : time.nanos() + next;
  }

  void collectDueTimers(Queue<Runnable> ready) {
    running = true;
    for (Runnable due = pollScheduledTask(time.nanos());
        due != null;
        due = pollScheduledTask(time.nanos())) {
      ready.add(inLoop(due));
    }
    running = false;
  }

  @Override
  public void execute(Runnable task) {
    // A foreign thread comes only from the shutdown of a node, whose host is dead by then.
    if (!dead && time.isItsThread()) {
      time.runSoon(inLoop(task));
    }
  }

  private Runnable inLoop(Runnable task) {
    return () -> {
      if (dead) {
        return;
      }
      running = true;
      try {
        task.run();
      } finally {
        running = false;
      }
    };
  }

  @Override
  public boolean inEventLoop(Thread thread) {
    return running && time.isItsThread();
  }

  @Override
  public EventLoop next() {
    return this;
  }

  @Override
  public EventLoopGroup parent() {
    return null;
  }

  @Override
  public ChannelFuture register(Channel channel) {
    return register(new DefaultChannelPromise(channel, this));
  }

  @Override
  public ChannelFuture register(ChannelPromise promise) {
    promise.channel().unsafe().register(this, promise);
    return promise;
  }

  @Override
  @Deprecated
  public ChannelFuture register(Channel channel, ChannelPromise promise) {
    channel.unsafe().register(this, promise);
    return promise;
  }

  /** All that the host runs has ended by then. The loop itself ends when the host is killed. */
  @Override
  public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
    termination.trySuccess(null);
    return termination;
  }

  @Override
  public Future<?> terminationFuture() {
    return termination;
  }

  @Override
  @Deprecated
  public void shutdown() {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean isShuttingDown() {
    return false;
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
    return false;
  }
}
