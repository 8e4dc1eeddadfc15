package nara.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import nara.event.ReadResult.ParsedEvent;
import nara.event.json.EventReader;
import nara.event.json.EventWriter;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever an event says comes back as it was written, and what is broken breaks nothing else. */
class EventCodecProperties {
  private final EventReader reader = new EventReader();

  @Property
  void event_is_unchanged_when_written_and_read(
      @ForAll("payloads") Payload payload,
      @ForAll("times") long ts,
      @ForAll("texts") String emitter,
      @ForAll("texts") String emitterId) {
    EventId id = Event.idOf(ts, payload.service(), payload.content());
    byte[] json = EventWriter.write(id.toString(), ts, emitter, emitterId, "sig", payload);

    ParsedEvent event = (ParsedEvent) reader.read(json);

    assertThat(event.event().payload()).isEqualTo(payload);
    assertThat(event.event().ts()).isEqualTo(ts);
    assertThat(event.event().emitter()).isEqualTo(emitter);
    assertThat(event.event().emitterId()).isEqualTo(emitterId);
    assertThat(event.event().isSigned()).isEqualTo(!emitter.isEmpty());
    assertThat(event.event().id()).isEqualTo(id);
    assertThat(event.idMatches()).isTrue();
    assertThat(event.event().json()).isEqualTo(json);
    assertThat(EventReader.peekId(json, 0, json.length)).contains(id);
  }

  @Property
  void id_changes_with_time_or_content(
      @ForAll("payloads") Payload payload, @ForAll("payloads") Payload other) {
    EventId id = Event.idOf(1, payload.service(), payload.content());

    assertThat(Event.idOf(2, payload.service(), payload.content())).isNotEqualTo(id);
    if (payload.service() != other.service() || !payload.content().equals(other.content())) {
      assertThat(Event.idOf(1, other.service(), other.content())).isNotEqualTo(id);
    }
  }

  @Property(tries = 3_000)
  void inserted_bytes_affect_only_their_own_event(
      @ForAll("payloads") Payload payload,
      @ForAll("noise") byte[] noise,
      @ForAll("places") double place) {
    byte[] json = EventWriter.write("0", 1, "a", "b", "c", payload);
    int at = (int) (place * json.length);
    System.arraycopy(noise, 0, json, at, Math.min(noise.length, json.length - at));

    ReadResult result = reader.read(json);

    if (result instanceof ParsedEvent event) {
      assertThat(event.event().json()).isEqualTo(json);
      assertThat(new String(json, StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8))
          .isEqualTo(json);
    } else {
      assertThat(result.validationError()).isPresent();
    }
  }

  @Property
  void id_parses_prints_and_sorts_as_hex(
      @ForAll long high, @ForAll long low, @ForAll long otherHigh, @ForAll long otherLow) {
    EventId id = new EventId(high, low);
    EventId other = new EventId(otherHigh, otherLow);

    assertThat(EventId.parse(id.toString())).contains(id);
    assertThat(id).hasToString("%016x%016x".formatted(high, low));
    assertThat(Integer.signum(id.compareTo(other)))
        .isEqualTo(Integer.signum(id.toString().compareTo(other.toString())));
  }

  @Provide
  Arbitrary<byte[]> noise() {
    return Arbitraries.bytes().array(byte[].class).ofMinSize(1).ofMaxSize(6);
  }

  @Provide
  Arbitrary<Double> places() {
    return Arbitraries.doubles().between(0, 0.99);
  }

  /** Any text that is one: halves of surrogate pairs become something else on the wire. */
  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.strings()
        .all()
        .ofMaxLength(12)
        .map(
            text ->
                new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8)
                    .replace("\uFEFF", ""));
  }

  @Provide
  Arbitrary<Long> times() {
    return Arbitraries.longs().filter(ts -> ts != 0);
  }

  @Provide
  Arbitrary<Payload> payloads() {
    Arbitrary<String> t = texts();
    Arbitrary<Long> n = Arbitraries.longs();
    Arbitrary<Double> rtt = Arbitraries.doubles().filter(Double::isFinite);
    Arbitrary<List<String>> list = t.list().ofMaxSize(5);
    Arbitrary<Checkpoint.AgreedValues> standing =
        Combinators.combine(n, n, n).as(Checkpoint.AgreedValues::new);
    Arbitrary<List<Long>> five = n.list().ofSize(5);
    return Arbitraries.oneOf(
        List.of(
            Combinators.combine(t, t, t, t, t, t, t).as(Social::new),
            Combinators.combine(t, t, t, t, rtt).as(Ping::new),
            Combinators.combine(t, t, t, t, t, t, five, Arbitraries.of(true, false))
                .as(
                    (observer, subject, type, state, cluster, id, five5, backfill) ->
                        new Observation(
                            observer,
                            id,
                            subject,
                            id,
                            type,
                            five5.get(0),
                            backfill,
                            five5.get(1),
                            five5.get(2),
                            five5.get(3),
                            state,
                            cluster,
                            five5.get(4))),
            Combinators.combine(t, t, t, t, t).as(HeyThere::new),
            Combinators.combine(t, t, t, t).as(Chau::new),
            Combinators.combine(t, t, t, t, t).as(Seen::new),
            Combinators.combine(n, t, t, standing, n, n, list, list)
                .as(
                    (version, subject, previous, agreed, asOf, round, voters, signatures) ->
                        new Checkpoint(
                            version,
                            subject,
                            subject,
                            previous,
                            agreed,
                            asOf,
                            round,
                            voters,
                            signatures))));
  }
}
