package nara.cluster.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nara.cluster.MemberCommand;
import nara.cluster.MemberCommand.CommandResult;
import nara.cluster.MemberCommand.FetchCompleted;
import nara.event.EventId;
import nara.event.Verdict;
import nara.ledger.Query;
import nara.mesh.client.MeshRequest;
import nara.mesh.wire.MeshFailure;
import nara.recovery.ClusterWorkRequest.ReplayLogEntry;
import nara.recovery.PlanCommand;
import nara.recovery.RecoveryEvent;
import nara.recovery.report.Report;
import nara.trust.TrustRequest.OfferResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordCodecTest {
  private static final MeshRequest.Peer BART = new MeshRequest.Peer("bart", "127.0.0.1:1");
  private static final Query PAGE =
      new Query.Page(Long.MIN_VALUE, 5_000, new Query.Filter(Set.of("ping"), Set.of()));

  @ParameterizedTest
  @ValueSource(
      classes = {MemberCommand.class, CommandResult.class, ReplayLogEntry.class, Report.class})
  void every_cluster_message_is_encodable(Class<?> type) {
    assertThat(unsupportedType(type)).isEmpty();
  }

  @Test
  void time_out_of_range_is_an_illegal_argument() {
    Buffer entry = Buffer.buffer().appendLong(Long.MAX_VALUE).appendInt(0);

    assertThatThrownBy(() -> RecordCodec.decode(ReplayLogEntry.class, entry))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void unencodable_type_is_named() {
    assertThat(unsupportedType(Thread.class)).contains("java.lang.Thread");
  }

  @Test
  void commands_results_and_log_entries_survive_a_round_trip() {
    MeshRequest.PageFetched fetched =
        new MeshRequest.PageFetched(
            1_000,
            2,
            5,
            6,
            Optional.of(6L),
            false,
            List.of(new MeshRequest.EventRef(5, new EventId(1, -2))),
            new OfferResult(2, 1, 1, 0, 0, 0, Map.of(Verdict.VALID, 1), Set.of("lisa")),
            Duration.ofMillis(1_234));
    MemberCommand command =
        new MemberCommand.FetchAndMerge(
            3, "a", BART, PAGE, Duration.ofSeconds(9), Duration.ofSeconds(2));

    assertThat(roundTrip(MemberCommand.class, command)).isEqualTo(command);
    assertThat(roundTrip(CommandResult.class, new FetchCompleted(fetched)))
        .isEqualTo(new FetchCompleted(fetched));
    ReplayLogEntry entry =
        new ReplayLogEntry(
            Instant.ofEpochSecond(7, 8),
            new RecoveryEvent.FetchEnded(4, fetched, "b"),
            List.of(
                new PlanCommand.StartFetch(
                    5, BART, PAGE, Duration.ofSeconds(1), Duration.ofSeconds(2))));
    assertThat(roundTrip(ReplayLogEntry.class, entry)).isEqualTo(entry);
    CommandResult failed =
        new FetchCompleted(new MeshRequest.FetchFailed(MeshFailure.STALLED, "slow"));
    assertThat(roundTrip(CommandResult.class, failed)).isEqualTo(failed);
  }

  @Test
  void truncated_extended_or_foreign_bytes_are_rejected() {
    Buffer whole =
        RecordCodec.encode(
            MemberCommand.class,
            new MemberCommand.FetchAndMerge(
                3, "a", BART, PAGE, Duration.ofSeconds(9), Duration.ofSeconds(2)));
    for (int length = 0; length < whole.length(); length++) {
      Buffer cut = whole.slice(0, length);
      assertThatThrownBy(() -> RecordCodec.decode(MemberCommand.class, cut))
          .isInstanceOf(IllegalArgumentException.class);
    }
    Buffer longer = whole.copy().appendByte((byte) 0);
    assertThatThrownBy(() -> RecordCodec.decode(MemberCommand.class, longer))
        .isInstanceOf(IllegalArgumentException.class);
    Buffer other = Buffer.buffer(new byte[] {77, 1, 2, 3});
    assertThatThrownBy(() -> RecordCodec.decode(MemberCommand.class, other))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static <T> T roundTrip(Class<T> type, T value) {
    Type as = type;
    return RecordCodec.decode(type, RecordCodec.encode(as, value));
  }

  /** The first part of a type that cannot be encoded, or empty. */
  private static Optional<String> unsupportedType(Type type) {
    return unsupportedType(type, new LinkedHashSet<>());
  }

  private static Optional<String> unsupportedType(Type type, Set<Type> visited) {
    if (!visited.add(type)) {
      return Optional.empty();
    }
    if (type instanceof ParameterizedType of) {
      boolean known =
          List.of(List.class, Set.class, Map.class, Optional.class).contains(of.getRawType());
      return known
          ? firstUnsupported(Arrays.asList(of.getActualTypeArguments()), visited)
          : unsupported(type);
    }
    if (!(type instanceof Class<?> one)) {
      return unsupported(type);
    }
    if (one.isRecord() && !RecordCodec.isScalar(one)) {
      return firstUnsupported(
          Arrays.stream(one.getRecordComponents()).map(RecordComponent::getGenericType).toList(),
          visited);
    }
    if (one.isSealed()) {
      return firstUnsupported(Arrays.<Type>asList(one.getPermittedSubclasses()), visited);
    }
    return RecordCodec.isScalar(one) ? Optional.empty() : unsupported(type);
  }

  private static Optional<String> firstUnsupported(Collection<Type> types, Set<Type> visited) {
    return types.stream()
        .map(type -> unsupportedType(type, visited))
        .flatMap(Optional::stream)
        .findFirst();
  }

  private static Optional<String> unsupported(Type type) {
    return Optional.of(type.getTypeName());
  }
}
