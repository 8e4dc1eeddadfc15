package nara.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.config.Config;
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
import java.util.Optional;
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
 * This JVM as a member of a cluster. It starts and stops Hazelcast, creates the clustered Vert.x
 * instance, and creates the verticles that need the maps.
 */
public final class ClusterMember {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterMember.class);

  /** A member, from the attributes that it publishes. */
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
   * Joins the cluster or starts it, within some seconds. Fails with {@link ClusterJoinException}
   * when the operator has to change the configuration.
   *
   * @param id of the nara
   */
  public static Future<ClusterMember> join(ClusterConfig config, String id, VertxOptions options) {
    return onOwnThread("nara-join", () -> joinBlocking(config, id))
        .compose(member -> member.createVertx(options).map(member));
  }

  private static ClusterMember joinBlocking(ClusterConfig config, String id) {
    Optional<String> problem =
        config
            .exposure()
            .or(() -> config.tls().flatMap(tls -> TlsFiles.problem(tls, Instant.now())));
    if (problem.isPresent()) {
      throw new ClusterJoinException(problem.get());
    }
    String nodeId = UUID.randomUUID().toString();
    TermTracker tracker = new TermTracker();
    Config hazelcast = HazelcastConfig.of(config, nodeId);
    hazelcast.getMemberAttributeConfig().setAttribute(HazelcastConfig.NARA_ID_ATTRIBUTE, id);
    hazelcast.getUserContext().put(TermTracker.CONTEXT_KEY, tracker);
    HazelcastInstance joined = Hazelcast.newHazelcastInstance(hazelcast);
    for (Member other : joined.getCluster().getMembers()) {
      String otherId = other.getAttribute(HazelcastConfig.NARA_ID_ATTRIBUTE);
      if (!id.equals(otherId)) {
        joined.shutdown();
        throw new ClusterJoinException(
            ("the cluster %s belongs to another nara (id %s); this nara's id is %s; give all"
                    + " members the same identity.name and soul, or choose another cluster.name")
                .formatted(config.name(), otherId, id));
      }
    }
    return new ClusterMember(config, nodeId, joined, tracker);
  }

  private Future<Vertx> createVertx(VertxOptions options) {
    EventBusOptions bus =
        new EventBusOptions()
            .setHost(config.host())
            .setClusterPublicHost(config.advertisedAddress().host());
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
                onMembersChanged(bus, "A member joined; member={}", event.getMember());
              }

              @Override
              public void memberRemoved(MembershipEvent event) {
                onMembersChanged(bus, "A member left; member={}", event.getMember());
              }
            });
    hazelcast
        .getLifecycleService()
        .addLifecycleListener(
            event -> {
              if (event.getState() == LifecycleState.MERGED) {
                LOG.info("This member rejoined after a split; member={}", config.memberName());
                bus.publish(ClusterNotification.ADDRESS, new SplitBrainHealed());
              }
            });
  }

  private void onMembersChanged(Bus bus, String message, Member changed) {
    LOG.info(message, attribute(changed, HazelcastConfig.MEMBER_NAME_ATTRIBUTE));
    logQuorumChange();
    bus.publish(ClusterNotification.ADDRESS, new MembersChanged());
  }

  private synchronized void logQuorumChange() {
    boolean now = hasQuorum();
    if (hadQuorum && !now) {
      LOG.warn(
          "Too few members for the quorum; merge nothing and renew no lease; members={} quorum={}",
          members().size(),
          config.quorum());
    } else if (!hadQuorum && now) {
      LOG.info("The quorum is present; resume merges; quorum={}", config.quorum());
    }
    hadQuorum = now;
  }

  /** The instance with the clustered event bus. */
  public Vertx vertx() {
    return vertx;
  }

  public Deployable sharedLedgerVerticle(Keyring keys) {
    return new SharedLedgerVerticle(this, keys);
  }

  public Deployable commandVerticle() {
    return new MemberCommandVerticle(this);
  }

  public Deployable pruneVerticle(Keyring keys, long term) {
    return new PruneVerticle(this, keys, term, PruneVerticle.DEFAULT_INTERVAL);
  }

  public Deployable leaseVerticle() {
    return new LeaseVerticle(this);
  }

  public Deployable standbyVerticle() {
    return new StandbyVerticle(this);
  }

  /** Leaves the cluster, after this member's part of the maps moved to the others. */
  public Future<?> leave() {
    return onOwnThread(
        "nara-leave",
        () -> {
          hazelcast.shutdown();
          return true;
        });
  }

  public boolean has(Role role) {
    return config.has(role);
  }

  /** Whether no other present member could lead. */
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

  /** Whether enough members are present to lead and to merge. */
  boolean hasQuorum() {
    return hazelcast.getLifecycleService().isRunning()
        && hazelcast.getCluster().getMembers().size() >= config.quorum();
  }

  /** All present members, including this one. */
  List<MemberInfo> members() {
    return hazelcast.getCluster().getMembers().stream().map(ClusterMember::memberInfo).toList();
  }

  private static MemberInfo memberInfo(Member member) {
    Set<Role> roles =
        Arrays.stream(attribute(member, HazelcastConfig.ROLES_ATTRIBUTE).split(","))
            .map(Role::named)
            .flatMap(Optional::stream)
            .collect(Collectors.toUnmodifiableSet());
    return new MemberInfo(
        attribute(member, HazelcastConfig.NODE_ID_ATTRIBUTE),
        attribute(member, HazelcastConfig.MEMBER_NAME_ATTRIBUTE),
        roles);
  }

  private static String attribute(Member member, String name) {
    return String.valueOf(member.getAttribute(name));
  }

  /** Hazelcast blocks for long when it starts and stops, so it gets a thread outside of Vert.x. */
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
