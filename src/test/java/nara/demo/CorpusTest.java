package nara.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import nara.event.ReadResult;
import nara.event.Verdict;
import nara.event.json.EventReader;
import nara.identity.Standing;
import nara.ledger.Ledger;
import nara.ledger.LedgerConfig;
import nara.ledger.LedgerRequest.JudgedEvent;
import org.junit.jupiter.api.Test;

class CorpusTest {
  private static final Instant END = Instant.parse("2026-11-26T12:00:00Z");

  @Test
  void ledger_keeps_whole_history_when_citizens_are_few() {
    int size = 3_000;
    Corpus corpus = Corpus.generate(size, 4, 7, END);
    Ledger ledger = new Ledger(LedgerConfig.ofSize(size), name -> Standing.ESTABLISHED);

    ledger.merge(judged(corpus.events()));

    assertThat(ledger.stats().total()).isEqualTo(size);
  }

  @Test
  void same_seed_and_end_give_same_bytes() {
    assertThat(Corpus.generate(500, 5, 1, END).events())
        .usingElementComparator(Arrays::compare)
        .isEqualTo(Corpus.generate(500, 5, 1, END).events());
  }

  private static List<JudgedEvent> judged(List<byte[]> events) {
    EventReader reader = new EventReader();
    return events.stream()
        .map(
            json ->
                new JudgedEvent(
                    ((ReadResult.ParsedEvent) reader.read(json)).event(), Verdict.VALID))
        .toList();
  }
}
