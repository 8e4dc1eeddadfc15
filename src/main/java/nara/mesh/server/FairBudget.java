package nara.mesh.server;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Shares a number of turns and a budget of bytes between peers, so that no peer uses up the memory
 * of the server.
 *
 * <p>A lease has a turn while the server works for it, and its bytes until it is released. A name
 * has at most a quarter of the bytes, an address at most half of them; one lease alone may exceed
 * that. Leases without room wait. The next one is of the address, then of the name, that holds
 * least. When a lease waits for the bytes of others, the slowest transfer of the address that holds
 * most is cut.
 *
 * <p>Pure: time is a parameter. Lives on one event loop.
 */
final class FairBudget {
  /** A sweep halves the weight of older bytes within two seconds. */
  private static final double RECENT_WEIGHT = 0.9;

  /**
   * The limits of a budget.
   *
   * @param bytes of all leases
   * @param turns at once
   */
  record Capacity(long bytes, int turns, int perName, int perAddress) {}

  /** The work of a lease. */
  interface Work {
    /** The lease has its turn and its bytes. */
    void start(Lease lease);

    /** The lease waited too long, or too many wait already. */
    void refuse();

    /** The transfer is too slow, or others need its bytes more. The lease is released already. */
    void cut();
  }

  private enum State {
    WAITING,
    ACTIVE,
    RELEASED
  }

  /** The part of the budget that one name or one address uses. */
  private static final class Usage {
    private int leases;
    private int waiting;
    private int turns;
    private long bytes;
  }

  /** A request's part of the budget. All methods do nothing after {@link #release}. */
  final class Lease {
    private final Requester requester;
    private final Usage name;
    private final Usage address;
    private final Work work;
    private final long submittedAt;
    private State state = State.WAITING;
    private boolean hasTurn;
    private long bytes;
    private boolean transferring;
    private long transferStart;
    private long windowStart;
    private long windowBytes;
    private long sweptBytes;
    private double recentBytes;

    private Lease(Requester requester, long bytes, Work work) {
      this.requester = requester;
      this.name = names.computeIfAbsent(requester.key(), first -> new Usage());
      this.address = addresses.computeIfAbsent(requester.address(), first -> new Usage());
      name.leases++;
      address.leases++;
      this.bytes = bytes;
      this.work = work;
      this.submittedAt = nanoTime.getAsLong();
    }

    boolean isWaiting() {
      return state == State.WAITING;
    }

    /** From now on, bytes must come or go at the minimum rate. */
    void startTransfer() {
      transferring = true;
      transferStart = nanoTime.getAsLong();
      windowStart = transferStart;
    }

    void addTransferred(int more) {
      windowBytes += more;
      sweptBytes += more;
    }

    /** All bytes have come; the lease keeps them. */
    void endTransfer() {
      transferring = false;
    }

    /** Ends the turn; the lease keeps its bytes. */
    void endTurn() {
      if (state == State.ACTIVE && hasTurn) {
        hasTurn = false;
        addTurns(this, -1);
        startWaiting();
      }
    }

    /** Takes that many bytes instead, whether there is room or not. */
    void resize(long newBytes) {
      if (state == State.ACTIVE) {
        long freed = bytes - newBytes;
        addBytes(this, -freed);
        bytes = newBytes;
        if (freed > 0) {
          startWaiting();
        }
      }
    }

    /** Takes that many bytes instead if there is room. */
    boolean tryResize(long newBytes) {
      if (state != State.ACTIVE || !hasBytes(this, bytes, newBytes)) {
        return false;
      }
      resize(newBytes);
      return true;
    }

    void release() {
      switch (state) {
        case WAITING -> stopWaiting(this);
        case ACTIVE -> {
          active.remove(this);
          addBytes(this, -bytes);
          if (hasTurn) {
            addTurns(this, -1);
          }
        }
        case RELEASED -> {
          return;
        }
      }
      forget(this);
      startWaiting();
    }

    /** Each window must bring the minimum; a faster start does not count for later ones. */
    private boolean isTooSlow(long now) {
      recentBytes = RECENT_WEIGHT * recentBytes + sweptBytes;
      sweptBytes = 0;
      long window = now - windowStart;
      if (!transferring || window < limits.progressWindow().toNanos()) {
        return false;
      }
      boolean slow = windowBytes < limits.progressWindow().toMillis() * minBytesPerMilli();
      windowStart = now;
      windowBytes = 0;
      return slow;
    }

    private double minBytesPerMilli() {
      return limits.minBytesPerSecond() / 1_000.0;
    }
  }

  private final Capacity capacity;
  private final ServerLimits limits;
  private final LongSupplier nanoTime;

  private final Map<String, Usage> names = new HashMap<>();
  private final Map<String, Usage> addresses = new HashMap<>();
  private final Set<Lease> waiting = new LinkedHashSet<>();
  private final Set<Lease> active = new LinkedHashSet<>();
  private long usedBytes;
  private int usedTurns;
  private boolean starting;

  FairBudget(Capacity capacity, ServerLimits limits, LongSupplier nanoTime) {
    this.capacity = capacity;
    this.limits = limits;
    this.nanoTime = nanoTime;
  }

  /** Starts the work at once, or when there is room, or refuses it. */
  Lease submit(Requester requester, long bytes, Work work) {
    Lease lease = new Lease(requester, bytes, work);
    if (waiting.isEmpty() && fits(lease)) {
      start(lease);
      return lease;
    }
    if (lease.name.waiting >= ServerLimits.WAITING_PER_NAME
        || lease.address.waiting >= ServerLimits.WAITING_PER_ADDRESS) {
      forget(lease);
      work.refuse();
      return lease;
    }
    waiting.add(lease);
    lease.name.waiting++;
    lease.address.waiting++;
    startWaiting();
    return lease;
  }

  /** Ends slow transfers, makes room for leases that wait, and refuses those that waited long. */
  void sweep() {
    long now = nanoTime.getAsLong();
    for (Lease lease : List.copyOf(active)) {
      if (lease.state == State.ACTIVE && lease.isTooSlow(now)) {
        cut(lease);
      }
    }
    makeRoom(now);
    for (Lease lease : List.copyOf(waiting)) {
      if (now - lease.submittedAt > limits.maxWait().toNanos() && lease.state == State.WAITING) {
        lease.release();
        lease.work.refuse();
      }
    }
  }

  /** Bytes of all leases. */
  long usedBytes() {
    return usedBytes;
  }

  // Room.

  private boolean fits(Lease lease) {
    return hasTurnOfName(lease)
        && lease.address.turns < capacity.perAddress()
        && usedTurns < capacity.turns()
        && hasBytes(lease, 0, lease.bytes);
  }

  private boolean hasTurnOfName(Lease lease) {
    return lease.name.turns < capacity.perName();
  }

  /** Whether the lease may have so many bytes, of which it has some already. */
  private boolean hasBytes(Lease lease, long held, long wanted) {
    return within(lease.name.bytes - held, wanted, capacity.bytes() / ServerLimits.NAME_PART)
        && within(lease.address.bytes - held, wanted, capacity.bytes() / ServerLimits.ADDRESS_PART)
        && within(usedBytes - held, wanted, capacity.bytes());
  }

  /** The only lease has room whatever its size. */
  private static boolean within(long usedByOthers, long wanted, long max) {
    return usedByOthers == 0 || usedByOthers + wanted <= max;
  }

  private void startWaiting() {
    if (starting) {
      return;
    }
    starting = true;
    try {
      for (Optional<Lease> next = next(); next.isPresent(); next = next()) {
        stopWaiting(next.get());
        start(next.get());
      }
    } finally {
      starting = false;
    }
  }

  private Optional<Lease> next() {
    return waiting.isEmpty()
        ? Optional.empty()
        : waiting.stream().filter(this::fits).min(leastHolding());
  }

  /** Equal ones keep their order. */
  private Comparator<Lease> leastHolding() {
    return Comparator.<Lease>comparingLong(lease -> lease.address.bytes)
        .thenComparingInt(lease -> lease.address.turns)
        .thenComparingLong(lease -> lease.name.bytes)
        .thenComparingInt(lease -> lease.name.turns);
  }

  private void start(Lease lease) {
    lease.state = State.ACTIVE;
    lease.hasTurn = true;
    active.add(lease);
    addTurns(lease, 1);
    addBytes(lease, lease.bytes);
    lease.work.start(lease);
  }

  private void stopWaiting(Lease lease) {
    if (waiting.remove(lease)) {
      lease.name.waiting--;
      lease.address.waiting--;
    }
  }

  // Cuts.

  private void makeRoom(long now) {
    for (int i = 0; i < ServerLimits.CUTS_PER_SWEEP && !waiting.isEmpty(); i++) {
      Optional<Lease> victim =
          waiting.stream()
              .sorted(leastHolding())
              .limit(ServerLimits.WAITING_PER_CUT)
              .map(lease -> victimFor(lease, now))
              .flatMap(Optional::stream)
              .findFirst();
      if (victim.isEmpty()) {
        return;
      }
      cut(victim.get());
    }
  }

  /** The transfer to end for a waiting lease: one of a peer that holds more than its own. */
  private Optional<Lease> victimFor(Lease lease, long now) {
    Usage name = lease.name;
    if (!hasTurnOfName(lease)
        || !within(name.bytes, lease.bytes, capacity.bytes() / ServerLimits.NAME_PART)) {
      return Optional.empty();
    }
    boolean lacksBytes = !hasBytes(lease, 0, lease.bytes);
    List<Lease> candidates = new ArrayList<>();
    long most = 0;
    for (Lease other : active) {
      if (!other.transferring
          || now - other.transferStart < limits.contendedGrace().toNanos()
          || other.requester.key().equals(lease.requester.key())
          || !(other.hasTurn || lacksBytes)) {
        continue;
      }
      boolean sameAddress = other.requester.address().equals(lease.requester.address());
      long held = sameAddress ? other.name.bytes : other.address.bytes;
      boolean holdsMore = held > (sameAddress ? name.bytes : lease.address.bytes);
      if (holdsMore && (sameAddress || hasRoomAtAddress(lease)) && other.address.bytes >= most) {
        if (other.address.bytes > most) {
          candidates.clear();
          most = other.address.bytes;
        }
        candidates.add(other);
      }
    }
    return candidates.stream()
        .min(Comparator.comparingDouble(other -> other.recentBytes + other.sweptBytes));
  }

  /** Without it, only transfers at the same address make room. */
  private boolean hasRoomAtAddress(Lease lease) {
    Usage address = lease.address;
    return address.turns < capacity.perAddress()
        && within(address.bytes, lease.bytes, capacity.bytes() / ServerLimits.ADDRESS_PART);
  }

  private void cut(Lease lease) {
    lease.release();
    lease.work.cut();
  }

  // Sums.

  private void addTurns(Lease lease, int more) {
    lease.name.turns += more;
    lease.address.turns += more;
    usedTurns += more;
  }

  private void addBytes(Lease lease, long more) {
    lease.name.bytes += more;
    lease.address.bytes += more;
    usedBytes += more;
  }

  private void forget(Lease lease) {
    lease.state = State.RELEASED;
    if (--lease.name.leases == 0) {
      names.remove(lease.requester.key());
    }
    if (--lease.address.leases == 0) {
      addresses.remove(lease.requester.address());
    }
  }
}
