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
import nara.cluster.map.Lease;

/**
 * Asks a member which lease it sees.
 *
 * <p>That a replacement came through does not say that the others have it. A member that stood
 * still, or was cut off, loses the others one by one: with the first of them goes the backup that
 * would have been missed, while the second still counts for the quorum. What it writes then is
 * there for it alone. So whoever is to begin a lead asks the others, too; those that have gone on
 * without it see another lease, or do not answer.
 */
public final class LeaseQuorumCheck
    implements Callable<String>, HazelcastInstanceAware, DataSerializable {
  private static final String EXECUTOR = "nara.witnesses";

  private transient HazelcastInstance hazelcast;

  /** For reading, too. */
  LeaseQuorumCheck() {}

  /**
   * Whether a quorum sees that lease, this member included. Blocks, for as long as the patience at
   * the most.
   */
  public static boolean isSeenByQuorum(
      HazelcastInstance hazelcast, Lease lease, int quorum, Duration timeout)
      throws InterruptedException {
    IExecutorService executor = hazelcast.getExecutorService(EXECUTOR);
    long deadline = System.nanoTime() + timeout.toNanos();
    List<Future<String>> responses = new ArrayList<>();
    try {
      for (Member member : hazelcast.getCluster().getMembers()) {
        responses.add(executor.submitToMember(new LeaseQuorumCheck(), member));
      }
    } catch (RejectedExecutionException stopping) {
      return false;
    }
    int confirmations = 0;
    for (Future<String> response : responses) {
      confirmations +=
          lease.encoded().equals(awaitResponse(response, deadline - System.nanoTime())) ? 1 : 0;
    }
    return confirmations >= quorum;
  }

  /** What it says; nothing when it says nothing in time. */
  private static String awaitResponse(Future<String> response, long nanos)
      throws InterruptedException {
    try {
      return Objects.requireNonNullElse(
          response.get(Math.max(0, nanos), TimeUnit.NANOSECONDS), "there is none");
    } catch (ExecutionException | TimeoutException gone) {
      return "it does not answer";
    }
  }

  @Override
  public String call() {
    return hazelcast
        .<String, String>getMap(HazelcastConfig.LEASE_MAP)
        .get(HazelcastConfig.LEASE_KEY);
  }

  @Override
  public void setHazelcastInstance(HazelcastInstance instance) {
    hazelcast = instance;
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
