package nara.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import nara.bus.Bus;
import nara.cluster.ClusterNotification.MembersChanged;
import nara.cluster.ClusterNotification.SplitBrainHealed;
import nara.cluster.map.TermTracker;
import nara.identity.Keyring;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This JVM as a member of a cluster: the only place where Hazelcast begins and ends. It makes the
 * instance of Vert.x whose event bus reaches the others, and the verticles that need the maps.
 */
public final class ClusterMember {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterMember.class);

  /** One of the members, as it says of itself. */
  record MemberInfo(String nodeId, String name, Set<Role> roles) {}

  private final ClusterConfig config;
  private final String nodeId;
  private final HazelcastInstance hazelcast;
  private final TermTracker termTracker;
  private Vertx vertx;
  private boolean hadQuorum = true;

  private ClusterMember(
      ClusterConfig config, String nodeId, HazelcastInstance hazelcast, TermTracker tracker) {
    this.config = config;
    this.nodeId = nodeId;
    this.hazelcast = hazelcast;
    this.termTracker = tracker;
  }

  /**
   * Joins the cluster, or begins it; takes some seconds. Fails with {@link ClusterJoinException}
   * where the operator can mend it.
   */
  public static Future<ClusterMember> join(ClusterConfig config, String id, VertxOptions options) {
    return onOwnThread("nara-join", () -> joinBlocking(config, id))
        .compose(member -> member.vertx(options).map(member));
  }

  private static ClusterMember joinBlocking(ClusterConfig config, String id) {
    config
        .tls()
        .flatMap(tls -> TlsFiles.problem(tls, Instant.now()))
        .ifPresent(
            fault -> {
              throw new ClusterJoinException(fault);
            });
    String nodeId = UUID.randomUUID().toString();
    TermTracker tracker = new TermTracker();
    com.hazelcast.config.Config hazelcast = HazelcastConfig.of(config, nodeId);
    hazelcast.getMemberAttributeConfig().setAttribute(HazelcastConfig.NARA_ID_ATTRIBUTE, id);
    hazelcast.getUserContext().put(HazelcastConfig.TERMS_CONTEXT_KEY, tracker);
    HazelcastInstance joined = Hazelcast.newHazelcastInstance(hazelcast);
    for (Member other : joined.getCluster().getMembers()) {
      if (!id.equals(other.getAttribute(HazelcastConfig.NARA_ID_ATTRIBUTE))) {
        joined.shutdown();
        throw new ClusterJoinException(
            ("the cluster %s is one of another nara, %s, and this one is %s: give all members one"
                    + " identity.name and one soul, or this one a cluster.name of its own")
                .formatted(
                    config.name(), other.getAttribute(HazelcastConfig.NARA_ID_ATTRIBUTE), id));
      }
    }
    return new ClusterMember(config, nodeId, joined, tracker);
  }

  private Future<Vertx> vertx(VertxOptions options) {
    EventBusOptions bus =
        new EventBusOptions().setHost(config.host()).setClusterPublicHost(config.host());
    bus.setPort(config.busPort());
    config
        .tls()
        .ifPresent(
            tls ->
                bus.setSsl(true)
                    .setKeyCertOptions(
                        new PemKeyCertOptions()
                            .setKeyPath(tls.key().toString())
                            .setCertPath(tls.certificate().toString()))
                    .setTrustOptions(new PemTrustOptions().addCertPath(tls.authority().toString()))
                    .setClientAuth(ClientAuth.REQUIRED));
    return Vertx.builder()
        .with(options.setEventBusOptions(bus))
        .withClusterManager(new HazelcastClusterManager(hazelcast))
        .buildClustered()
        .onSuccess(this::addListeners)
        .recover(failure -> leave().transform(left -> Future.failedFuture(failure)));
  }

  private void addListeners(Vertx clustered) {
    vertx = clustered;
    logQuorumChange();
    Bus bus = Bus.of(clustered);
    hazelcast
        .getCluster()
        .addMembershipListener(
            new MembershipListener() {
              @Override
              public void memberAdded(MembershipEvent event) {
                LOG.info("{} has joined", name(event.getMember()));
                logQuorumChange();
                bus.publish(ClusterNotification.ADDRESS, new MembersChanged());
              }

              @Override
              public void memberRemoved(MembershipEvent event) {
                LOG.info("{} is gone", name(event.getMember()));
                logQuorumChange();
                bus.publish(ClusterNotification.ADDRESS, new MembersChanged());
              }
            });
    hazelcast
        .getLifecycleService()
        .addLifecycleListener(
            event -> {
              if (event.getState() == LifecycleState.MERGED) {
                LOG.info("{} was cut off and is back", config.memberName());
                bus.publish(ClusterNotification.ADDRESS, new SplitBrainHealed());
              }
            });
  }

  /** Says when there are too few members, and when there are enough again. */
  private synchronized void logQuorumChange() {
    boolean now = hasQuorum();
    if (hadQuorum && !now) {
      LOG.warn(
          "{} of {} members that have to be there: until then nothing is merged, and a lead ends"
              + " with its lease",
          members().size(),
          config.quorum());
    } else if (!hadQuorum && now) {
      LOG.info("enough members are there");
    }
    hadQuorum = now;
  }

  /** The instance whose event bus reaches the other members. */
  public Vertx vertx() {
    return vertx;
  }

  /**
   * Stands in front of the ledger's verticle: what is merged goes to all members.
   *
   * @param keys shared with the other members
   */
  public Deployable sharedLedgerVerticle(Keyring keys) {
    return new SharedLedgerVerticle(this, keys);
  }

  /** Carries out what a leader commands, and commands when this member leads. */
  public Deployable commandVerticle() {
    return new MemberCommandVerticle(this);
  }

  /** Keeps the shared map to what retention keeps, while this member leads in that term. */
  public Deployable pruneVerticle(Keyring keys, long term) {
    return new PruneVerticle(this, keys, term, PruneVerticle.DEFAULT_INTERVAL);
  }

  /** Leads when it is this member's turn, and says so. */
  public Deployable leaseVerticle() {
    return new LeaseVerticle(this);
  }

  /** Stands where the coordinator would be, while another member leads. */
  public Deployable standbyVerticle() {
    return new StandbyVerticle(this);
  }

  /** Leaves in order: what only this member has goes to the others first. */
  public Future<?> leave() {
    return onOwnThread(
        "nara-leave",
        () -> {
          hazelcast.shutdown();
          return true;
        });
  }

  /** Whether this member has that role. */
  public boolean has(Role role) {
    return config.has(role);
  }

  /** Whether no other member is there that could lead. */
  public boolean isLastCoordinator() {
    return members().stream()
        .noneMatch(
            info -> !info.nodeId().equals(nodeId) && info.roles().contains(Role.COORDINATOR));
  }

  ClusterConfig config() {
    return config;
  }

  String nodeId() {
    return nodeId;
  }

  public HazelcastInstance hazelcast() {
    return hazelcast;
  }

  public TermTracker terms() {
    return termTracker;
  }

  /** Whether enough members are there for anything to be led or merged. */
  boolean hasQuorum() {
    return hazelcast.getLifecycleService().isRunning()
        && hazelcast.getCluster().getMembers().size() >= config.quorum();
  }

  /** All members that are there, this one among them. */
  List<MemberInfo> members() {
    return hazelcast.getCluster().getMembers().stream().map(ClusterMember::memberInfo).toList();
  }

  private static MemberInfo memberInfo(Member member) {
    Set<Role> roles =
        Arrays.stream(
                String.valueOf(member.getAttribute(HazelcastConfig.ROLES_ATTRIBUTE)).split(","))
            .map(Role::named)
            .flatMap(java.util.Optional::stream)
            .collect(Collectors.toUnmodifiableSet());
    return new MemberInfo(
        String.valueOf(member.getAttribute(HazelcastConfig.NODE_ID_ATTRIBUTE)),
        name(member),
        roles);
  }

  private static String name(Member member) {
    return String.valueOf(member.getAttribute(HazelcastConfig.MEMBER_NAME_ATTRIBUTE));
  }

  /** Hazelcast begins and ends with long waits: on a thread of its own, outside of Vert.x. */
  private static <T> Future<T> onOwnThread(String thread, Supplier<T> work) {
    Promise<T> done = Promise.promise();
    Thread.ofPlatform()
        .name(thread)
        .start(
            () -> {
              try {
                done.complete(work.get());
              } catch (RuntimeException failed) {
                done.fail(failed);
              }
            });
    return done.future();
  }
}
