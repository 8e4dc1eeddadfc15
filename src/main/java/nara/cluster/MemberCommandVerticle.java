package nara.cluster;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static nara.cluster.SharedLedgerVerticle.NO_QUORUM;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import nara.bounds.LogOnce;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Done;
import nara.bus.Timeouts;
import nara.bus.UnavailableException;
import nara.cluster.ClusterMember.MemberInfo;
import nara.cluster.ClusterNotification.HigherTermSeen;
import nara.cluster.ClusterNotification.MembersChanged;
import nara.cluster.ClusterNotification.SplitBrainHealed;
import nara.cluster.ClusterRequest.TakeOverLeadership;
import nara.cluster.ClusterRequest.TakeOverResult;
import nara.cluster.MemberCommand.CommandFailed;
import nara.cluster.MemberCommand.CommandResult;
import nara.cluster.MemberCommand.FetchAndMerge;
import nara.cluster.MemberCommand.FetchCompleted;
import nara.cluster.MemberCommand.KeySearchCompleted;
import nara.cluster.MemberCommand.StaleTerm;
import nara.cluster.map.RecordCodec;
import nara.cluster.map.RecoveryProgress;
import nara.cluster.map.TermTracker;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.PeerKeySource;
import nara.recovery.ClusterWorkRequest;
import nara.recovery.ClusterWorkRequest.FetchOnMember;
import nara.recovery.ClusterWorkRequest.FetchedByMember;
import nara.trust.KeySearch;
import nara.trust.KeySearch.KeySearchResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Executes the commands of a leader, if their term is current. For the coordinator of a leader it
 * also sends commands to members and stores the progress.
 *
 * <p>When a member leaves, its commands go to another member at once. A command that is refused
 * because of its term ends this member's lead.
 */
public final class MemberCommandVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(MemberCommandVerticle.class);

  /** Members that one fetch is tried on. */
  private static final int MAX_ATTEMPTS = 5;

  /** Distinct failures of members that are logged. */
  private static final int MAX_LOGGED = 20;

  private final ClusterMember member;
  private final TermTracker tracker;
  private final List<PendingCommand> pendingCommands = new ArrayList<>();

  /** A member that has just joined or is about to leave fails all commands. */
  private final LogOnce failures = new LogOnce(LOG::info, MAX_LOGGED);

  private Bus bus;
  private WorkerExecutor worker;
  private RecoveryProgress progress;
  private long term;
  private long refusedTerm;
  private boolean stopping;

  /** A command without a reply yet. */
  private record PendingCommand(MemberInfo target, Promise<CommandResult> result) {}

  MemberCommandVerticle(ClusterMember member) {
    this.member = member;
    this.tracker = member.terms();
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    worker = vertx.createSharedWorkerExecutor("nara-progress", 1);
    progress = new RecoveryProgress(member.hazelcast());
    bus.subscribe(ClusterNotification.ADDRESS, ClusterNotification.class, this::onNotification);
    bus.serve(ClusterRequest.TAKE_OVER_ADDRESS, TakeOverLeadership.class, this::onTakeOver);
    bus.serve(ClusterWorkRequest.ADDRESS, ClusterWorkRequest.class, this::onWork);
    return vertx.eventBus().consumer(address(member.nodeId()), this::onCommand).completion();
  }

  @Override
  public Future<?> stop() {
    stopping = true;
    failPending(command -> true, "this member is stopping");
    return worker.close();
  }

  private static String address(String nodeId) {
    return "nara.cluster.member." + nodeId;
  }

  private void onNotification(ClusterNotification notification) {
    if (notification instanceof MembersChanged || notification instanceof SplitBrainHealed) {
      failures.clear();
      Set<String> present =
          member.members().stream().map(MemberInfo::nodeId).collect(Collectors.toSet());
      failPending(command -> !present.contains(command.target.nodeId()), "the member left");
    }
  }

  private void failPending(Predicate<PendingCommand> which, String reason) {
    // A copy, because a failed command leaves the list.
    for (PendingCommand command : pendingCommands.stream().filter(which).toList()) {
      command.result.tryFail(new UnavailableException(reason));
    }
  }

  // Commands of the leader.

  private void onCommand(Message<Buffer> message) {
    MemberCommand command;
    try {
      command = RecordCodec.decode(MemberCommand.class, message.body());
    } catch (IllegalArgumentException unreadable) {
      LOG.warn(
          "Refused an unreadable command; run the same version on all members; cause={}",
          unreadable.getMessage());
      reply(message, new CommandFailed("the command is unreadable"));
      return;
    }
    if (!tracker.admit(command.term())) {
      if (refusedTerm < command.term()) {
        refusedTerm = command.term();
        LOG.warn(
            "Refused commands of a former leader; leader={} term={} current_term={}",
            command.leader(),
            command.term(),
            tracker.highest());
      }
      reply(message, new StaleTerm(tracker.highest()));
      return;
    }
    tracker.countAccepted(command.term());
    execute(command)
        .otherwise(MemberCommandVerticle::commandFailed)
        .onSuccess(result -> reply(message, result));
  }

  private Future<CommandResult> execute(MemberCommand command) {
    return switch (command) {
      case FetchAndMerge fetch ->
          bus.request(
                  MeshRequest.ADDRESS,
                  new MeshRequest.FetchPage(
                      fetch.peer(),
                      fetch.query(),
                      fetch.timeout(),
                      Optional.of(fetch.stallTimeout())),
                  fetch.timeout().plus(Timeouts.MEMBER_MERGE_ALLOWANCE))
              .map(FetchCompleted::new);
      case MemberCommand.SearchKeysLocally search ->
          new KeySearch(bus, new PeerKeySource(bus, search.peers()))
              .search()
              .map(KeySearchCompleted::new);
    };
  }

  private static void reply(Message<Buffer> message, CommandResult result) {
    message.reply(RecordCodec.encode(CommandResult.class, result));
  }

  // Requests of this member's coordinator while it leads.

  private Future<TakeOverResult> onTakeOver(TakeOverLeadership request) {
    term = request.term();
    return worker.executeBlocking(
        () ->
            new TakeOverResult(
                new ClusterWorkRequest.LeaderHandover(
                    member.config().memberName(), term, progress.log(), progress.report())));
  }

  private Future<? extends BusMessage> onWork(ClusterWorkRequest<?> request) {
    return switch (request) {
      case FetchOnMember fetch -> onFetch(fetch, new HashSet<>());
      case ClusterWorkRequest.SearchKeysOnMembers search -> onSearchKeys(search);
      case ClusterWorkRequest.AppendEntry entry ->
          persist(() -> progress.append(term, entry.index(), entry.entry()));
      case ClusterWorkRequest.StoreReport store ->
          persist(() -> progress.finish(term, store.report()));
    };
  }

  private Future<Done> persist(Callable<Long> write) {
    return worker
        .executeBlocking(write)
        .recover(
            failure ->
                Future.failedFuture(
                    member.hasQuorum() ? failure : new UnavailableException(NO_QUORUM)))
        .compose(
            refusedBy ->
                refusedBy == 0 ? Future.succeededFuture(Done.DONE) : failStaleTerm(refusedBy));
  }

  private <T> Future<T> failStaleTerm(long current) {
    bus.publish(ClusterNotification.ADDRESS, new HigherTermSeen(current));
    return Future.failedFuture(
        new UnavailableException("term " + term + " is over; the current term is " + current));
  }

  private Future<FetchedByMember> onFetch(FetchOnMember fetch, Set<String> tried) {
    Optional<MemberInfo> target = leastLoaded(info -> !tried.contains(info.nodeId()));
    if (stopping || target.isEmpty() || tried.size() == MAX_ATTEMPTS) {
      return Future.failedFuture(new UnavailableException("no member could execute the fetch"));
    }
    String name = target.get().name();
    tried.add(target.get().nodeId());
    String leader = member.config().memberName();
    FetchAndMerge command =
        new FetchAndMerge(
            term, leader, fetch.peer(), fetch.query(), fetch.timeout(), fetch.stallTimeout());
    return send(target.get(), command, fetch.timeout().plus(Timeouts.MEMBER_MERGE_ALLOWANCE))
        .compose(
            result ->
                switch (result) {
                  case FetchCompleted completed ->
                      Future.succeededFuture(new FetchedByMember(name, completed.outcome()));
                  case StaleTerm stale -> failStaleTerm(stale.highestTerm());
                  case CommandFailed failed -> {
                    if (!stopping) {
                      failures.log(
                          "A member failed to fetch a page; try another member; member=%s cause=%s"
                              .formatted(name, failed.reason()));
                    }
                    yield onFetch(fetch, tried);
                  }
                  case KeySearchCompleted unexpected -> onFetch(fetch, tried);
                });
  }

  private Future<KeySearchResult> onSearchKeys(ClusterWorkRequest.SearchKeysOnMembers search) {
    MemberCommand command =
        new MemberCommand.SearchKeysLocally(term, member.config().memberName(), search.peers());
    List<Future<CommandResult>> results =
        fetchers().map(info -> send(info, command, Timeouts.MEMBER_KEY_SEARCH)).toList();
    return Future.join(results)
        .compose(
            joined -> {
              KeySearchResult sum = KeySearchResult.NONE;
              for (Future<CommandResult> result : results) {
                if (result.result() instanceof KeySearchCompleted completed) {
                  sum = sum.plus(completed.result());
                } else if (result.result() instanceof StaleTerm stale) {
                  return failStaleTerm(stale.highestTerm());
                }
              }
              return Future.succeededFuture(sum);
            });
  }

  private static CommandResult commandFailed(Throwable failure) {
    return new CommandFailed(String.valueOf(failure.getMessage()));
  }

  private Stream<MemberInfo> fetchers() {
    return member.members().stream().filter(info -> info.roles().contains(Role.MESH_SYNC));
  }

  private Optional<MemberInfo> leastLoaded(Predicate<MemberInfo> eligible) {
    Map<String, Long> loads =
        pendingCommands.stream()
            .collect(groupingBy(command -> command.target.nodeId(), counting()));
    Comparator<MemberInfo> byLoad =
        Comparator.comparingLong(info -> loads.getOrDefault(info.nodeId(), 0L));
    return fetchers().filter(eligible).min(byLoad.thenComparing(MemberInfo::name));
  }

  /** Sends a command. The Future never fails: a missing reply is a {@link CommandFailed}. */
  private Future<CommandResult> send(MemberInfo target, MemberCommand command, Duration timeout) {
    Promise<CommandResult> promise = Promise.promise();
    PendingCommand pendingCommand = new PendingCommand(target, promise);
    pendingCommands.add(pendingCommand);
    vertx
        .eventBus()
        .<Buffer>request(
            address(target.nodeId()),
            RecordCodec.encode(MemberCommand.class, command),
            new DeliveryOptions().setSendTimeout(timeout.toMillis()))
        .map(reply -> RecordCodec.decode(CommandResult.class, reply.body()))
        .onSuccess(promise::tryComplete)
        .onFailure(promise::tryFail);
    return promise
        .future()
        .onComplete(ended -> pendingCommands.remove(pendingCommand))
        .otherwise(MemberCommandVerticle::commandFailed);
  }
}
