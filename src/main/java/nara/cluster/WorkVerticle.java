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
import nara.bus.Bus;
import nara.bus.BusMessage;
import nara.bus.Done;
import nara.bus.Unavailable;
import nara.cluster.ClusterNews.Outranked;
import nara.cluster.ClusterRequest.Found;
import nara.cluster.ClusterRequest.TakeOver;
import nara.mesh.MeshRequest;
import nara.recovery.KeySearch;
import nara.recovery.SharedWork;
import nara.recovery.SharedWork.FetchedBy;
import nara.recovery.SharedWork.KeysFound;
import nara.trust.TrustRequest.Offered;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Both ends of shared work: carries out what a leader commands, if its term is not over; and, for
 * the coordinator of this member when that leads, commands the others and keeps the progress.
 *
 * <p>A command whose member dies goes to another one at once. One that is refused for its term ends
 * this member's lead.
 */
final class WorkVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(WorkVerticle.class);

  /** Beyond what a fetch may take on the network: its events are judged and merged. */
  private static final Duration MERGE_ALLOWANCE = Duration.ofSeconds(100);

  /** A hundred names, eight at once, five seconds each, and their events judged. */
  private static final Duration KEYS_TIMEOUT = Duration.ofMinutes(3);

  /** Members that one command is tried with. */
  private static final int MOST_TRIES = 5;

  /** Different troubles with members that are worth a line each. */
  private static final int MOST_TOLD = 20;

  private final ClusterMember member;
  private final Terms terms;
  private final List<Call> calls = new ArrayList<>();

  /** Troubles that were told since members came or went. */
  private final Set<String> told = new HashSet<>();

  private Bus bus;
  private WorkerExecutor worker;
  private Progress progress;
  private long term;
  private long refusedTerm;
  private boolean stopping;

  /** A command that has no answer yet. */
  private record Call(ClusterMember.Peer to, Promise<MemberCommand.Answer> answer) {}

  WorkVerticle(ClusterMember member) {
    this.member = member;
    this.terms = member.terms();
  }

  @Override
  public Future<?> start() {
    bus = Bus.of(vertx);
    worker = vertx.createSharedWorkerExecutor("nara-progress", 1);
    progress = new Progress(member.hazelcast());
    bus.hear(ClusterNews.ADDRESS, ClusterNews.class, this::onNews);
    bus.serve(ClusterRequest.LEAD, TakeOver.class, this::onTakeOver);
    bus.serve(SharedWork.ADDRESS, SharedWork.class, this::onWork);
    return vertx
        .eventBus()
        .<Buffer>consumer(address(member.nodeId()), this::onCommand)
        .completion();
  }

  @Override
  public Future<?> stop() {
    stopping = true;
    // Answers end calls, and so change the list.
    List.copyOf(calls)
        .forEach(call -> call.answer.tryFail(new Unavailable("this member is stopping")));
    return worker.close();
  }

  private static String address(String nodeId) {
    return "nara.cluster.member." + nodeId;
  }

  private void onNews(ClusterNews news) {
    if (news instanceof ClusterNews.MembersChanged || news instanceof ClusterNews.Returned) {
      told.clear();
      Set<String> there =
          member.peers().stream().map(ClusterMember.Peer::nodeId).collect(Collectors.toSet());
      // Answers end calls, and so change the list.
      for (Call call : List.copyOf(calls)) {
        if (!there.contains(call.to.nodeId())) {
          call.answer.tryFail(new Unavailable(call.to.name() + " is gone"));
        }
      }
    }
  }

  // What others command.

  private void onCommand(Message<Buffer> message) {
    MemberCommand command;
    try {
      command = Wire.read(MemberCommand.class, message.body());
    } catch (IllegalArgumentException unreadable) {
      LOG.warn("a command cannot be read ({}): another version?", unreadable.getMessage());
      answer(message, new MemberCommand.Failed("the command cannot be read"));
      return;
    }
    if (!terms.admit(command.term())) {
      if (refusedTerm < command.term()) {
        refusedTerm = command.term();
        LOG.warn(
            "commands of {} in term {} are refused: term {} leads",
            command.leader(),
            command.term(),
            terms.highest());
      }
      answer(message, new MemberCommand.Refused(terms.highest()));
      return;
    }
    terms.accepted(command.term());
    carryOut(command)
        .otherwise(failure -> new MemberCommand.Failed(String.valueOf(failure.getMessage())))
        .onSuccess(done -> answer(message, done));
  }

  private Future<MemberCommand.Answer> carryOut(MemberCommand command) {
    return switch (command) {
      case MemberCommand.Fetch fetch ->
          bus.ask(
                  MeshRequest.ADDRESS,
                  new MeshRequest.Fetch(
                      fetch.peer(), fetch.query(), fetch.timeout(), Optional.of(fetch.patience())),
                  fetch.timeout().plus(MERGE_ALLOWANCE))
              .map(MemberCommand.Fetched::new);
      case MemberCommand.SeekKeys seek ->
          new KeySearch(bus)
              .seek(seek.peers())
              .map(
                  found ->
                      new MemberCommand.KeysFound(found.asked(), found.learned(), found.offered()));
    };
  }

  private static void answer(Message<Buffer> message, MemberCommand.Answer answer) {
    message.reply(Wire.write(MemberCommand.Answer.class, answer));
  }

  // What this member's coordinator asks, when it leads.

  private Future<Found> onTakeOver(TakeOver asked) {
    term = asked.term();
    return onMap(
        () ->
            new Found(
                new SharedWork.Lead(
                    member.config().memberName(), term, progress.notes(), progress.report())));
  }

  private Future<? extends BusMessage> onWork(SharedWork<?> work) {
    return switch (work) {
      case SharedWork.Fetch fetch -> onFetch(fetch, new HashSet<>());
      case SharedWork.SeekKeys seek -> onSeekKeys(seek);
      case SharedWork.Note note -> kept(() -> progress.note(term, note.number(), note.noted()));
      case SharedWork.Conclude over -> kept(() -> progress.conclude(term, over.report()));
    };
  }

  private Future<Done> kept(Callable<Long> write) {
    return onMap(write)
        .recover(
            failure ->
                Future.failedFuture(
                    member.quorate() ? failure : new Unavailable("too few members are there")))
        .compose(
            refusedBy -> {
              if (refusedBy == 0) {
                return Future.succeededFuture(Done.DONE);
              }
              return outranked(refusedBy);
            });
  }

  private <T> Future<T> outranked(long by) {
    bus.tell(ClusterNews.ADDRESS, new Outranked(by));
    return Future.failedFuture(new Unavailable("term " + term + " is over: term " + by + " leads"));
  }

  private Future<FetchedBy> onFetch(SharedWork.Fetch fetch, Set<String> tried) {
    Optional<ClusterMember.Peer> to =
        leastBusy(peer -> peer.roles().contains(Role.MESH_SYNC) && !tried.contains(peer.nodeId()));
    if (stopping || to.isEmpty() || tried.size() == MOST_TRIES) {
      return Future.failedFuture(new Unavailable("no member could fetch"));
    }
    tried.add(to.get().nodeId());
    MemberCommand.Fetch command =
        new MemberCommand.Fetch(
            term,
            member.config().memberName(),
            fetch.peer(),
            fetch.query(),
            fetch.timeout(),
            fetch.patience());
    return send(to.get(), command, fetch.timeout().plus(MERGE_ALLOWANCE))
        .transform(
            answer ->
                switch (answer.otherwise(WorkVerticle::failed).result()) {
                  case MemberCommand.Fetched fetched ->
                      Future.succeededFuture(new FetchedBy(to.get().name(), fetched.outcome()));
                  case MemberCommand.Refused refused -> outranked(refused.highestTerm());
                  case MemberCommand.Failed failed -> {
                    if (!stopping) {
                      tellOnce(
                          "%s did not fetch (%s): another member does"
                              .formatted(to.get().name(), failed.why()));
                    }
                    yield onFetch(fetch, tried);
                  }
                  case MemberCommand.KeysFound other -> onFetch(fetch, tried);
                });
  }

  private Future<KeysFound> onSeekKeys(SharedWork.SeekKeys seek) {
    MemberCommand command =
        new MemberCommand.SeekKeys(term, member.config().memberName(), seek.peers());
    List<Future<MemberCommand.Answer>> answers =
        member.peers().stream()
            .filter(peer -> peer.roles().contains(Role.MESH_SYNC))
            .map(peer -> send(peer, command, KEYS_TIMEOUT).otherwise(WorkVerticle::failed))
            .toList();
    return Future.join(answers)
        .compose(
            all -> {
              int asked = 0;
              int learned = 0;
              Offered offered = Offered.NOTHING;
              for (Future<MemberCommand.Answer> answer : answers) {
                if (answer.result() instanceof MemberCommand.KeysFound found) {
                  asked += found.asked();
                  learned += found.learned();
                  offered = offered.plus(found.offered());
                } else if (answer.result() instanceof MemberCommand.Refused refused) {
                  return outranked(refused.highestTerm());
                }
              }
              return Future.succeededFuture(new KeysFound(asked, learned, offered));
            });
  }

  /** A member that is about to go, or has just come, fails all that it is given. */
  private void tellOnce(String trouble) {
    if (told.size() < MOST_TOLD && told.add(trouble)) {
      LOG.info(trouble);
    }
  }

  private static MemberCommand.Answer failed(Throwable failure) {
    return new MemberCommand.Failed(String.valueOf(failure.getMessage()));
  }

  private Optional<ClusterMember.Peer> leastBusy(Predicate<ClusterMember.Peer> able) {
    return member.peers().stream()
        .filter(able)
        .min(
            Comparator.comparingLong(
                    (ClusterMember.Peer peer) ->
                        calls.stream()
                            .filter(call -> call.to.nodeId().equals(peer.nodeId()))
                            .count())
                .thenComparing(ClusterMember.Peer::name));
  }

  private Future<MemberCommand.Answer> send(
      ClusterMember.Peer to, MemberCommand command, Duration timeout) {
    Promise<MemberCommand.Answer> promise = Promise.promise();
    Call call = new Call(to, promise);
    calls.add(call);
    vertx
        .eventBus()
        .<Buffer>request(
            address(to.nodeId()),
            Wire.write(MemberCommand.class, command),
            new DeliveryOptions().setSendTimeout(timeout.toMillis()))
        .map(reply -> Wire.read(MemberCommand.Answer.class, reply.body()))
        .onSuccess(promise::tryComplete)
        .onFailure(promise::tryFail);
    return promise.future().onComplete(ended -> calls.remove(call));
  }

  private <T> Future<T> onMap(Callable<T> work) {
    return worker.executeBlocking(work);
  }
}
