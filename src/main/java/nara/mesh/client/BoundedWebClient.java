package nara.mesh.client;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.ProxyOptions;
import io.vertx.core.net.ProxyType;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import io.vertx.ext.web.client.impl.WebClientInternal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import nara.bus.Scheduler;
import nara.mesh.SocksProxy;
import nara.mesh.wire.MeshLimits;
import nara.mesh.wire.PeerAddress;

/**
 * The Vert.x web client for servers that this node does not trust. Each {@link Exchange} bounds the
 * bytes and the silence of a response. Redirects are not followed, bodies stay compressed.
 *
 * <p>The caller bounds the requests: the queue for a connection has no bound here.
 */
public final class BoundedWebClient {
  private final Vertx vertx;
  private final Scheduler clock;
  private final HttpClient http;
  private final WebClient web;
  private final Optional<SocksProxy> proxy;
  private final Duration connectTimeout;
  private final LargeResponses largeResponses =
      new LargeResponses(Runtime.getRuntime().maxMemory());

  /** A client that opens at most this many connections to a server, without a proxy. */
  public BoundedWebClient(
      Vertx vertx, Scheduler clock, Duration connectTimeout, int maxConnections) {
    this(vertx, clock, connectTimeout, maxConnections, Optional.empty(), Optional.empty());
  }

  /**
   * The same.
   *
   * @param proxy for the requests to peers on other machines
   * @param authority a PEM file that certificates are verified against; empty: the authorities that
   *     the JVM trusts
   */
  public BoundedWebClient(
      Vertx vertx,
      Scheduler clock,
      Duration connectTimeout,
      int maxConnections,
      Optional<SocksProxy> proxy,
      Optional<Path> authority) {
    this.vertx = vertx;
    this.clock = clock;
    this.proxy = proxy;
    this.connectTimeout = connectTimeout;
    HttpClientOptions options = new HttpClientOptions();
    options.setConnectTimeout((int) Math.max(1, connectTimeout.toMillis()));
    options.setMaxHeaderSize(MeshLimits.HEADER_BYTES);
    options.setMaxInitialLineLength(MeshLimits.LINE_BYTES);
    options.setMaxChunkSize(MeshLimits.CHUNK_BYTES);
    options.setKeepAliveTimeout((int) MeshLimits.KEEP_ALIVE_TIMEOUT.toSeconds());
    // Gzip decompresses with a bound.
    options.setDecompressionSupported(false);
    options.setVerifyHost(true);
    authority.ifPresent(
        file -> options.setTrustOptions(new PemTrustOptions().addCertPath(file.toString())));
    http = vertx.createHttpClient(options, new PoolOptions().setHttp1MaxSize(maxConnections));
    web = WebClient.wrap(http, new WebClientOptions().setUserAgentEnabled(false));
    ((WebClientInternal) web).addInterceptor(Exchange::intercept);
  }

  /**
   * Sends a request to a peer, through the proxy when there is one that serves the peer. The
   * response keeps its room among the large ones until the exchange is closed.
   *
   * @param maxBytes of the response's body as it is on the wire
   * @param stallTimeout how long the server may send nothing, or hardly anything
   */
  public Exchange send(
      PeerAddress peer, RequestOptions request, Buffer body, int maxBytes, Duration stallTimeout) {
    request.setHost(PeerAddress.urlHost(peer.host())).setPort(peer.port());
    Optional<SocksProxy> used = proxy.filter(socks -> socks.serves(peer));
    // The proxy gets an IPv6 address without the brackets that the Host header has.
    used.ifPresent(
        socks ->
            request
                .setProxyOptions(options(socks))
                .setServer(SocketAddress.inetSocketAddress(peer.port(), peer.host())));
    return send(request, body, maxBytes, stallTimeout, used);
  }

  /** Sends a request to the server that it names, without a proxy. */
  public Exchange send(RequestOptions request, Buffer body, int maxBytes, Duration stallTimeout) {
    return send(request, body, maxBytes, stallTimeout, Optional.empty());
  }

  private Exchange send(
      RequestOptions request,
      Buffer body,
      int maxBytes,
      Duration stallTimeout,
      Optional<SocksProxy> used) {
    Exchange exchange =
        new Exchange(
            vertx, clock, largeResponses, stallTimeout, maxBytes, ConnectFailures.through(used));
    web.request(request)
        .followRedirects(false)
        .as(exchange)
        .sendBuffer(body)
        .onSuccess(response -> exchange.finish())
        .onFailure(exchange::onFailure);
    return exchange;
  }

  private ProxyOptions options(SocksProxy socks) {
    ProxyOptions options =
        new ProxyOptions()
            .setType(ProxyType.SOCKS5)
            .setHost(socks.address().host())
            .setPort(socks.address().port())
            .setConnectTimeout(connectTimeout);
    return socks.user().isEmpty()
        ? options
        : options.setUsername(socks.user()).setPassword(socks.password());
  }

  /** Closes all connections. */
  public Future<Void> close() {
    return http.shutdown(0, TimeUnit.SECONDS);
  }
}
