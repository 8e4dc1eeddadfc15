package nara.mesh.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import nara.event.Event;
import nara.identity.Identity;
import nara.ledger.Query;
import nara.mesh.TestMesh;
import nara.testing.Altered;
import nara.testing.Citizen;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** Any bytes of a peer become a value or a MeshException. */
class MeshProperties {
  private static final Identity BART = Citizen.named("bart").identity();
  private static final List<Event> EVENTS = TestMesh.teases(Citizen.named("bart"), 4);
  private static final byte[] ANSWER = SyncResponse.write(BART, EVENTS, Optional.of(5L), 7).bytes();

  @Property(tries = 2_000)
  void any_bytes_are_read_or_rejected_with_reason(@ForAll byte[] bytes) {
    readAll(bytes);
  }

  @Property(tries = 2_000)
  void any_json_like_text_is_read_or_rejected_with_reason(@ForAll("nearJson") String text) {
    readAll(text.getBytes(UTF_8));
  }

  @Property(tries = 3_000)
  void altered_response_is_rejected_or_means_the_same(
      @ForAll @IntRange(max = 100_000) int at,
      @ForAll @IntRange(min = 1, max = 255) int flipped,
      @ForAll @IntRange(min = 0, max = 3) int shorter) {
    byte[] cut = Arrays.copyOf(ANSWER, ANSWER.length - shorter);
    byte[] changed = Altered.byteAt(cut, at % cut.length, flipped);
    byte[] truncated = Arrays.copyOf(ANSWER, at % ANSWER.length);
    for (byte[] altered : List.of(changed, truncated)) {
      readAll(altered);
      attempt(() -> assertSameWhenSigned(altered));
    }
  }

  /** The signature covers the sender, the time and the ids of the events, but not the cursor. */
  private static SyncResponse assertSameWhenSigned(byte[] altered) throws MeshException {
    SyncResponse response = SyncResponse.read(altered, 10);
    if (response.fault("bart", BART.keys().publicKey(), TestMesh.verifier()).isEmpty()) {
      assertThat(response.from()).isEqualTo("bart");
      assertThat(response.ts()).isEqualTo(7);
      assertThat(response.events().size()).isEqualTo(EVENTS.size());
      for (int i = 0; i < EVENTS.size(); i++) {
        // An event that does not begin with its id is not peeked at.
        assertThat(response.events().id(i)).isIn(EVENTS.get(i).id(), null);
      }
    }
    return response;
  }

  @Property(tries = 300)
  void written_response_reads_back_and_verifies(
      @ForAll @Size(max = 4) List<@IntRange(max = 3) Integer> chosen, @ForAll long cursor)
      throws MeshException {
    List<Event> events = chosen.stream().map(EVENTS::get).toList();
    byte[] body = SyncResponse.write(BART, events, Optional.of(cursor), 1_795_367_224L).bytes();

    SyncResponse answer = SyncResponse.read(body, Query.MAX_EVENTS);

    assertThat(answer.fault("bart", BART.keys().publicKey(), TestMesh.verifier())).isEmpty();
    assertThat(answer.nextCursor()).contains(cursor);
    assertThat(answer.events().spans().stream().map(span -> span.text(body)))
        .containsExactlyElementsOf(events.stream().map(e -> new String(e.json(), UTF_8)).toList());
    assertThat(IntStream.range(0, events.size()).mapToObj(i -> answer.events().ts(i)))
        .containsExactlyElementsOf(events.stream().map(Event::ts).toList());
  }

  @Property
  void any_name_reads_back_from_a_header(@ForAll String name) {
    byte[] utf8 = name.getBytes(UTF_8);
    assertThat(SignatureHeaders.decodeValue(SignatureHeaders.encodeValue(name)))
        .isEqualTo(new String(utf8, UTF_8));
  }

  @Property(tries = 500)
  void compressed_bytes_decompress_and_other_bytes_are_rejected_or_bounded(
      @ForAll byte[] bytes, @ForAll @IntRange(max = 200) int most) throws MeshException {
    assertThat(Gzip.decompress(Gzip.compress(Body.of(bytes)), Math.max(1, bytes.length)))
        .isEqualTo(bytes);
    attempt(() -> Gzip.decompress(bytes, most));
    attempt(
        () ->
            assertThat(Gzip.decompress(Gzip.compress(Body.of(bytes)), most).length)
                .isLessThanOrEqualTo(most));
  }

  @Property(tries = 1_000)
  void random_headers_are_never_authenticated(
      @ForAll String name, @ForAll("timestamps") String timestamp, @ForAll String signature) {
    SignatureHeaders headers = new SignatureHeaders(name, timestamp, signature);
    assertThat(
            RequestSignature.authenticate(
                headers,
                "POST",
                "/events/sync",
                Instant.EPOCH,
                anybody -> Optional.of(BART.keys().publicKey()),
                TestMesh.verifier()))
        .isNotInstanceOf(RequestSignature.AuthResult.Authenticated.class);
  }

  @Provide
  Arbitrary<String> timestamps() {
    return Arbitraries.oneOf(
        Arbitraries.longs().map(String::valueOf),
        Arbitraries.longs().between(-30_000, 30_000).map(String::valueOf),
        Arbitraries.strings().ofMaxLength(30));
  }

  @Provide
  Arbitrary<String> nearJson() {
    return Arbitraries.of(
            "{",
            "}",
            "[",
            "]",
            ",",
            ":",
            "\"",
            "\\",
            "null",
            "true",
            "1",
            "-",
            "1e9",
            " ",
            "\\u00",
            "\"from\"",
            "\"events\"",
            "\"ts\"",
            "\"sig\"",
            "\"id\"",
            "\"target\"",
            "\"public_key\"",
            "\"checkpoints\"",
            "\"has_more\"",
            "\"server\"",
            "\"next_cursor\"",
            "\"services\"",
            "{\"id\":\"0123456789abcdef0123456789abcdef\"",
            ",\"ts\":")
        .list()
        .ofMaxSize(30)
        .map(parts -> String.join("", parts));
  }

  private static void readAll(byte[] bytes) {
    attempt(
        () -> {
          SyncResponse answer = SyncResponse.read(bytes, 10);
          return answer.fault("bart", BART.keys().publicKey(), TestMesh.verifier());
        });
    attempt(() -> CheckpointList.read(bytes));
    attempt(() -> PingResponse.read(bytes));
    attempt(() -> PeerQueryResponse.read(bytes, "moe"));
    attempt(() -> SyncRequest.read(bytes).toQuery("me", 0));
  }

  private static void attempt(Callable<?> reading) {
    try {
      reading.call();
    } catch (MeshException named) {
      assertThat(named.reason()).isNotBlank().hasSizeLessThan(300);
    } catch (Exception defect) {
      throw new AssertionError("not a named trouble", defect);
    }
  }
}
