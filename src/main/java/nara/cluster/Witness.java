package nara.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.core.IExecutorService;
import com.hazelcast.nio.ObjectDataInput;
import com.hazelcast.nio.ObjectDataOutput;
import com.hazelcast.nio.serialization.DataSerializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks a member which lease it sees.
 *
 * <p>That a replacement came through does not say that the others have it. A member that stood
 * still, or was cut off, loses the others one by one: with the first of them goes the backup that
 * would have been missed, while the second still counts for the quorum. What it writes then is
 * there for it alone. So whoever is to begin a lead asks the others, too; those that have gone on
 * without it see another lease, or do not answer.
 */
final class Witness implements Callable<String>, HazelcastInstanceAware, DataSerializable {
  private static final String EXECUTOR = "nara.witnesses";

  private transient HazelcastInstance here;

  /** For reading, too. */
  Witness() {}

  /**
   * Whether a quorum sees that lease, this member included. Blocks, for as long as the patience at
   * the most.
   */
  static boolean confirm(HazelcastInstance here, Lease lease, int quorum, Duration patience)
      throws InterruptedException {
    IExecutorService executor = here.getExecutorService(EXECUTOR);
    long end = System.nanoTime() + patience.toNanos();
    List<Future<String>> answers = new ArrayList<>();
    try {
      for (Member member : here.getCluster().getMembers()) {
        answers.add(executor.submitToMember(new Witness(), member));
      }
    } catch (RejectedExecutionException stopping) {
      return false;
    }
    int seen = 0;
    for (Future<String> answer : answers) {
      seen += lease.text().equals(answer(answer, end - System.nanoTime())) ? 1 : 0;
    }
    return seen >= quorum;
  }

  /** What it says; nothing when it says nothing in time. */
  private static String answer(Future<String> answer, long nanos) throws InterruptedException {
    try {
      return Objects.requireNonNullElse(
          answer.get(Math.max(0, nanos), TimeUnit.NANOSECONDS), "there is none");
    } catch (ExecutionException | TimeoutException gone) {
      return "it does not answer";
    }
  }

  @Override
  public String call() {
    return here.<String, String>getMap(Maps.LEASE).get(Maps.LEADER);
  }

  @Override
  public void setHazelcastInstance(HazelcastInstance instance) {
    here = instance;
  }

  @Override
  public void writeData(ObjectDataOutput out) {
    // There is nothing to tell: the question is always the same.
  }

  @Override
  public void readData(ObjectDataInput in) {
    // As above.
  }
}
