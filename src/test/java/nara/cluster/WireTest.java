package nara.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import nara.event.EventId;
import nara.event.Verdict;
import nara.ledger.Query;
import nara.mesh.MeshFailure;
import nara.mesh.MeshRequest;
import nara.recovery.Command;
import nara.recovery.Happening;
import nara.recovery.Report;
import nara.recovery.SharedWork.Noted;
import nara.trust.TrustRequest.Offered;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireTest {
  private static final MeshRequest.Peer BART = new MeshRequest.Peer("bart", "127.0.0.1:1");
  private static final Query PAGE =
      new Query.Page(Long.MIN_VALUE, 5_000, new Query.Filter(Set.of("ping"), Set.of()));

  @ParameterizedTest
  @ValueSource(
      classes = {MemberCommand.class, MemberCommand.Answer.class, Noted.class, Report.class})
  void all_that_members_tell_each_other_is_made_of_what_can_be_written(Class<?> type) {
    assertThat(Wire.fits(type)).isEmpty();
  }

  @Test
  void what_cannot_be_written_is_named() {
    assertThat(Wire.fits(Thread.class)).contains("java.lang.Thread");
  }

  @Test
  void commands_answers_and_notes_are_read_as_they_were_written() {
    MeshRequest.Fetched fetched =
        new MeshRequest.Fetched(
            1_000,
            2,
            5,
            6,
            Optional.of(6L),
            false,
            List.of(new MeshRequest.Stated(5, new EventId(1, -2))),
            new Offered(2, 1, 1, 0, 0, 0, Map.of(Verdict.VALID, 1), Set.of("lisa")),
            Duration.ofMillis(1_234));
    MemberCommand command =
        new MemberCommand.Fetch(3, "a", BART, PAGE, Duration.ofSeconds(9), Duration.ofSeconds(2));

    assertThat(again(MemberCommand.class, command)).isEqualTo(command);
    assertThat(again(MemberCommand.Answer.class, new MemberCommand.Fetched(fetched)))
        .isEqualTo(new MemberCommand.Fetched(fetched));
    Noted noted =
        new Noted(
            Instant.ofEpochSecond(7, 8),
            new Happening.CallEnded(4, fetched, "b"),
            List.of(
                new Command.Fetch(5, BART, PAGE, Duration.ofSeconds(1), Duration.ofSeconds(2))));
    assertThat(again(Noted.class, noted)).isEqualTo(noted);
    MemberCommand.Answer failed =
        new MemberCommand.Fetched(new MeshRequest.FetchFailed(MeshFailure.STALLED, "slow"));
    assertThat(again(MemberCommand.Answer.class, failed)).isEqualTo(failed);
  }

  @Test
  void bytes_that_are_cut_or_lengthened_or_of_something_else_are_refused() {
    Buffer whole =
        Wire.write(
            MemberCommand.class,
            new MemberCommand.Fetch(
                3, "a", BART, PAGE, Duration.ofSeconds(9), Duration.ofSeconds(2)));
    for (int length = 0; length < whole.length(); length++) {
      Buffer cut = whole.slice(0, length);
      assertThatThrownBy(() -> Wire.read(MemberCommand.class, cut))
          .isInstanceOf(IllegalArgumentException.class);
    }
    Buffer longer = whole.copy().appendByte((byte) 0);
    assertThatThrownBy(() -> Wire.read(MemberCommand.class, longer))
        .isInstanceOf(IllegalArgumentException.class);
    Buffer other = Buffer.buffer(new byte[] {77, 1, 2, 3});
    assertThatThrownBy(() -> Wire.read(MemberCommand.class, other))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static <T> T again(Class<T> type, T value) {
    Type as = type;
    return Wire.read(type, Wire.write(as, value));
  }
}
