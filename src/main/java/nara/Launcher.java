package nara;

/**
 * The main class of the jar. The build compiles it for Java 8, so that a Java that is too old says
 * what is needed, instead of naming a version of class files.
 */
public final class Launcher {
  private static final int LEAST_VERSION = 21;

  private Launcher() {}

  public static void main(String[] args) throws ReflectiveOperationException {
    String version = System.getProperty("java.specification.version");
    int major = Integer.parseInt(version.startsWith("1.") ? version.substring(2) : version);
    if (major < LEAST_VERSION) {
      System.err.println(
          "nara needs Java "
              + LEAST_VERSION
              + " or newer, and "
              + System.getProperty("java.home")
              + " is Java "
              + major
              + "; start it with scripts/nara, or with the java of a newer JDK");
      System.exit(2);
    }
    // By name, because the compiler for Java 8 cannot read the other classes.
    Class.forName("nara.cli.Main").getMethod("main", String[].class).invoke(null, (Object) args);
  }
}
