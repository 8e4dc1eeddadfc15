package nara.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import nara.bus.Bus;
import nara.event.Event;
import nara.event.Social;
import nara.event.json.EventWriter;
import nara.event.json.RawEvents;
import nara.identity.Keyring;
import nara.identity.Origin;
import nara.identity.Standing;
import nara.ledger.LedgerConfig;
import nara.ledger.LedgerRequest;
import nara.ledger.LedgerVerticle;
import nara.mesh.ListenPort;
import nara.mesh.MeshConfig;
import nara.mesh.TestMesh;
import nara.node.Blocking;
import nara.trust.OfferSource;
import nara.trust.TrustConfig;
import nara.trust.TrustRequest;
import nara.trust.TrustRequest.OfferResult;
import nara.trust.TrustVerticle;
import nara.trust.verifier.TableVerifier;

/**
 * A full ledger behind a mesh server, with readers that page through all of it while a writer goes
 * on: judge, ledger and server as in a node, and real sockets. Its events are unsigned, so that
 * what is written is limited by the ledger and not by signatures.
 */
public final class PagingUnderLoad implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(120);
  private static final Pattern ID = Pattern.compile("\\{\"id\":\"([0-9a-f]{32})\"");
  private static final Pattern CURSOR = Pattern.compile("\"next_cursor\":\"(\\d+)\"");
  private static final long BEGIN = 1_700_000_000_000_000_000L;
  private static final long SPACING = 1_000_000L;
  private static final String PATH = "/events/sync";

  private final int size;
  private final Vertx vertx = Vertx.vertx();
  private final Bus bus = Bus.of(vertx);
  private final ListenPort port = new ListenPort();
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final SplittableRandom random = new SplittableRandom(1);
  private final RequestSigner signer;
  private long nextEventNumber;

  /** Signs the head of a request for a path. */
  public interface RequestSigner {
    void sign(Citizen who, String method, String path, HttpRequest.Builder request);
  }

  /**
   * A server with a ledger that is full.
   *
   * @param size of the ledger in events
   * @param readers who may ask
   */
  public PagingUnderLoad(int size, List<Citizen> readers, RequestSigner signer) {
    this.size = size;
    this.signer = signer;
    Citizen server = Citizen.named("server");
    Keyring keys = new Keyring();
    readers.forEach(who -> keys.learn(who.name(), who.id(), who.key(), Origin.CONFIG));
    deploy(
        new LedgerVerticle(
            LedgerConfig.ofSize(size), name -> Standing.ESTABLISHED, RandomGenerator.getDefault()),
        new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER));
    deploy(
        new TrustVerticle(
            TrustConfig.defaults(), new TableVerifier(8), keys, InstantSource.system()),
        new DeploymentOptions());
    deploy(
        TestMesh.server(
            server.identity(),
            keys,
            TestMesh.withRequestLimit(MeshConfig.defaults().listeningOn("127.0.0.1", 0), 0, 1),
            new TableVerifier(64),
            InstantSource.system(),
            name -> Optional.empty(),
            port),
        new DeploymentOptions());
    while (nextEventNumber < size) {
      write(Math.min(5_000, size - (int) nextEventNumber));
    }
  }

  private void deploy(io.vertx.core.Deployable verticle, DeploymentOptions options) {
    Blocking.await(vertx.deployVerticle(verticle, options), TIMEOUT);
  }

  /**
   * Adds so many events and waits until they are merged: half of them the newest, half anywhere
   * among the newer half of those that are there; as many of the oldest go.
   */
  public OfferResult write(int count) {
    List<byte[]> events = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      events.add(event(nextEventNumber++));
    }
    return Blocking.await(
        bus.request(
            TrustRequest.ADDRESS,
            new TrustRequest.OfferEvents(OfferSource.peer("writer"), RawEvents.join(events)),
            TIMEOUT),
        TIMEOUT);
  }

  private byte[] event(long number) {
    long newest = BEGIN + number * SPACING;
    boolean late = number >= size && number % 2 == 1;
    // Odd nanoseconds: a late one has the time of no other.
    long ts = late ? newest - random.nextLong(size / 2) * SPACING + number % SPACING : newest;
    return EventWriter.writeUnsigned(
        ts, new Social("tease", "n" + number % 40, "", "n" + number % 39, "", "random", ""));
  }

  /** The ids of all that is held now. */
  public Set<String> heldIds() {
    Set<String> ids = new TreeSet<>();
    for (Event event :
        Blocking.await(
                bus.request(LedgerRequest.ADDRESS, new LedgerRequest.ExportEvents(), TIMEOUT),
                TIMEOUT)
            .events()) {
      ids.add(event.id().toString());
    }
    return ids;
  }

  /** One page: what came, where it goes on, and how long it took. */
  public record Page(List<String> ids, Optional<String> nextCursor, Duration latency) {}

  /** Asks for a page. */
  public Page fetchPage(Citizen who, String cursor, int pageSize) throws Exception {
    String body =
        "{\"from\":\"%s\",\"mode\":\"page\",\"cursor\":\"%s\",\"page_size\":%d}"
            .formatted(who.name(), cursor, pageSize);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port.port().orElseThrow() + PATH))
            .timeout(TIMEOUT)
            .POST(BodyPublishers.ofString(body));
    signer.sign(who, "POST", PATH, request);
    long start = System.nanoTime();
    HttpResponse<byte[]> answer = http.send(request.build(), BodyHandlers.ofByteArray());
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    String text = new String(answer.body(), UTF_8);
    if (answer.statusCode() != 200) {
      throw new AssertionError(answer.statusCode() + " " + text);
    }
    List<String> ids = new ArrayList<>();
    for (Matcher id = ID.matcher(text); id.find(); ) {
      ids.add(id.group(1));
    }
    Matcher next = CURSOR.matcher(text);
    return new Page(ids, next.find() ? Optional.of(next.group(1)) : Optional.empty(), took);
  }

  @Override
  public void close() {
    http.close();
    Future<Void> closed = vertx.close();
    Blocking.await(closed, TIMEOUT);
  }
}
