package nara.cluster;

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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import nara.bounds.LogOnce;
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Done;
import nara.bus.Timeouts;
import nara.bus.UnavailableException;
import nara.cluster.ClusterMember.MemberInfo;
import nara.cluster.ClusterNotification.HigherTermSeen;
import nara.cluster.ClusterRequest.TakeOverLeadership;
import nara.cluster.ClusterRequest.TakeOverResult;
import nara.cluster.MemberCommand.CommandFailed;
import nara.cluster.MemberCommand.CommandResult;
import nara.cluster.MemberCommand.FetchAndMerge;
import nara.cluster.MemberCommand.KeySearchCompleted;
import nara.cluster.MemberCommand.StaleTerm;
import nara.cluster.map.RecordCodec;
import nara.cluster.map.RecoveryProgress;
import nara.cluster.map.TermTracker;
import nara.mesh.client.MeshRequest;
import nara.mesh.client.PeerKeySource;
import nara.recovery.ClusterWorkRequest;
import nara.recovery.ClusterWorkRequest.FetchedByMember;
import nara.trust.KeySearch;
import nara.trust.KeySearch.KeySearchResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Both ends of shared work: carries out what a leader commands, if its term is not over; and, for
 * the coordinator of this member when that leads, commands the others and keeps the progress.
 *
 * <p>A command whose member dies goes to another one at once. One that is refused for its term ends
 * this member's lead.
 */
public final class MemberCommandVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(MemberCommandVerticle.class);

  /** Members that one command is tried with. */
  private static final int MAX_ATTEMPTS = 5;

  /** Different troubles with members that are worth a line each. */
  private static final int MAX_LOGGED = 20;

  private final ClusterMember member;
  private final TermTracker termTracker;
  private final List<PendingCommand> pendingCommands = new ArrayList<>();

  /** A member that is about to go, or has just come, fails all that it is given. */
  private final LogOnce failures = new LogOnce(LOG::info, MAX_LOGGED);

  private Bus bus;
  private WorkerExecutor worker;
  private RecoveryProgress recoveryProgress;
  private long term;
  private long refusedTerm;
  private boolean stopping;

  /** A command that has no answer yet. */
  private record PendingCommand(MemberInfo target, Promise<CommandResult> result) {}

  MemberCommandVerticle(ClusterMember member) {
    this.member = member;
    this.termTracker = member.terms();
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    worker = vertx.createSharedWorkerExecutor("nara-progress", 1);
    recoveryProgress = new RecoveryProgress(member.hazelcast());
    bus.subscribe(ClusterNotification.ADDRESS, ClusterNotification.class, this::onNews);
    bus.serve(ClusterRequest.TAKE_OVER_ADDRESS, TakeOverLeadership.class, this::onTakeOver);
    bus.serve(ClusterWorkRequest.ADDRESS, ClusterWorkRequest.class, this::onWork);
    return vertx
        .eventBus()
        .<Buffer>consumer(address(member.nodeId()), this::onCommand)
        .completion();
  }

  @Override
  public Future<?> stop() {
    stopping = true;
    // Answers end calls, and so change the list.
    List.copyOf(pendingCommands)
        .forEach(
            command -> command.result.tryFail(new UnavailableException("this member is stopping")));
    return worker.close();
  }

  private static String address(String nodeId) {
    return "nara.cluster.member." + nodeId;
  }

  private void onNews(ClusterNotification news) {
    if (news instanceof ClusterNotification.MembersChanged
        || news instanceof ClusterNotification.SplitBrainHealed) {
      failures.clear();
      Set<String> there =
          member.members().stream().map(MemberInfo::nodeId).collect(Collectors.toSet());
      // Answers end calls, and so change the list.
      for (PendingCommand command : List.copyOf(pendingCommands)) {
        if (!there.contains(command.target.nodeId())) {
          command.result.tryFail(new UnavailableException(command.target.name() + " is gone"));
        }
      }
    }
  }

  // What others command.

  private void onCommand(Message<Buffer> message) {
    MemberCommand command;
    try {
      command = RecordCodec.decode(MemberCommand.class, message.body());
    } catch (IllegalArgumentException unreadable) {
      LOG.warn("a command cannot be read ({}): another version?", unreadable.getMessage());
      reply(message, new CommandFailed("the command cannot be read"));
      return;
    }
    if (!termTracker.admit(command.term())) {
      if (refusedTerm < command.term()) {
        refusedTerm = command.term();
        LOG.warn(
            "commands of {} in term {} are refused: term {} leads",
            command.leader(),
            command.term(),
            termTracker.highest());
      }
      reply(message, new StaleTerm(termTracker.highest()));
      return;
    }
    termTracker.accepted(command.term());
    execute(command)
        .otherwise(failure -> new CommandFailed(String.valueOf(failure.getMessage())))
        .onSuccess(done -> reply(message, done));
  }

  private Future<CommandResult> execute(MemberCommand command) {
    return switch (command) {
      case FetchAndMerge merge ->
          bus.request(
                  MeshRequest.ADDRESS,
                  new MeshRequest.FetchPage(
                      merge.peer(),
                      merge.query(),
                      merge.timeout(),
                      Optional.of(merge.stallTimeout())),
                  merge.timeout().plus(Timeouts.MEMBER_MERGE_ALLOWANCE))
              .map(MemberCommand.FetchCompleted::new);
      case MemberCommand.SearchKeysLocally seek ->
          new KeySearch(bus, new PeerKeySource(bus, seek.peers()))
              .search()
              .map(KeySearchCompleted::new);
    };
  }

  private static void reply(Message<Buffer> message, CommandResult result) {
    message.reply(RecordCodec.encode(CommandResult.class, result));
  }

  // What this member's coordinator asks, when it leads.

  private Future<TakeOverResult> onTakeOver(TakeOverLeadership asked) {
    term = asked.term();
    return onWorker(
        () ->
            new TakeOverResult(
                new ClusterWorkRequest.LeaderHandover(
                    member.config().memberName(),
                    term,
                    recoveryProgress.notes(),
                    recoveryProgress.report())));
  }

  private Future<? extends BusMessage> onWork(ClusterWorkRequest<?> work) {
    return switch (work) {
      case ClusterWorkRequest.FetchOnMember fetchOnMember ->
          onFetch(fetchOnMember, new HashSet<>());
      case ClusterWorkRequest.SearchKeysOnMembers seek -> onSeekKeys(seek);
      case ClusterWorkRequest.AppendEntry entry ->
          persist(() -> recoveryProgress.append(term, entry.index(), entry.entry()));
      case ClusterWorkRequest.StoreReport over ->
          persist(() -> recoveryProgress.finish(term, over.report()));
    };
  }

  private Future<Done> persist(Callable<Long> write) {
    return onWorker(write)
        .recover(
            failure ->
                Future.failedFuture(
                    member.hasQuorum()
                        ? failure
                        : new UnavailableException("too few members are there")))
        .compose(
            refusedBy -> {
              if (refusedBy == 0) {
                return Future.succeededFuture(Done.DONE);
              }
              return failStaleTerm(refusedBy);
            });
  }

  private <T> Future<T> failStaleTerm(long by) {
    bus.publish(ClusterNotification.ADDRESS, new HigherTermSeen(by));
    return Future.failedFuture(
        new UnavailableException("term " + term + " is over: term " + by + " leads"));
  }

  private Future<FetchedByMember> onFetch(
      ClusterWorkRequest.FetchOnMember fetchOnMember, Set<String> tried) {
    Optional<MemberInfo> target =
        leastLoaded(
            info -> info.roles().contains(Role.MESH_SYNC) && !tried.contains(info.nodeId()));
    if (stopping || target.isEmpty() || tried.size() == MAX_ATTEMPTS) {
      return Future.failedFuture(new UnavailableException("no member could fetch"));
    }
    tried.add(target.get().nodeId());
    FetchAndMerge command =
        new FetchAndMerge(
            term,
            member.config().memberName(),
            fetchOnMember.peer(),
            fetchOnMember.query(),
            fetchOnMember.timeout(),
            fetchOnMember.stallTimeout());
    return send(
            target.get(), command, fetchOnMember.timeout().plus(Timeouts.MEMBER_MERGE_ALLOWANCE))
        .transform(
            answer ->
                switch (answer.otherwise(MemberCommandVerticle::commandFailed).result()) {
                  case MemberCommand.FetchCompleted completed ->
                      Future.succeededFuture(
                          new FetchedByMember(target.get().name(), completed.outcome()));
                  case StaleTerm staleTerm -> failStaleTerm(staleTerm.highestTerm());
                  case CommandFailed failed -> {
                    if (!stopping) {
                      failures.log(
                          "%s did not fetch (%s): another member does"
                              .formatted(target.get().name(), failed.reason()));
                    }
                    yield onFetch(fetchOnMember, tried);
                  }
                  case KeySearchCompleted other -> onFetch(fetchOnMember, tried);
                });
  }

  private Future<KeySearchResult> onSeekKeys(ClusterWorkRequest.SearchKeysOnMembers seek) {
    MemberCommand command =
        new MemberCommand.SearchKeysLocally(term, member.config().memberName(), seek.peers());
    List<Future<CommandResult>> answers =
        member.members().stream()
            .filter(info -> info.roles().contains(Role.MESH_SYNC))
            .map(
                info ->
                    send(info, command, Timeouts.MEMBER_KEY_SEARCH)
                        .otherwise(MemberCommandVerticle::commandFailed))
            .toList();
    return Future.join(answers)
        .compose(
            all -> {
              KeySearchResult sum = KeySearchResult.NONE;
              for (Future<CommandResult> answer : answers) {
                if (answer.result() instanceof KeySearchCompleted found) {
                  sum = sum.plus(found.result());
                } else if (answer.result() instanceof StaleTerm staleTerm) {
                  return failStaleTerm(staleTerm.highestTerm());
                }
              }
              return Future.succeededFuture(sum);
            });
  }

  private static CommandResult commandFailed(Throwable failure) {
    return new CommandFailed(String.valueOf(failure.getMessage()));
  }

  private Optional<MemberInfo> leastLoaded(Predicate<MemberInfo> able) {
    return member.members().stream()
        .filter(able)
        .min(
            Comparator.comparingLong(
                    (MemberInfo info) ->
                        pendingCommands.stream()
                            .filter(command -> command.target.nodeId().equals(info.nodeId()))
                            .count())
                .thenComparing(MemberInfo::name));
  }

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
    return promise.future().onComplete(ended -> pendingCommands.remove(pendingCommand));
  }

  private <T> Future<T> onWorker(Callable<T> work) {
    return worker.executeBlocking(work);
  }
}
