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
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import nara.cluster.map.Lease;

/**
 * Reads the lease that a member sees.
 *
 * <p>A successful replacement does not prove that the others have it. A member that was paused or
 * cut off loses the others one by one. Without the first, a missing backup goes unnoticed; the
 * second still counts for the quorum. A lease that it writes then exists on this member only. So a
 * new leader also asks the others: they see another lease, or do not reply.
 */
public final class LeaseQuorumCheck
    implements Callable<String>, HazelcastInstanceAware, DataSerializable {
  private static final String EXECUTOR = "nara.witnesses";

  private transient HazelcastInstance hazelcast;

  /** Also for deserialization. */
  LeaseQuorumCheck() {}

  /**
   * Whether a quorum of members, this one included, sees that lease. Blocks for the timeout at
   * most.
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
    } catch (RejectedExecutionException stopped) {
      return false;
    }
    int confirmations = 0;
    for (Future<String> response : responses) {
      try {
        long nanos = Math.max(0, deadline - System.nanoTime());
        if (lease.encoded().equals(response.get(nanos, TimeUnit.NANOSECONDS))) {
          confirmations++;
        }
      } catch (ExecutionException | TimeoutException noResponse) {
        // This member does not confirm the lease.
      }
    }
    return confirmations >= quorum;
  }

  @Override
  public String call() {
    return hazelcast.<String, String>getMap(Lease.LEASE_MAP).get(Lease.LEASE_KEY);
  }

  @Override
  public void setHazelcastInstance(HazelcastInstance instance) {
    hazelcast = instance;
  }

  @Override
  public void writeData(ObjectDataOutput out) {
    // The check has no parameters.
  }

  @Override
  public void readData(ObjectDataInput in) {
    // The check has no parameters.
  }
}
