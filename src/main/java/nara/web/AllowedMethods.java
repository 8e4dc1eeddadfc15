package nara.web;

import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** The methods that a path has, for the header Allow of a response 405. */
final class AllowedMethods {
  private static final Pattern PARAMETER = Pattern.compile(":[A-Za-z0-9_]+");

  private AllowedMethods() {}

  static String of(List<Route> routes, String path) {
    TreeSet<String> methods = new TreeSet<>();
    routes.stream()
        .filter(route -> route.methods() != null && covers(route, path))
        .flatMap(route -> route.methods().stream())
        .map(HttpMethod::name)
        .forEach(methods::add);
    return String.join(", ", methods);
  }

  private static boolean covers(Route route, String path) {
    if (route.getPath() == null) {
      return false;
    }
    StringBuilder pattern = new StringBuilder();
    String[] texts = PARAMETER.split(route.getPath(), -1);
    for (int i = 0; i < texts.length; i++) {
      pattern.append(i == 0 ? "" : "[^/]+").append(Pattern.quote(texts[i]));
    }
    return path.matches(pattern.toString());
  }
}
