package nara.web.page;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Serves the page and its files. The page only reads. It shows texts that strangers choose, so its
 * policy lets it load nothing but these files, and lets no other page frame it.
 */
public final class PageRoutes {
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
          + " img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
          + " require-trusted-types-for 'script'";

  private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/dist/";

  private static final List<String> OWN_FILES =
      List.of(
          "page.css",
          "icon.svg",
          "app.js",
          "dom.js",
          "format.js",
          "recovery.js",
          "network.js",
          "ledger.js",
          "trust.js",
          "cluster.js",
          "node.js");

  private final PageFile index = PageFile.read("index.html");
  private final Map<String, PageFile> files = new HashMap<>();

  /** Reads all files from the jar. */
  public PageRoutes() {
    OWN_FILES.forEach(name -> files.put(name, PageFile.read(name)));
    files.put("uplot.js", PageFile.read(UPLOT + "uPlot.iife.min.js"));
    files.put("uplot.css", PageFile.read(UPLOT + "uPlot.min.css"));
  }

  public void addTo(Router router) {
    router.get("/").handler(context -> serve(context, index));
    router.get("/page/:file").handler(this::onFile);
  }

  private void onFile(RoutingContext context) {
    PageFile file = files.get(context.pathParam("file"));
    if (file == null) {
      context.fail(404);
    } else {
      serve(context, file);
    }
  }

  private static void serve(RoutingContext context, PageFile file) {
    HttpServerRequest request = context.request();
    HttpServerResponse response =
        context
            .response()
            .putHeader("Content-Security-Policy", POLICY)
            .putHeader("Referrer-Policy", "no-referrer")
            .putHeader("Cross-Origin-Opener-Policy", "same-origin")
            .putHeader("Cross-Origin-Resource-Policy", "same-origin")
            // A browser keeps the file and asks each time whether it has changed.
            .putHeader("Cache-Control", "no-cache")
            .putHeader("Vary", "Accept-Encoding")
            .putHeader("ETag", file.tag());
    if (file.tag().equals(request.getHeader("If-None-Match"))) {
      response.setStatusCode(304).end();
      return;
    }
    response.putHeader("Content-Type", file.contentType());
    String encodings = request.getHeader("Accept-Encoding");
    if (encodings != null && encodings.contains("gzip")) {
      response.putHeader("Content-Encoding", "gzip").end(file.zipped());
    } else {
      response.end(file.plain());
    }
  }
}
