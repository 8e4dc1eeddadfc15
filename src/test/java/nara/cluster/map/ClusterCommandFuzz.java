package nara.cluster.map;

import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import nara.cluster.MemberCommand;
import nara.cluster.MemberCommand.CommandResult;
import nara.fuzz.FuzzTarget;
import nara.fuzz.Property;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest;
import nara.mesh.wire.MeshFailure;
import nara.recovery.ClusterWorkRequest.ReplayLogEntry;
import nara.recovery.PlanCommand;
import nara.recovery.RecoveryEvent;
import nara.recovery.report.Report;

/** Arbitrary bytes as a message between members of a cluster; the first byte is the type. */
public final class ClusterCommandFuzz implements FuzzTarget {
  private static final List<Class<?>> TYPES =
      List.of(MemberCommand.class, CommandResult.class, ReplayLogEntry.class, Report.class);

  @Override
  public List<byte[]> seeds() {
    MeshRequest.Peer bart = new MeshRequest.Peer("bart", "127.0.0.1:1");
    Duration second = Duration.ofSeconds(1);
    Query page = new Query.Page(5, 5_000, new Query.Filter(Set.of("ping"), Set.of()));
    Query slice = new Query.Slice(5, 1, 2, 500, Query.Filter.ALL);
    List<byte[]> seeds = new ArrayList<>();
    seeds.add(seed(0, new MemberCommand.FetchAndMerge(3, "a", bart, page, second, second)));
    seeds.add(seed(0, new MemberCommand.SearchKeysLocally(3, "a", List.of(bart))));
    seeds.add(seed(1, new MemberCommand.StaleTerm(7)));
    seeds.add(seed(1, new MemberCommand.CommandFailed("no")));
    PlanCommand.StartFetch start = new PlanCommand.StartFetch(5, bart, slice, second, second);
    seeds.add(
        seed(
            2,
            new ReplayLogEntry(
                Instant.ofEpochSecond(7, 8),
                new RecoveryEvent.FetchEnded(
                    4, new MeshRequest.FetchFailed(MeshFailure.STALLED, "late"), "b"),
                List.of(start))));
    return seeds;
  }

  private static byte[] seed(int type, Object value) {
    return Buffer.buffer(new byte[] {(byte) type})
        .appendBuffer(RecordCodec.encode(TYPES.get(type), value))
        .getBytes();
  }

  @Override
  public void run(byte[] input) {
    if (input.length == 0) {
      return;
    }
    Class<?> type = TYPES.get(Math.floorMod(input[0], TYPES.size()));
    Object value;
    try {
      value = RecordCodec.decode(type, Buffer.buffer(Arrays.copyOfRange(input, 1, input.length)));
    } catch (IllegalArgumentException refused) {
      Property.printable(refused.getMessage());
      return;
    }
    Buffer written = RecordCodec.encode(type, value);
    Buffer again = RecordCodec.encode(type, RecordCodec.decode(type, written));
    Property.equal(again, written, "a command written again");
  }
}
