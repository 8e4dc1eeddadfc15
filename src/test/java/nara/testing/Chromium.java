package nara.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.openqa.selenium.JavascriptException;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** The machine's own Chromium without a window, driven by its own chromedriver. */
public final class Chromium implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);
  private static final String AXE = "/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js";

  static {
    // It warns about each browser that is newer than itself.
    Logger.getLogger("org.openqa.selenium").setLevel(Level.OFF);
  }

  private final ChromeDriver driver;
  private final String axe = read(AXE);

  private Chromium(ChromeDriver driver) {
    this.driver = driver;
  }

  /** A browser with an empty profile. */
  public static Chromium start() {
    ChromeOptions options = new ChromeOptions();
    options.setBinary(binary("chromium"));
    options.addArguments(
        "--headless=new",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-default-apps",
        "--disable-sync",
        "--no-first-run",
        "--hide-scrollbars");
    if ("root".equals(System.getProperty("user.name"))) {
      // The sandbox refuses to run as root.
      options.addArguments("--no-sandbox");
    }
    LoggingPreferences logs = new LoggingPreferences();
    logs.enable(LogType.BROWSER, Level.ALL);
    logs.enable(LogType.PERFORMANCE, Level.ALL);
    options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
    ChromeDriverService service =
        new ChromeDriverService.Builder()
            .usingDriverExecutable(binary("chromedriver"))
            .usingAnyFreePort()
            .withSilent(true)
            .build();
    return new Chromium(new ChromeDriver(service, options));
  }

  private static File binary(String name) {
    return Stream.of(System.getenv("PATH").split(File.pathSeparator))
        .map(folder -> Path.of(folder, name).toFile())
        .filter(File::canExecute)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "These tests need "
                        + name
                        + " on the PATH: run scripts/test, which installs it,"
                        + " or apt-get install chromium chromium-driver"));
  }

  private static String read(String resource) {
    try (InputStream stream = Chromium.class.getResourceAsStream(resource)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** Sets the size of the page in pixels, and the colours that the reader prefers. */
  public void show(int width, int height, boolean dark) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(
                Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"),
                Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
  }

  /** Opens a page. */
  public void open(String url) {
    driver.get(url);
  }

  /** The result of an expression of JavaScript. */
  public Object evaluate(String expression) {
    return driver.executeScript("return " + expression);
  }

  /** The text of the first element that a CSS selector matches; empty without one. */
  public String text(String selector) {
    return (String)
        driver.executeScript(
            "return document.querySelector(arguments[0])?.textContent ?? ''", selector);
  }

  /** Waits until an expression of JavaScript is true. */
  public void until(String expression) {
    until(() -> Boolean.TRUE.equals(evaluate("Boolean(" + expression + ")")), expression);
  }

  /** Waits for a condition. */
  public void until(Supplier<Boolean> condition, String description) {
    long end = System.nanoTime() + TIMEOUT.toNanos();
    while (!holds(condition)) {
      if (System.nanoTime() > end) {
        throw new AssertionError(
            "still not: "
                + description
                + "; the page shows: "
                + evaluate("document.body.innerText"));
      }
      try {
        Thread.sleep(50);
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(stopped);
      }
    }
  }

  private static boolean holds(Supplier<Boolean> condition) {
    try {
      return condition.get();
    } catch (JavascriptException notYet) {
      return false;
    }
  }

  /** Clicks the first element that a CSS selector matches. */
  public void click(String selector) {
    driver.executeScript("document.querySelector(arguments[0]).click()", selector);
  }

  /** Presses the Tab key and tells which element has the focus then. */
  public String focusedAfterTab() {
    for (String type : List.of("keyDown", "keyUp")) {
      driver.executeCdpCommand(
          "Input.dispatchKeyEvent",
          Map.of("type", type, "key", "Tab", "code", "Tab", "windowsVirtualKeyCode", 9));
    }
    return (String)
        driver.executeScript(
            "const e = document.activeElement; return e.tagName + ' ' + e.textContent.trim()");
  }

  /** Drags the mouse in a horizontal line over an element, between two parts of its width. */
  public void dragAcross(String selector, double from, double to) {
    @SuppressWarnings("unchecked")
    Map<String, Number> box =
        (Map<String, Number>)
            driver.executeScript(
                "const e = document.querySelector(arguments[0]); e.scrollIntoView({block:"
                    + " 'center'}); const b = e.getBoundingClientRect(); return {x: b.x, y: b.y +"
                    + " b.height / 2, width: b.width}",
                selector);
    double y = box.get("y").doubleValue();
    double left = box.get("x").doubleValue();
    double width = box.get("width").doubleValue();
    mouse("mouseMoved", left + from * width, y, 0);
    mouse("mousePressed", left + from * width, y, 1);
    mouse("mouseMoved", left + (from + to) / 2 * width, y, 1);
    mouse("mouseMoved", left + to * width, y, 1);
    mouse("mouseReleased", left + to * width, y, 1);
  }

  private void mouse(String type, double x, double y, int buttons) {
    driver.executeCdpCommand(
        "Input.dispatchMouseEvent",
        Map.of(
            "type",
            type,
            "x",
            x,
            "y",
            y,
            "button",
            buttons > 0 ? "left" : "none",
            "buttons",
            buttons,
            "clickCount",
            buttons));
  }

  /** The errors on the console since the last call. */
  public List<String> errors() {
    List<String> errors = new ArrayList<>();
    for (LogEntry entry : driver.manage().logs().get(LogType.BROWSER)) {
      if (entry.getLevel().intValue() >= Level.SEVERE.intValue()) {
        errors.add(entry.getMessage());
      }
    }
    return errors;
  }

  /** The hosts and ports to which requests went since the last call. */
  public Set<String> requestedAuthorities() {
    Set<String> authorities = new TreeSet<>();
    for (LogEntry entry : driver.manage().logs().get(LogType.PERFORMANCE)) {
      JsonNode message = Vectors.parse(entry.getMessage()).get("message");
      if (message.get("method").asText().equals("Network.requestWillBeSent")) {
        String url = message.get("params").get("request").get("url").asText();
        if (!url.startsWith("data:")) {
          authorities.add(URI.create(url.replaceAll("[?#].*", "")).getAuthority());
        }
      }
    }
    return authorities;
  }

  /** The serious and critical findings of axe about the page as it is. */
  public List<String> barriers() {
    driver.executeScript(axe);
    @SuppressWarnings("unchecked")
    List<String> found =
        (List<String>)
            driver.executeAsyncScript(
                """
                const done = arguments[arguments.length - 1];
                axe.run(document).then((result) => done(result.violations
                  .filter((each) => ['serious', 'critical'].includes(each.impact))
                  .flatMap((each) => each.nodes.map((node) =>
                    each.id + ': ' + node.target + ' ' + node.failureSummary))));
                """);
    return found;
  }

  /** Writes a picture of what the page shows, as PNG. */
  public void screenshot(Path file) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.write(file, driver.getScreenshotAs(OutputType.BYTES));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  @Override
  public void close() {
    driver.quit();
  }
}
