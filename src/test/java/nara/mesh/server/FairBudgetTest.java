package nara.mesh.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How turns and bytes are shared, in virtual time. */
class FairBudgetTest {
  private static final ServerLimits LIMITS =
      new ServerLimits(
          0,
          0,
          Duration.ofSeconds(20),
          4_096,
          Duration.ofSeconds(1),
          Duration.ofSeconds(30),
          Duration.ofSeconds(5));

  private long now;
  private final FairBudget budget =
      new FairBudget(new FairBudget.Capacity(1_000, 4, 2, 3), LIMITS, () -> now);
  private final List<String> log = new ArrayList<>();

  private FairBudget.Lease submit(String name, String address, long bytes) {
    return budget.submit(
        new Requester(name, address),
        bytes,
        new FairBudget.Work() {
          @Override
          public void start(FairBudget.Lease lease) {
            log.add("start " + name);
          }

          @Override
          public void refuse() {
            log.add("refuse " + name);
          }

          @Override
          public void cut() {
            log.add("cut " + name);
          }
        });
  }

  @Test
  void third_request_of_a_name_waits_and_others_start() {
    FairBudget.Lease first = submit("bart", "a", 10);
    submit("bart", "a", 10);
    submit("bart", "a", 10);
    submit("lisa", "a", 10);
    submit("maggie", "a", 10);
    submit("homer", "b", 10);
    assertThat(log).containsExactly("start bart", "start bart", "start lisa", "start homer");

    first.endTurn();

    assertThat(log).endsWith("start homer", "start maggie");
  }

  @Test
  void next_turn_is_of_the_address_that_holds_least() {
    List<FairBudget.Lease> running =
        List.of(
            submit("a1", "a", 100),
            submit("a2", "a", 100),
            submit("b1", "b", 100),
            submit("b2", "b", 100));
    submit("a3", "a", 100);
    submit("c1", "c", 100);
    log.clear();

    running.get(0).endTurn();
    running.get(2).endTurn();

    assertThat(log).containsExactly("start c1", "start a3");
  }

  @Test
  void name_has_a_quarter_of_the_bytes_and_address_half() {
    FairBudget.Lease bart = submit("bart", "a", 250);
    submit("bart", "a", 1);
    submit("lisa", "a", 250);
    submit("maggie", "a", 1);
    assertThat(log).containsExactly("start bart", "start lisa");

    bart.release();

    assertThat(log).containsExactly("start bart", "start lisa", "start bart", "start maggie");
  }

  @Test
  void one_lease_alone_may_exceed_its_share_and_frees_it_all() {
    FairBudget.Lease large = submit("bart", "a", 5_000);
    assertThat(log).containsExactly("start bart");

    large.resize(300);
    large.release();
    large.release();

    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void growing_lease_may_exceed_its_share_only_while_it_is_alone() {
    FairBudget.Lease growing = submit("bart", "a", 10);
    assertThat(growing.tryResize(600)).isTrue();
    submit("lisa", "b", 100);

    assertThat(growing.tryResize(950)).isFalse();
    assertThat(budget.usedBytes()).isEqualTo(700);
  }

  @Test
  void slowest_transfer_of_the_largest_address_is_cut_when_another_waits() {
    FairBudget.Lease slow = submit("a1", "a", 250);
    FairBudget.Lease fast = submit("a2", "a", 250);
    FairBudget.Lease other = submit("b1", "b", 250);
    FairBudget.Lease lastOne = submit("c1", "c", 250);
    for (FairBudget.Lease lease : List.of(slow, fast, other, lastOne)) {
      lease.endTurn();
      lease.startTransfer();
    }
    fast.addTransferred(100);
    submit("d1", "d", 250);
    log.clear();

    budget.sweep();
    assertThat(log).as("too young").isEmpty();
    now += Duration.ofSeconds(2).toNanos();
    budget.sweep();

    assertThat(log).containsExactly("start d1", "cut a1");
  }

  @Test
  void transfer_below_the_minimum_rate_is_cut_and_a_slow_link_survives() {
    FairBudget.Lease slow = submit("slow", "a", 100);
    FairBudget.Lease stuck = submit("stuck", "b", 100);
    slow.startTransfer();
    stuck.startTransfer();
    stuck.addTransferred(1_000_000);
    for (int second = 1; second <= 300; second++) {
      now += Duration.ofSeconds(1).toNanos();
      slow.addTransferred(8_000);
      budget.sweep();
    }

    assertThat(log).containsExactly("start slow", "start stuck", "cut stuck");
  }

  @Test
  void lease_that_waited_long_is_refused() {
    submit("bart", "a", 10);
    submit("bart", "a", 10);
    FairBudget.Lease third = submit("bart", "a", 10);
    now += Duration.ofSeconds(6).toNanos();
    budget.sweep();

    assertThat(log).endsWith("refuse bart");
    assertThat(third.isWaiting()).isFalse();
  }

  @Test
  void waiting_leases_of_a_name_are_bounded() {
    IntStream.range(0, 50).forEach(i -> submit("bart", "a", 1));

    assertThat(log.stream().filter("refuse bart"::equals))
        .hasSize(50 - ServerLimits.PER_NAME - ServerLimits.WAITING_PER_NAME);
  }
}
