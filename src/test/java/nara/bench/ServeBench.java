package nara.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import nara.bench.BenchHistory.Spread;
import nara.ledger.Query;

/**
 * Answers to one client a second, over a real socket, of nodes in processes of their own that hold
 * ledgers of several sizes: the rate must not fall as a ledger grows. Beside them nginx, where it
 * is installed, with a file of a page's bytes; it neither chooses, hashes nor signs.
 *
 * <p>All take turns, round after round, and the median round counts. The processor time that a
 * server uses for an answer is given, too, since other processes disturb that less.
 */
public final class ServeBench {
  private static final String USAGE =
      "usage: scripts/bench serve [--sizes 20000,80000,320000] [--rounds 5] [--millis 700]\n";

  private static final String PATH = "/events/sync";
  private static final Pattern CURSOR = Pattern.compile("\"next_cursor\":\"(\\d+)\"");

  /** One thing that is asked of one server, and how it went in each round. */
  private static final class ServerResult {
    private final String server;
    private final String what;
    private final URI uri;
    private final List<String> bodies;
    private final Optional<WorkerProcess> process;
    private final List<Double> answers = new ArrayList<>();
    private final List<Double> megabytes = new ArrayList<>();
    private final List<Double> cpuMillis = new ArrayList<>();
    private int next;

    ServerResult(
        String server, String what, URI uri, List<String> bodies, Optional<WorkerProcess> process) {
      this.server = server;
      this.what = what;
      this.uri = uri;
      this.bodies = bodies;
      this.process = process;
    }

    String nextBody() {
      return bodies.get(next++ % bodies.size());
    }
  }

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final byte[] buffer = new byte[1 << 18];
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<ServerResult> serverResults = new ArrayList<>();
  private List<Integer> sizes = List.of(20_000, 80_000, 320_000);
  private int rounds = 5;
  private Duration span = Duration.ofMillis(700);

  private ServeBench() {}

  public static void main(String[] args) throws Exception {
    ServeBench bench = new ServeBench();
    if (!bench.configure(args)) {
      System.out.print(USAGE);
      return;
    }
    try {
      bench.run();
    } finally {
      for (AutoCloseable closeable : bench.open) {
        closeable.close();
      }
    }
  }

  private boolean configure(String[] args) {
    for (int i = 0; i + 1 < args.length; i += 2) {
      switch (args[i]) {
        case "--sizes" ->
            sizes = Arrays.stream(args[i + 1].split(",")).map(Integer::valueOf).toList();
        case "--rounds" -> rounds = Integer.parseInt(args[i + 1]);
        case "--millis" -> span = Duration.ofMillis(Long.parseLong(args[i + 1]));
        default -> {
          return false;
        }
      }
    }
    return args.length % 2 == 0;
  }

  private void run() throws IOException, InterruptedException {
    byte[] page = {};
    for (int size : sizes) {
      page = addNode(size);
    }
    String without = addNginx(page);
    // Two rounds for the compiler.
    for (int round = -2; round < rounds; round++) {
      for (ServerResult result : serverResults) {
        measure(result, round >= 0);
      }
    }
    Figures figures = new Figures();
    print(figures);
    figures.save();
    System.out.print(without);
  }

  /** Starts a node that holds so many; gives one of its pages. */
  private byte[] addNode(int size) throws IOException, InterruptedException {
    WorkerProcess process = WorkerProcess.start("-Xmx2g");
    open.add(process);
    String peer = process.request("hold", BenchHistory.file(size), Spread.EQUAL, 0, 1).get("peer");
    URI uri = URI.create("http://" + peer.substring(peer.indexOf('@') + 1) + PATH);
    List<String> pages = new ArrayList<>();
    byte[] one = {};
    String cursor = "";
    do {
      pages.add(requestBody("\"mode\":\"page\",\"cursor\":\"" + cursor + "\",\"page_size\":5000"));
      byte[] body = http.send(post(uri, pages.getLast()), BodyHandlers.ofByteArray()).body();
      Matcher next = CURSOR.matcher(lastBytes(body));
      cursor = next.find() ? next.group(1) : "";
      one = cursor.isEmpty() ? one : body;
    } while (!cursor.isEmpty());
    if (pages.size() > 1) {
      // The last page is not a full one.
      pages.removeLast();
    }
    Map<String, List<String>> kinds = new LinkedHashMap<>();
    kinds.put("page", pages);
    kinds.put(
        "sample", List.of(requestBody("\"mode\":\"sample\",\"sample_size\":" + Query.MAX_EVENTS)));
    kinds.put("recent", List.of(requestBody("\"mode\":\"recent\",\"limit\":" + Query.MAX_EVENTS)));
    kinds.put(
        "slice",
        List.of(
            requestBody("\"slice_index\":1,\"slice_total\":4,\"max_events\":" + Query.MAX_EVENTS)));
    kinds.forEach(
        (what, bodies) ->
            serverResults.add(
                new ServerResult("%,d".formatted(size), what, uri, bodies, Optional.of(process))));
    return one;
  }

  private static String requestBody(String rest) {
    return "{\"from\":\""
        + BenchWorker.ASKER.name()
        + "\",\"services\":null,\"subjects\":null,"
        + rest
        + "}";
  }

  private static String lastBytes(byte[] body) {
    int from = Math.max(0, body.length - 300);
    return new String(body, from, body.length - from, StandardCharsets.UTF_8);
  }

  /** Adds nginx, or says why not. */
  private String addNginx(byte[] page) throws IOException, InterruptedException {
    Optional<Path> nginx =
        Stream.of(System.getenv("PATH").split(":"), new String[] {"/usr/sbin"})
            .flatMap(Arrays::stream)
            .map(folder -> Path.of(folder, "nginx"))
            .filter(Files::isExecutable)
            .findFirst();
    if (nginx.isEmpty()) {
      return "nginx is not beside them: it is not on the PATH nor in /usr/sbin (apt-get install"
          + " nginx-light)\n";
    }
    Nginx server = Nginx.start(nginx.get(), page);
    open.add(server);
    serverResults.add(
        new ServerResult("nginx", "page", server.uri(), List.of(""), Optional.empty()));
    return "";
  }

  private void measure(ServerResult result, boolean counts)
      throws IOException, InterruptedException {
    long cpu = result.process.map(process -> process.cpu().toNanos()).orElse(0L);
    long start = System.nanoTime();
    long bytes = 0;
    int answers = 0;
    while (System.nanoTime() - start < span.toNanos()) {
      HttpRequest request =
          result.process.isPresent()
              ? post(result.uri, result.nextBody())
              : HttpRequest.newBuilder(result.uri).build();
      HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        for (int read = body.read(buffer); read >= 0; read = body.read(buffer)) {
          bytes += read;
        }
      }
      if (response.statusCode() != 200) {
        throw new IllegalStateException(result.server + " answers " + response.statusCode());
      }
      answers++;
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    if (counts) {
      result.answers.add(answers / seconds);
      result.megabytes.add(bytes / seconds / 1e6);
      long used = result.process.map(process -> process.cpu().toNanos()).orElse(cpu) - cpu;
      result.cpuMillis.add(used / 1e6 / answers);
    }
  }

  private static HttpRequest post(URI uri, String body) {
    String now = Long.toString(System.currentTimeMillis());
    String name = BenchWorker.ASKER.name();
    byte[] signed = (name + now + "POST" + PATH).getBytes(StandardCharsets.UTF_8);
    return HttpRequest.newBuilder(uri)
        .header("Content-Type", "application/json")
        .header("X-Nara-Name", name)
        .header("X-Nara-Timestamp", now)
        .header("X-Nara-Signature", BenchWorker.ASKER.identity().keys().signBase64(signed))
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
  }

  private void print(Figures figures) {
    System.out.printf(
        Locale.ROOT,
        "%s, %d cores, JDK %s; one client, median of %d rounds of %d ms%n%n",
        LocalDate.now(),
        Runtime.getRuntime().availableProcessors(),
        Runtime.version(),
        rounds,
        span.toMillis());
    System.out.printf(
        "%-8s %-7s %10s %10s %12s %14s %14s%n",
        "ledger",
        "what",
        "answers/s",
        "MB/s",
        "cpu ms each",
        "rate ÷ " + serverResults.get(0).server,
        "MB/s ÷ nginx");
    double nginx =
        serverResults.stream()
            .filter(result -> result.process.isEmpty())
            .mapToDouble(result -> median(result.megabytes))
            .findFirst()
            .orElse(Double.NaN);
    for (ServerResult result : serverResults) {
      double smallest =
          serverResults.stream()
              .filter(other -> other.what.equals(result.what))
              .mapToDouble(other -> median(other.answers))
              .findFirst()
              .orElseThrow();
      System.out.printf(
          Locale.ROOT,
          "%-8s %-7s %10.1f %10.1f %12.2f %14.2f %14s%n",
          result.server,
          result.what,
          median(result.answers),
          median(result.megabytes),
          median(result.cpuMillis),
          median(result.answers) / smallest,
          Double.isNaN(nginx) ? "-" : "%.2f".formatted(median(result.megabytes) / nginx));
      if (result.process.isPresent()) {
        String name = result.server + " " + result.what;
        String first = serverResults.get(0).server;
        figures.add(name + ", rate ÷ " + first, median(result.answers) / smallest);
        figures.add(name + ", MB/s ÷ nginx", median(result.megabytes) / nginx);
      }
    }
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }
}
